#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A symmetric 3×3 matrix as A = Σ λ_k u_k ⊗ u_k, by cyclic Jacobi rotations.
///
/// C. G. J. Jacobi, J. Reine Angew. Math. 30, 51 (1846); the rotation as in G. H. Golub and C. F. Van Loan, Matrix
/// Computations, 4th ed. (2013), section 8.5. Exact for a matrix that is diagonal already.
public struct SymmetricEigen: Sendable {
  public var values: Vector3
  /// Rows are the orthonormal eigenvectors.
  public var vectors: Matrix3

  private static let sweeps = 12

  /// Only the symmetric part of `matrix` counts.
  public init(_ matrix: Matrix3) {
    var a = 0.5 * (matrix + matrix.transpose)
    var u = Matrix3.identity
    for _ in 0..<Self.sweeps {
      let off = abs(a[0, 1]) + abs(a[0, 2]) + abs(a[1, 2])
      if off == 0 { break }
      for (p, q) in [(0, 1), (0, 2), (1, 2)] where a[p, q] != 0 { Self.rotate(&a, &u, p, q) }
    }
    values = Vector3(a[0, 0], a[1, 1], a[2, 2])
    vectors = u
  }

  /// Annihilates a_pq: A ← J A Jᵀ, U ← J U.
  private static func rotate(_ a: inout Matrix3, _ u: inout Matrix3, _ p: Int, _ q: Int) {
    let theta = (a[q, q] - a[p, p]) / (2 * a[p, q])
    let t = (theta >= 0 ? 1.0 : -1.0) / (abs(theta) + (theta * theta + 1).squareRoot())
    let c = 1 / (t * t + 1).squareRoot(), s = t * c
    var j = Matrix3.identity
    (j[p, p], j[q, q], j[p, q], j[q, p]) = (c, c, -s, s)
    a = j * a * j.transpose
    // What the rotation makes zero is set to zero, so that rounding does not bring it back.
    (a[p, q], a[q, p]) = (0, 0)
    u = j * u
  }

  /// Σ f(λ_k) u_k ⊗ u_k.
  public func function(_ f: (Double) -> Double) -> Matrix3 {
    (0..<3).reduce(Matrix3.zero) { $0 + f(values[$1]) * Matrix3.outer(vectors[$1], vectors[$1]) }
  }
}

extension Matrix3 {
  /// exp of a symmetric matrix.
  public var symmetricExponential: Matrix3 { SymmetricEigen(self).function { exp($0) } }
}

/// ln x, of x > 0.
public func logarithm(_ x: Double) -> Double { log(x) }

/// e^{x/2}.
public func exponentialOfHalf(_ x: Double) -> Double { exp(0.5 * x) }

/// sinh(x)/x, without the division where x is small.
public func sinhOverX(_ x: Double) -> Double {
  if abs(x) > 0.1 { return sinh(x) / x }
  let s = x * x
  return 1 + s / 6 * (1 + s / 20 * (1 + s / 42 * (1 + s / 72)))
}
