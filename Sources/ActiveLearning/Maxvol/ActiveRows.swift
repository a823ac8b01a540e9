import Diagnostics
import Numerics
import PotentialKit

/// A square matrix A of active rows and A⁻ᵀ, kept together while rows are exchanged.
///
/// An exchange of row j for b with c = b A⁻¹ multiplies |det A| by |c_j| and changes the inverse by a matrix of rank one
/// (Sherman and Morrison): A⁻¹ −= (A⁻¹ e_j) (c − e_j) / c_j. Rounding adds up over exchanges; `refactorize` starts anew.
public struct ActiveRows: Sendable {
  public let width: Int
  public private(set) var rows: [Double]
  /// A⁻ᵀ: row r is column r of A⁻¹.
  public private(set) var inverseTransposed: [Double]
  public private(set) var origins: [ActiveSetOrigin]
  public private(set) var exchangesSinceFactorization = 0
  /// ln |det A| as of the last factorization; nil before the first.
  public private(set) var logVolume: Double?

  /// ε e_k for every column k.
  public init(width: Int, placeholder: Double) {
    self.width = width
    rows = DenseMatrix(diagonal: [Double](repeating: placeholder, count: width)).elements
    inverseTransposed = DenseMatrix(diagonal: [Double](repeating: 1 / placeholder, count: width)).elements
    origins = [ActiveSetOrigin](repeating: .placeholder, count: width)
  }

  public init(_ set: ActiveSetMatrix) {
    width = set.width
    rows = set.rows
    inverseTransposed = set.inverseTransposed
    origins = set.origins
  }

  public var matrix: ActiveSetMatrix {
    ActiveSetMatrix(width: width, rows: rows, inverseTransposed: inverseTransposed, origins: origins)
  }

  public func row(_ index: Int) -> [Double] { Array(rows[index * width..<(index + 1) * width]) }

  /// c = b A⁻¹ of `count` rows, both [row][column].
  public func coefficients(of candidates: [Double], count: Int) -> [Double] {
    [Double](unsafeUninitializedCapacity: count * width) { result, initialized in
      result.initialize(repeating: 0)
      if let target = result.baseAddress {
        multiplyTransposed(
          candidates, strideA: width, inverseTransposed, strideB: width, m: count, n: width, k: width, beta: 0,
          into: target, strideC: width)
      }
      initialized = count * width
    }
  }

  /// Puts a row with the coefficients `c` in the place of row `column`.
  public mutating func exchange(_ column: Int, for row: [Double], coefficients c: [Double], origin: ActiveSetOrigin) {
    var change = c
    change[column] -= 1
    let old = Array(inverseTransposed[column * width..<(column + 1) * width])
    inverseTransposed.withUnsafeMutableBufferPointer { inverse in
      guard let inverse = inverse.baseAddress else { return }
      addOuterProduct(-1 / c[column], change, old, rows: width, columns: width, to: inverse)
    }
    rows.replaceSubrange(column * width..<(column + 1) * width, with: row)
    origins[column] = origin
    exchangesSinceFactorization += 1
  }

  /// The inverse anew from the rows.
  /// - Throws: `Failure.runtime` where they depend on each other.
  public mutating func refactorize() throws {
    guard let (inverse, logVolume) = Numerics.inverseTransposed(of: rows, count: width) else {
      throw Failure.runtime(
        "the active rows depend on each other: their matrix has no inverse",
        remedy: "select the active set anew from the training set")
    }
    inverseTransposed = inverse
    self.logVolume = logVolume
    exchangesSinceFactorization = 0
  }
}
