import Diagnostics
import Numerics

/// Transport coefficients as weighted sums over lags of a correlation function, Σ_m w_m C(m).
///
/// The same weights serve every pair of species, so what holds for the correlations holds for the coefficients: L is
/// symmetric, the conductivity from L is that of the charge current, and Σ_i m_i L_ij = 0 in the barycentric frame.
struct LagWeights {
  let lags: [Int]
  let weights: [Double]

  func sum(over correlation: [Double]) -> Double {
    zip(lags, weights).reduce(0) { $0 + $1.1 * correlation[$1.0] }
  }

  /// A sixth of the slope by ordinary least squares, Å²/ps of Å².
  static func ordinarySlope(_ lags: ClosedRange<Int>, spacing: Double) -> LagWeights {
    let times = lags.map { Double($0) * spacing }
    let fit = LineFit.ordinary(x: times, y: times)!
    return LagWeights(lags: Array(lags), weights: fit.slopeWeights.map { $0 / 6 })
  }

  /// A sixth of the slope by generalized least squares with the covariance of a Brownian walk, whose displacements over k
  /// frames have var(|ΔR|²) ∝ k².
  static func generalizedSlope(_ lags: ClosedRange<Int>, spacing: Double, frameCount: Int) -> LagWeights {
    let used = FitWindow.thinned(lags, to: 200), times = used.map { Double($0) * spacing }
    let covariance = displacementCovariance(
      lags: used, variances: used.map { Double($0 * $0) }, particleCount: 1, frameCount: frameCount)
    // Σ_kl ∝ k² l, k ≤ l, is positive definite for any lags.
    let fit = LineFit.generalized(x: times, y: times, covariance: covariance)!
    return LagWeights(lags: used, weights: fit.slopeWeights.map { $0 / 6 })
  }

  /// A third of the integral up to a lag by the trapezoidal rule.
  static func integral(upTo last: Int, spacing: Double) -> LagWeights {
    LagWeights(
      lags: Array(0...last), weights: (0...last).map { ($0 == 0 || $0 == last ? 0.5 : 1) * spacing / 3 })
  }
}
