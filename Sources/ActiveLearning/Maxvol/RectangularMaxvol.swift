import Numerics
import PotentialKit

/// Rectangular maxvol: rows beyond a square set, each the one that enlarges the volume √det(AᵀA) of all most.
///
/// A. Mikhalev and I. V. Oseledets, Linear Algebra Appl. 538, 187 (2018), doi:10.1016/j.laa.2017.10.014, algorithm 2: the
/// row b with the longest c enters, c the solution of least norm of c A = b, and multiplies det(AᵀA) by 1 + |c|². In the
/// coordinates x = b A₀⁻¹ of the square set A₀ that it starts from AᵀA = A₀ᵀ G A₀ with G = 1 + Σ xᵀ x over the rows that
/// entered, so that |c|² = x G⁻¹ xᵀ: a matrix of the set's width, however many rows there are.
public struct RectangularMaxvol: Sendable {
  public let square: ActiveRows
  /// Coordinates of the rows that entered, in their order.
  public private(set) var entered: [[Double]] = []
  /// G⁻¹, [row][column].
  private var inverse: [Double]

  public init(_ square: ActiveRows) {
    self.square = square
    inverse = DenseMatrix(diagonal: [Double](repeating: 1, count: square.width)).elements
  }

  /// |c|² of each row of a pool that is expressed in the square set.
  public func squaredLengths(of pool: CandidatePool) -> [Double] {
    let n = square.width, projected = projections(of: pool.coefficients, count: pool.count)
    return (0..<pool.count).map { row in
      (row * n..<(row + 1) * n).reduce(0) { $0 + projected[$1] * pool.coefficients[$1] }
    }
  }

  /// c of the row with the coordinates `x`: in the rows of the square set, then in those that entered.
  public func coefficients(of x: [Double]) -> [Double] {
    let projected = projections(of: x, count: 1)
    return projected + entered.map { zip($0, projected).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  /// What the entry of a row changes: every other row's |c|² falls by `scale` (x · direction)².
  public struct Entry: Sendable {
    /// x G⁻¹ of the row, before it entered.
    public var direction: [Double]
    /// 1/(1 + |c|²).
    public var scale: Double
    public var squaredLength: Double
  }

  /// Takes in the row with the coordinates `x`: G⁻¹ −= (x G⁻¹)ᵀ (x G⁻¹) / (1 + |c|²).
  public mutating func enter(_ x: [Double]) -> Entry {
    let direction = projections(of: x, count: 1)
    let square = zip(x, direction).reduce(0) { $0 + $1.0 * $1.1 }, scale = 1 / (1 + square), n = x.count
    inverse.withUnsafeMutableBufferPointer { inverse in
      guard let inverse = inverse.baseAddress else { return }
      addOuterProduct(-scale, direction, direction, rows: n, columns: n, to: inverse)
    }
    entered.append(x)
    return Entry(direction: direction, scale: scale, squaredLength: square)
  }

  /// x G⁻¹ of `count` rows.
  private func projections(of x: [Double], count: Int) -> [Double] {
    let n = square.width
    return [Double](unsafeUninitializedCapacity: count * n) { result, initialized in
      result.initialize(repeating: 0)
      if let target = result.baseAddress {
        // G⁻¹ is symmetric.
        multiplyTransposed(x, strideA: n, inverse, strideB: n, m: count, n: n, k: n, beta: 0, into: target, strideC: n)
      }
      initialized = count * n
    }
  }
}
