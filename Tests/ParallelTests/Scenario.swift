import Atomistics
import Decomposition
import Numerics
import TestSupport

/// A random system: cell, periodicity, atoms.
struct Scenario {
  var name: String
  var cell: Cell
  var cutoff: Double
  var skin: Double
  var kindCount: Int
  var records: [AtomRecord]
}

extension Scenario {
  /// Any cell, any periodicity, gas, slabs, clusters and outliers, by seed.
  static func random(_ seed: Int) -> Scenario {
    var dice = Dice(seed)
    let size = dice.real(0.8...12)
    let skew = dice.integer(0...2) == 0 ? 0 : 0.9
    var vectors = Matrix3(
      diagonal: Vector3(size * dice.real(0.5...2), size * dice.real(0.5...2), size * dice.real(0.5...2)))
    for (row, column) in [(1, 0), (2, 0), (2, 1)] { vectors[row, column] = skew * size * dice.real(-1...1) }
    let periodic = Periodicity(dice.integer(0...3) > 0, dice.integer(0...3) > 0, dice.integer(0...3) > 0)
    for axis in 0..<3 where !periodic[axis] && dice.integer(0...1) == 0 { vectors[axis] = .zero }
    let cell = Cell(vectors: vectors, periodic: periodic)
    let count = [1, 2, 3, 7, 30, 90][dice.integer(0...5)]
    let kindCount = dice.integer(1...3)
    let squeeze = Vector3(dice.real(0.1...1), 1, dice.integer(0...1) == 0 ? 0.3 : 1)
    // Images are what costs time in the check: tiny cells get a moderate cutoff.
    let cutoff = dice.real(0.5...min(5, 3 * size))
    let full = cell.completed
    var records = (1...count).map { id in
      // Beyond the cell, so that wrapping has something to do.
      AtomRecord(
        id: Int64(id * (seed % 2 + 1)), kind: Int32(dice.integer(0...kindCount - 1)),
        position: (dice.unitVector3() * squeeze * dice.real(0.5...3) - 0.5) * full,
        velocity: dice.unitVector3(), groups: UInt32(id) &* 2_654_435_761)
    }
    if periodic != .all, dice.integer(0...1) == 0, let axis = (0..<3).first(where: { !periodic[$0] }) {
      let outlier = dice.integer(0...count - 1)
      records[outlier].position += (dice.integer(0...1) == 0 ? 1e6 : -1e8) * full[axis] / full[axis].length
      records[outlier].reference = records[outlier].position
    }
    return Scenario(
      name: "seed \(seed): \(count) atoms, cutoff \(cutoff), cell \(cell)", cell: cell, cutoff: cutoff,
      skin: dice.integer(0...4) == 0 ? 0 : dice.real(0.1...1), kindCount: kindCount, records: records)
  }
}
