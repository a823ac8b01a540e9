import COpenBLAS

/// The lower triangular factor L of a symmetric positive definite matrix Σ = L Lᵀ (LAPACK's dpotrf).
public struct CholeskyFactor: Sendable {
  public let count: Int
  /// By columns, the upper triangle undefined.
  private let factor: [Double]

  /// nil where Σ is not positive definite to rounding.
  public init?(_ matrix: DenseMatrix) {
    precondition(matrix.rows == matrix.columns)
    count = matrix.rows
    var elements = matrix.elements, n = blasint(count), leading = blasint(max(1, count)), info: blasint = 0
    dpotrf_("L", &n, &elements, &leading, &info)
    guard info == 0, elements.allSatisfy(\.isFinite) else { return nil }
    factor = elements
  }

  /// L⁻¹ v: of values with covariance Σ it makes independent ones of unit variance.
  public func whiten(_ vector: [Double]) -> [Double] { solve(vector, transposed: "N") }

  /// L⁻ᵀ v.
  public func whitenTransposed(_ vector: [Double]) -> [Double] { solve(vector, transposed: "T") }

  /// L v: of independent values of unit variance it makes some with covariance Σ.
  public func color(_ vector: [Double]) -> [Double] {
    precondition(vector.count == count)
    return (0..<count).map { i in (0...i).reduce(0) { $0 + factor[$1 * count + i] * vector[$1] } }
  }

  private func solve(_ vector: [Double], transposed: String) -> [Double] {
    precondition(vector.count == count)
    var result = vector, n = blasint(count), one: blasint = 1, leading = blasint(max(1, count)), order = n, info: blasint = 0
    dtrtrs_("L", transposed, "N", &n, &one, factor, &leading, &result, &order, &info)
    precondition(info == 0, "the diagonal of a Cholesky factor is positive")
    return result
  }
}
