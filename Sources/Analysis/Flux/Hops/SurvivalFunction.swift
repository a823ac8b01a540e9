/// The part of stays that last longer than t, where some were cut off by the end of the trajectory.
///
///     S(t) = Π_{t_i ≤ t} (1 − d_i/n_i),   var S = S² Σ d_i/(n_i (n_i − d_i))
///
/// with d_i stays that end at t_i out of n_i that last at least so long: E. L. Kaplan and P. Meier, J. Am. Stat. Assoc. 53,
/// 457 (1958); the variance is that of M. Greenwood (1926).
public struct SurvivalFunction: Sendable {
  /// ps, ascending, from 0: times at which stays end.
  public let times: [Double]
  public let values: [Double]
  /// NaN-free: 0 where all stays are over.
  public let errors: [Double]

  /// - Parameter stays: those that began with a hop.
  init(_ stays: [(frames: Int, isComplete: Bool)], spacing: Double) {
    let sorted = stays.sorted { $0.frames < $1.frames }
    var times = [0.0], values = [1.0], errors = [0.0]
    var survival = 1.0, sum = 0.0, index = 0
    while index < sorted.count {
      let frames = sorted[index].frames, atRisk = Double(sorted.count - index)
      var ended = 0.0
      while index < sorted.count, sorted[index].frames == frames {
        ended += sorted[index].isComplete ? 1 : 0
        index += 1
      }
      guard ended > 0 else { continue }
      survival *= 1 - ended / atRisk
      if ended < atRisk { sum += ended / (atRisk * (atRisk - ended)) }
      times.append(Double(frames) * spacing)
      values.append(survival)
      errors.append(survival * sum.squareRoot())
    }
    (self.times, self.values, self.errors) = (times, values, errors)
  }
}
