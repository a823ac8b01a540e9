import Foundation
import Numerics

/// The diffusion coefficient of one species by every estimator, from the same window of its mean-square displacement.
struct DiffusionFits {
  let gls: DiffusionEstimate?
  let gaussian: DiffusionEstimate?
  let ols: DiffusionEstimate
  let blocks: DiffusionEstimate?
  /// Weights of the lags in the slope, Å²/ps from Å²: of `gls`, `gaussian` and of ordinary least squares.
  private let weights: [DiffusionEstimator: (lags: [Int], values: [Double])]
  /// Ordinary least squares at the lags of the moments, for what is known there alone.
  private let momentWeights: [Double]
  private let momentIndices: [Int]

  /// What the fits work on.
  struct Data {
    let moments: DisplacementMoments
    /// [lags from 0], all axes, Å².
    let displacement: [Double]
    /// ps.
    let spacing: Double
    let independentAtoms: Double
  }

  /// - Parameters:
  ///   - window: lags, in frames.
  ///   - takesAllLags: whether ordinary least squares takes every lag of the window, or those of the moments.
  init?(_ data: Data, window: ClosedRange<Int>, takesAllLags: Bool) {
    let moments = data.moments
    let indices = moments.lags.indices.filter { window.contains(moments.lags[$0]) }
    let lags = indices.map { moments.lags[$0] }, times = lags.map { Double($0) * data.spacing }
    let values = lags.map { data.displacement[$0] }
    let ordinaryLags = takesAllLags ? Array(window) : lags
    guard
      let line = LineFit.ordinary(
        x: ordinaryLags.map { Double($0) * data.spacing }, y: ordinaryLags.map { data.displacement[$0] }),
      let thinned = LineFit.ordinary(x: times, y: values)
    else { return nil }
    momentIndices = indices
    momentWeights = thinned.slopeWeights

    let brownian = LineFit.generalized(
      x: times, y: values,
      covariance: displacementCovariance(
        lags: lags, variances: indices.map(moments.variance), particleCount: moments.atomCount,
        frameCount: moments.frameCount))
    let process = GaussianIncrements.line(
      displacement: data.displacement, lags: lags, frameCount: moments.frameCount, particleCount: data.independentAtoms
    )?.scalingSlope(by: 1 / data.spacing)
    let segments = Self.blockSlopes(moments, indices, thinned.slopeWeights).map(BlockAverage.init)

    // Atoms that move together leave fewer independent measurements than the model counts.
    let together = (Double(moments.atomCount) / data.independentAtoms).squareRoot()
    gls = brownian.map { Self.estimate($0, quantile: normalQuantile975 * together) }
    gaussian = process.map {
      let excess = Self.excess(data, indices)
      let error = ($0.covariance[0, 0] + excess).squareRoot() / 6
      return DiffusionEstimate(
        $0.slope / 6, error: error, quantile: normalQuantile975, intercept: $0.intercept, interceptError: $0.interceptError)
    }
    let quantile = StudentT.quantile975(degreesOfFreedom: Double((segments?.count ?? 1) - 1))
    ols = DiffusionEstimate(
      line.slope / 6, error: segments.map { $0.standardError / 6 }, quantile: quantile, intercept: line.intercept)
    blocks = segments.map { DiffusionEstimate($0.mean / 6, error: $0.standardError / 6, quantile: quantile) }
    var weights: [DiffusionEstimator: (lags: [Int], values: [Double])] = [.ols: (ordinaryLags, line.slopeWeights)]
    weights[.gls] = brownian.map { (lags, $0.slopeWeights) }
    weights[.gaussian] = process.map { (lags, $0.slopeWeights) }
    self.weights = weights
  }

  func estimate(_ estimator: DiffusionEstimator) -> DiffusionEstimate? {
    switch estimator {
    case .gls: gls
    case .gaussian: gaussian
    case .ols: ols
    case .blocks: blocks
    }
  }

  /// ½ Σ w M of each axis, Å²/ps, with the weights of an estimator.
  func axes(_ displacements: [[Double]], by estimator: DiffusionEstimator) -> [Double] {
    let weight = weights[estimator] ?? weights[.ols]!
    return displacements.map { axis in zip(weight.lags, weight.values).reduce(0) { $0 + 0.5 * $1.1 * axis[$1.0] } }
  }

  /// D_xy, D_xz, D_yz, Å²/ps, with the weights of an estimator; those of ordinary least squares at the lags of the moments.
  func mixed(_ moments: DisplacementMoments, by estimator: DiffusionEstimator) -> [Double] {
    var result = [0.0, 0, 0]
    let isGeneralized = estimator == .gls || estimator == .gaussian
    for (index, weight) in zip(momentIndices, isGeneralized ? weights[estimator]!.values : momentWeights) {
      for (k, value) in moments.mixed(index).enumerated() { result[k] += 0.5 * weight * value }
    }
    return result
  }

  private static func estimate(_ line: LineFit, quantile: Double) -> DiffusionEstimate {
    DiffusionEstimate(
      line.slope / 6, error: line.slopeError / 6, quantile: quantile, intercept: line.intercept,
      interceptError: line.interceptError)
  }

  /// The slope in each block; nil where blocks are too short for the window.
  private static func blockSlopes(_ moments: DisplacementMoments, _ indices: [Int], _ weights: [Double]) -> [Double]? {
    guard moments.blocks.count > 1 else { return nil }
    var slopes: [Double] = []
    for block in moments.blocks.indices {
      var slope = 0.0
      for (index, weight) in zip(indices, weights) {
        guard let value = moments.blockDisplacement(index, block: block) else { return nil }
        slope += weight * value
      }
      slopes.append(slope)
    }
    return slopes
  }
}

extension DiffusionFits {
  /// What rare, large jumps add to the variance of the slope, Å⁴/ps²: their fourth cumulant grows by the same amount in each
  /// frame, κ(k) = var(|Δu|²) − (2/3)⟨|Δu|²⟩² = c k, which adds c/(N n) to the variance of the slope per frame.
  private static func excess(_ data: Data, _ indices: [Int]) -> Double {
    let moments = data.moments
    // The shortest lags of the window know it best.
    let rates = indices.prefix(10).map { index -> Double in
      let value = data.displacement[moments.lags[index]]
      return (moments.variance(index) - 2 / 3 * value * value) / Double(moments.lags[index])
    }.sorted()
    let rate = max(0, rates[rates.count / 2])
    return rate / (data.independentAtoms * Double(moments.frameCount) * data.spacing * data.spacing)
  }
}
