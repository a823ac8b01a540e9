import Atomistics
import Diagnostics
import Foundation

/// The mean-square displacement and the diffusion coefficient of one species.
public struct SpeciesDiffusion: Sendable {
  public let element: Element
  public let atomCount: Int
  /// [lags], Å², all axes together.
  public let displacement: [Double]
  /// [3][lags], Å².
  public let axes: [[Double]]
  /// ps.
  public let window: FitWindow
  /// Whether a straight line fits in the window; true where the user gave it.
  public let isDiffusive: Bool
  /// d ln M/d ln t in the window.
  public let logSlope: Double
  /// The estimator that was asked for, or the one that had to stand in for it.
  public let estimator: DiffusionEstimator
  public let result: DiffusionEstimate
  /// By each estimator that gives one.
  public let estimates: [DiffusionEstimator: DiffusionEstimate]
  /// Why another estimator stands in.
  public let fallback: String?
  /// D_αβ, Å²/ps, rows; the mean of the diagonal is D (but of blocks, where it is that of ordinary least squares).
  public let tensor: [[Double]]
  /// How many independent atoms would scatter as these do.
  public let independentAtoms: Double

  init(_ motion: SpeciesMotion, _ plan: LagPlan, _ options: SelfDiffusion.Options) throws {
    element = motion.element
    atomCount = motion.atomCount
    axes = motion.displacements()
    var total = axes[0]
    for axis in axes.dropFirst() {
      for lag in total.indices { total[lag] += axis[lag] }
    }
    displacement = total
    independentAtoms = motion.independentAtoms
    var window = plan.window, isDiffusive = true
    if window == nil {
      let regime = DiffusiveRegime(
        displacement: total, frameCount: motion.frameCount, independentAtoms: independentAtoms, end: plan.end)
      (window, isDiffusive) = (regime.window, regime.isFound)
    }
    let lags = window!
    self.isDiffusive = isDiffusive
    self.window = FitWindow(lower: Double(lags.lowerBound) * plan.spacing, upper: Double(lags.upperBound) * plan.spacing)
    let data = DiffusionFits.Data(
      moments: motion.moments, displacement: total, spacing: plan.spacing, independentAtoms: independentAtoms)
    guard total[lags.lowerBound] > 0, let fits = DiffusionFits(data, window: lags, takesAllLags: plan.window != nil) else {
      // A fixed host, or the only atom of the reference frame.
      (logSlope, estimator, result) = (.nan, .ols, DiffusionEstimate(0, error: nil, quantile: normalQuantile975))
      (estimates, fallback) = ([.ols: result], "it does not move")
      tensor = [[Double]](repeating: [0, 0, 0], count: 3)
      return
    }
    logSlope = Self.logSlope(total, lags)
    var estimates: [DiffusionEstimator: DiffusionEstimate] = [:]
    for way in DiffusionEstimator.allCases { estimates[way] = fits.estimate(way) }
    self.estimates = estimates
    if let wanted = estimates[options.estimator] {
      (estimator, result, fallback) = (options.estimator, wanted, nil)
    } else if options.estimator == .blocks {
      throw Failure.input(
        "the fit window ends at \(self.window.upper) ps, beyond the \(options.blockCount) blocks of the trajectory",
        remedy: "end the window earlier, or use fewer blocks")
    } else {
      (estimator, result) = (.ols, fits.ols)
      fallback = "the covariance of its displacements is not positive definite: least squares with the error of blocks"
    }
    let diagonal = fits.axes(axes, by: estimator), mixed = fits.mixed(motion.moments, by: estimator)
    tensor = [
      [diagonal[0], mixed[0], mixed[1]], [mixed[0], diagonal[1], mixed[2]], [mixed[1], mixed[2], diagonal[2]],
    ]
  }

  /// The standard errors of D along the axes, which scatter in proportion to themselves: s_a = c D_a with s² = Σ s_a²/9.
  public var axisErrors: [Double]? {
    let diagonal = (0..<3).map { tensor[$0][$0] }, norm = diagonal.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard let error = result.D_stderr, norm > 0 else { return nil }
    return diagonal.map { 3 * error * abs($0) / norm }
  }

  /// The posterior of D for a flat prior on D ≥ 0.
  public var posterior: TruncatedNormal? {
    guard let interval = result.D_interval95 else { return nil }
    return TruncatedNormal(
      location: result.D_A2_per_ps, scale: 0.5 * (interval[1] - interval[0]) / normalQuantile975)
  }

  private static func logSlope(_ displacement: [Double], _ window: ClosedRange<Int>) -> Double {
    let lags = DiffusiveRegime.logarithmic(window, count: 20, ratio: 1).filter { displacement[$0] > 0 }
    let line = LineFit.ordinary(x: lags.map { log(Double($0)) }, y: lags.map { log(displacement[$0]) })
    return line?.slope ?? .nan
  }
}
