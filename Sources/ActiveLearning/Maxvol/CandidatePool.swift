import Numerics
import PotentialKit

/// Rows that may enter an active set, with their coefficients in it; of a pool shared by several ranks, this rank's part.
public struct CandidatePool: Sendable {
  public let width: Int
  public private(set) var rows: [Double] = []
  public private(set) var origins: [ActiveSetOrigin] = []
  /// B A⁻¹, [row][column], as of the last `express`, kept up with by `exchange`.
  public private(set) var coefficients: [Double] = []

  public var count: Int { origins.count }

  public init(width: Int) { self.width = width }

  public mutating func append(_ row: UnsafePointer<Double>, count: Int, origins: [ActiveSetOrigin]) {
    rows.append(contentsOf: UnsafeBufferPointer(start: row, count: count * width))
    self.origins += origins
  }

  public mutating func append(_ other: CandidatePool) {
    rows += other.rows
    origins += other.origins
  }

  public func row(_ index: Int) -> [Double] { Array(rows[index * width..<(index + 1) * width]) }

  /// Computes the coefficients from scratch.
  public mutating func express(in set: ActiveRows) { coefficients = set.coefficients(of: rows, count: count) }

  /// The grade of each row: the largest magnitude of its coefficients.
  public var grades: [Double] {
    coefficients.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return [] }
      return (0..<count).map { row in
        indexOfLargestMagnitude(base + row * width, count: width).map { abs(base[row * width + $0]) } ?? 0
      }
    }
  }

  /// The largest magnitude among the coefficients; 0 where there are none.
  public var largestMagnitude: Double {
    coefficients.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress, let index = indexOfLargestMagnitude(base, count: buffer.count) else { return 0 }
      return abs(base[index])
    }
  }

  /// Of the coefficients whose magnitude is at least `bound` that of the lowest origin, and of its columns the first.
  public func first(atLeast bound: Double) -> (row: Int, column: Int)? {
    coefficients.withUnsafeBufferPointer { buffer in
      var best: (row: Int, column: Int)?
      for index in buffer.indices where abs(buffer[index]) >= bound {
        let row = index / width
        if best.map({ origins[row] < origins[$0.row] }) ?? true { best = (row, index % width) }
      }
      return best
    }
  }

  /// Follows an exchange of the set: X −= (X e_j) (c − e_j) / c_j.
  public mutating func follow(exchangeOf column: Int, coefficients c: [Double]) {
    var change = c
    change[column] -= 1
    let before = (0..<count).map { coefficients[$0 * width + column] }
    let rowCount = count, columnCount = width
    coefficients.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      addOuterProduct(-1 / c[column], before, change, rows: rowCount, columns: columnCount, to: base)
    }
  }

  /// Puts the row that the set gave up in place of the one that it took.
  public mutating func replace(
    _ index: Int, by row: [Double], origin: ActiveSetOrigin, exchangeOf column: Int, coefficients c: [Double]
  ) {
    rows.replaceSubrange(index * width..<(index + 1) * width, with: row)
    origins[index] = origin
    // The new row is Σ_k c_k A_k, so the old row j is 1/c_j of it and −c_k/c_j of every other.
    for k in 0..<width { coefficients[index * width + k] = k == column ? 1 / c[column] : -c[k] / c[column] }
  }

  /// Without the rows for which `isDropped` holds.
  public mutating func removeAll(where isDropped: (_ index: Int) -> Bool) {
    let kept = (0..<count).filter { !isDropped($0) }
    guard kept.count < count else { return }
    rows = kept.flatMap { row($0) }
    if coefficients.count == count * width {
      coefficients = kept.flatMap { coefficients[$0 * width..<($0 + 1) * width] }
    }
    origins = kept.map { origins[$0] }
  }
}
