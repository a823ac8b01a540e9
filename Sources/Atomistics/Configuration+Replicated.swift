import Diagnostics
import Numerics

extension Configuration {
  /// The configuration repeated `counts` times along a, b, c: the whole cell for the first image, then the next along c, b, a.
  ///
  /// Velocities, masses, charges and columns are repeated; ids are numbered anew; energies and virial scale with the number of
  /// images.
  /// - Throws: `Failure.input` for a count below 1 or a repetition along a direction without a cell vector.
  public func replicated(_ counts: SIMD3<Int>) throws -> Configuration {
    guard counts != .one else { return self }
    guard counts.min() >= 1 else { throw Failure.input("cannot replicate \(counts.x) × \(counts.y) × \(counts.z) times") }
    for axis in 0..<3 where counts[axis] > 1 && cell.vectors[axis] == .zero {
      throw Failure.input(
        "cannot replicate along direction \(["a", "b", "c"][axis]), which has no cell vector", remedy: "use 1 there")
    }
    var shifts: [Vector3] = []
    for i in 0..<counts.x {
      for j in 0..<counts.y {
        for k in 0..<counts.z { shifts.append(Vector3(Double(i), Double(j), Double(k)) * cell.vectors) }
      }
    }
    let images = shifts.count
    func repeated<T>(_ values: [T]) -> [T] { (0..<images).flatMap { _ in values } }
    var larger = Configuration(
      cell: Cell(
        vectors: Matrix3(
          rows: Double(counts.x) * cell.vectors[0], Double(counts.y) * cell.vectors[1], Double(counts.z) * cell.vectors[2]),
        periodic: cell.periodic),
      elements: repeated(elements), positions: shifts.flatMap { shift in positions.map { $0 + shift } })
    larger.velocities = velocities.map(repeated)
    larger.forces = forces.map(repeated)
    larger.energies = energies.map(repeated)
    larger.masses = masses.map(repeated)
    larger.charges = charges.map(repeated)
    larger.energy = energy.map { $0 * Double(images) }
    larger.virial = virial.map { Double(images) * $0 }
    (larger.step, larger.time, larger.properties) = (step, time, properties)
    larger.columns = columns.map { column in
      var column = column
      switch column.values {
      case .real(let values): column.values = .real(repeated(values))
      case .integer(let values): column.values = .integer(repeated(values))
      case .logical(let values): column.values = .logical(repeated(values))
      case .string(let values): column.values = .string(repeated(values))
      }
      return column
    }
    return larger
  }
}
