import Atomistics
import Diagnostics
import PotentialKit

/// What a potential sees of a structure, as one vector: the mean over atoms of the rows that grades rest on, of which only
/// values of basis functions count where the potential tells them apart.
public final class MeanRows {
  private let evaluator: RowEvaluator
  /// One a block of rows.
  private let columns: [Range<Int>?]

  /// - Throws: `Failure.input` where the potential has no rows.
  public init(_ potential: any ActiveSetPotential) throws {
    evaluator = try RowEvaluator(potential, mode: .neighborhood)
    let describing = potential as? any DescribingPotential
    columns = potential.activeSetBlocks(.neighborhood).indices.map { describing?.descriptorColumns(block: $0) }
  }

  /// One vector a group of atoms, of the blocks one after another; nil for a group without atoms. Local.
  ///
  /// - Parameters:
  ///   - path: the frame's file, and `number` its place there, for messages.
  ///   - groups: [groups][atoms], whether the atom belongs.
  /// - Throws: `Failure.input` for an element that the potential does not know, or a cell that cannot be used.
  public func means(of frame: Configuration, path: String, number: Int, groups: [[Bool]]) throws -> [[Double]?] {
    let pools = try evaluator.pools(of: .init(number: 0, configuration: frame, path: path, index: number))
    return groups.map { group in
      let count = Double(group.count { $0 })
      return count == 0 ? nil : pools.indices.flatMap { block in mean(pools[block], block, group, count) }
    }
  }

  private func mean(_ pool: CandidatePool, _ block: Int, _ group: [Bool], _ count: Double) -> [Double] {
    let range = columns[block] ?? 0..<pool.width
    var sum = [Double](repeating: 0, count: range.count)
    for row in pool.origins.indices where group[Int(pool.origins[row].atom)] {
      for (place, column) in range.enumerated() { sum[place] += pool.rows[row * pool.width + column] / count }
    }
    return sum
  }
}
