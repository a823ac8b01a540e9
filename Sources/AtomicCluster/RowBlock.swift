import AtomicClusterFiles
import Numerics
import PotentialKit

/// Rows of centers of one element that wait to be graded together, or to be handed over.
final class RowBlock {
  static var rowCount: Int { GradeMatrix.rowCount }
  /// Slots from one place of the rows to the next.
  static var stride: Int { rowCount / EnvironmentBatch.width }

  /// Length of a row.
  let width: Int
  private let matrix: GradeMatrix?
  /// [place][32]
  private var rows = ScratchBuffer()
  /// [32]: centers of the rows; −1 for what pads a batch.
  private let centers = FixedArray([Int32](repeating: -1, count: rowCount))
  private let grades = FixedArray([Double](repeating: 0, count: rowCount))
  private var filled = 0

  /// - Parameter inverse: A⁻¹, [place][member], or nil where rows are only handed over.
  init(width: Int, inverse: DenseMatrix?) {
    self.width = width
    matrix = inverse.map { inverse in
      let members = inverse.transpose.elements
      return GradeMatrix(
        columns: members, depth: width, activeRows: inverseTransposed(of: members, count: width)?.elements ?? [])
    }
    rows.reserve(slots: width * Self.stride)
  }

  var isFull: Bool { filled == Self.rowCount }

  func clear() { filled = 0 }

  /// Where the rows of the next batch go, [place] slots of eight centers, `stride` apart.
  var target: UnsafeMutableRawPointer { rows.base + filled &* MemoryLayout<Double>.stride }

  /// Takes in the rows that were written to `target`.
  func append(_ batch: borrowing EnvironmentBatch) {
    for slot in 0..<EnvironmentBatch.width { centers.base[filled &+ slot] = slot < batch.count ? batch.centers[slot] : -1 }
    filled = filled &+ EnvironmentBatch.width
  }

  /// Stores the larger of each center's grade and what is there, and empties the block.
  func grade(into all: UnsafeMutablePointer<Double>) {
    guard filled > 0, let matrix else { return }
    matrix.grade(rows.base.assumingMemoryBound(to: Double.self), into: grades.base)
    for row in 0..<filled where centers.base[row] >= 0 {
      let center = Int(centers.base[row])
      all[center] = max(all[center], grades.base[row])
    }
    filled = 0
  }

  /// Hands the rows over as [center][place], and empties the block.
  func handOver(block: Int, to consumer: (ActiveSetRowBatch) -> Void) {
    let kept = (0..<filled).filter { centers.base[$0] >= 0 }
    filled = 0
    guard !kept.isEmpty else { return }
    let values = rows.base.assumingMemoryBound(to: Double.self)
    let all = kept.flatMap { row in (0..<width).map { values[$0 * Self.rowCount + row] } }
    kept.map { centers.base[$0] }.withUnsafeBufferPointer { centers in
      all.withUnsafeBufferPointer { rows in
        guard let base = rows.baseAddress else { return }
        consumer(ActiveSetRowBatch(block: block, centers: centers, rows: base))
      }
    }
  }
}
