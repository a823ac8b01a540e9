import Atomistics
import Numerics

/// Energy and force along paths on which pairs cross the cutoff.
extension ConformanceBench {
  mutating func checkContinuity() throws {
    let wanted: [(ConformanceCheck, (ReferenceResult, Int) -> [Double])] = [
      (.energyContinuity, { result, _ in [result.energy] }),
      (.forceContinuity, { result, atom in [result.forces[atom].x, result.forces[atom].y, result.forces[atom].z] }),
    ]
    for (check, quantities) in wanted where !options.skipped.contains(check) {
      try checkDimers(check, quantities)
      // A path of one atom through the configuration crosses what dimers cannot: the cutoffs of many-body terms.
      let atom = drawInteger(below: max(configuration.count, 1)), step = draw()
      guard configuration.count > 0 else { continue }
      let jump = try findJump(from: 0, to: 1) { t in
        var moved = configuration
        moved.positions[atom] += (0.8 * t / step.length) * step
        return quantities(try evaluate(moved), atom)
      }
      if let jump {
        require(check, "a value at \(0.8 * jump.place) Å along a path of atom \(atom)", jump.size, within: options.jump)
      }
    }
  }

  private mutating func checkDimers(
    _ check: ConformanceCheck, _ quantities: (ReferenceResult, Int) -> [Double]
  ) throws {
    // Along a direction that favors no component.
    let axis = Vector3(0.48, 0.6, 0.64)
    for (index, first) in elements.enumerated() {
      for second in elements[index...] {
        let jump = try findJump(from: options.closestDimer ?? 0.5 * cutoff, to: cutoff + 0.3) { r in
          let dimer = Configuration(cell: .none, elements: [first, second], positions: [.zero, r * axis])
          return quantities(try evaluate(dimer), 0)
        }
        guard let jump else { continue }
        require(
          check, "a value of the dimer \(first)-\(second) at \(jump.place) Å", jump.size, within: options.jump)
      }
    }
  }

  /// The first place where a function jumps by more than the tolerance, or nil.
  private func findJump(
    from start: Double, to end: Double, _ f: (Double) throws -> [Double]
  ) throws -> (place: Double, size: Double)? {
    let count = max(1, Int(((end - start) / 0.1).rounded(.up))), width = (end - start) / Double(count)
    for interval in 0..<count {
      let a = start + width * Double(interval), b = a + width
      if let jump = try findJump(a, f(a), b, f(b), depth: 14, f) { return jump }
    }
    return nil
  }

  /// The fourth difference over five points is of order width⁴ where the function is smooth and at least as large as
  /// the jump where it jumps: quarters are searched until it is below the tolerance, which at a jump it never is.
  private func findJump(
    _ a: Double, _ fa: [Double], _ b: Double, _ fb: [Double], depth: Int, _ f: (Double) throws -> [Double]
  ) throws -> (place: Double, size: Double)? {
    let places = (0...4).map { a + (b - a) * Double($0) / 4 }
    let values = [fa] + (try places[1...3].map(f)) + [fb]
    let differences = fa.indices.map { component in
      zip([1.0, -4, 6, -4, 1], values).reduce(0) { $0 + $1.0 * $1.1[component] }
    }
    if differences.map(abs).largestOrNaN <= options.jump { return nil }
    if depth == 0 { return (places[2], zip(fa, fb).map { abs($0 - $1) }.largestOrNaN) }
    for quarter in 0..<4 {
      let jump = try findJump(
        places[quarter], values[quarter], places[quarter + 1], values[quarter + 1], depth: depth - 1, f)
      if let jump { return jump }
    }
    return nil
  }
}
