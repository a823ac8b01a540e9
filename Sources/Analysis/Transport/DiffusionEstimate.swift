/// How a diffusion coefficient is read from a mean-square displacement.
public enum DiffusionEstimator: String, CaseIterable, Encodable, Sendable {
  /// Generalized least squares with the covariance of a Brownian walk (`displacementCovariance`).
  case gls
  /// Generalized least squares with the covariance of a Gaussian process, caged or not (`GaussianIncrements`).
  case gaussian
  /// Ordinary least squares; the error is that of the blocks.
  case ols
  /// The mean over contiguous blocks, of ordinary least squares in each.
  case blocks
}

/// A diffusion coefficient by one estimator, Å²/ps: D = slope/6 of the mean-square displacement.
public struct DiffusionEstimate: Encodable, Sendable {
  public let D_A2_per_ps: Double
  /// nil where the data do not tell.
  public let D_stderr: Double?
  /// 95 %, both ends.
  public let D_interval95: [Double]?
  /// Å².
  public let intercept_A2: Double?
  public let intercept_stderr: Double?

  /// - Parameter quantile: half the length of the 95 % interval in standard errors.
  init(_ value: Double, error: Double?, quantile: Double, intercept: Double? = nil, interceptError: Double? = nil) {
    let error = error.flatMap { $0.isFinite ? $0 : nil }
    (D_A2_per_ps, D_stderr, intercept_A2, intercept_stderr) = (value, error, intercept, interceptError)
    D_interval95 = error.flatMap { quantile.isFinite ? [value - quantile * $0, value + quantile * $0] : nil }
  }
}

/// Half the length of the 95 % interval of a normal distribution, in standard deviations.
let normalQuantile975 = 1.959_963_984_540_054
