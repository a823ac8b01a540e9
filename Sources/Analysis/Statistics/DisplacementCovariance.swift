import Numerics

/// The covariance of a mean-square displacement at several lags, Σ_kl = v_k n_k/n_l for k ≤ l, with v_k = var(|Δu|²)/n_k.
///
/// n_k = N (n−1)/k displacements over lag k are independent: those of N particles in windows that do not overlap. Made for
/// a Brownian walk; for a caged particle the matrix may not be positive definite, and then there is no such fit.
/// Source: A. R. McCluskey, S. W. Coles and B. J. Morgan, J. Chem. Theory Comput. 21, 79 (2025), equations 7 to 9.
///
/// - Parameters:
///   - lags: ascending, in frames.
///   - variances: [lags], var(|Δu|²), Å⁴.
///   - particleCount: N.
///   - frameCount: n.
/// - Returns: [lags × lags], Å⁴.
public func displacementCovariance(
  lags: [Int], variances: [Double], particleCount: Int, frameCount: Int
) -> DenseMatrix {
  var covariance = DenseMatrix(rows: lags.count, columns: lags.count)
  let windows = Double(particleCount) * Double(frameCount - 1)
  for k in lags.indices {
    for l in k..<lags.count {
      let value = variances[k] * Double(lags[l]) / windows
      (covariance[k, l], covariance[l, k]) = (value, value)
    }
  }
  return covariance
}
