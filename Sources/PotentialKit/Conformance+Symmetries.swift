import Atomistics
import Numerics

/// Translation, rotation, permutation, additivity.
extension ConformanceBench {
  mutating func checkSymmetries() throws {
    try checkTranslation()
    try checkRotation()
    try checkPermutation()
    for axis in 0..<3 {
      let pair = try evaluate(doubled(along: axis))
      var expected = reference
      expected.energies += reference.energies
      expected.forces += reference.forces
      expected.virial = 2 * reference.virial
      requireEqual(.additivity, "a second copy along \("abc".map(String.init)[axis])", pair, expected)
    }
  }

  private mutating func checkTranslation() throws {
    let total = reference.forces.reduce(Vector3.zero, +).length
    let scale = reference.forces.reduce(1) { max($0, $1.length) }
    require(
      .translation, "the sum of all forces (eV/Å)", total,
      within: options.rounding * scale * Double(configuration.count))
    for _ in 0..<options.trials {
      let shift = 5 * draw()
      let moved = configuration.moved { position, _ in position + shift }
      requireEqual(.translation, "all atoms moved", try evaluate(moved), reference)
    }
  }

  private mutating func checkRotation() throws {
    for _ in 0..<options.trials {
      // Gram–Schmidt on two random vectors; the third makes it right-handed.
      let u = draw(), first = u / u.length
      let v = draw(), across = v - first.dot(v) * first
      let second = across / across.length
      let turn = Matrix3(rows: first, second, first.cross(second))
      var turned = configuration.moved { position, _ in position * turn }
      turned.cell.vectors = configuration.cell.vectors * turn
      var expected = reference
      expected.forces = reference.forces.map { $0 * turn }
      expected.virial = turn.transpose * reference.virial * turn
      requireEqual(.rotation, "everything turned", try evaluate(turned), expected)
    }
  }

  private mutating func checkPermutation() throws {
    for _ in 0..<options.trials {
      var order = Array(0..<configuration.count)
      for last in order.indices.reversed().dropLast() { order.swapAt(last, drawInteger(below: last + 1)) }
      var shuffled = configuration
      shuffled.positions = order.map { configuration.positions[$0] }
      shuffled.elements = order.map { configuration.elements[$0] }
      var expected = reference
      expected.forces = order.map { reference.forces[$0] }
      expected.energies = order.map { reference.energies[$0] }
      requireEqual(.permutation, "the atoms in another order", try evaluate(shuffled), expected)
    }
    let reversed = try evaluateAnew(configuration, elements: elements.reversed())
    requireEqual(.permutation, "the kinds in another order", reversed, reference)
  }

  /// The configuration and a copy of it: the next cell where the direction is periodic, out of reach where it is not.
  func doubled(along axis: Int) -> Configuration {
    let lattice = configuration.cell.completed, inverse = lattice.inverse
    var apart = 1.0
    if !configuration.cell.periodic[axis] {
      let places = configuration.positions.map { ($0 * inverse)[axis] }
      apart = (places.max() ?? 0) - (places.min() ?? 0) + (cutoff + 1) / configuration.cell.heights[axis]
    }
    var result = Configuration(
      cell: configuration.cell, elements: configuration.elements + configuration.elements,
      positions: configuration.positions + configuration.positions.map { $0 + apart * lattice[axis] })
    if configuration.cell.periodic[axis] { result.cell.vectors[axis] = 2 * configuration.cell.vectors[axis] }
    return result
  }
}
