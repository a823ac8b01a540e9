import Foundation

/// A normal distribution of a quantity that cannot be negative: its posterior for a flat prior on x ≥ 0.
///
/// What sampling of a likelihood with that prior gives, in closed form: N. L. Johnson, S. Kotz and N. Balakrishnan,
/// Continuous Univariate Distributions, vol. 1 (1994), section 13.10.1.
public struct TruncatedNormal: Sendable {
  /// Of the normal before the cut.
  public let location: Double
  public let scale: Double

  public init(location: Double, scale: Double) { (self.location, self.scale) = (location, scale) }

  /// −location/scale, where the cut lies.
  private var cut: Double { -location / scale }

  /// The hazard φ(cut)/Q(cut).
  private var hazard: Double {
    // Far in the tail both underflow: the first terms of the asymptotic series.
    if cut > 30 { return cut + 1 / cut }
    return exp(-0.5 * cut * cut) / (2 * Double.pi).squareRoot() / upperTail(cut)
  }

  public var mean: Double { location + scale * hazard }

  public var standardDeviation: Double { scale * max(0, 1 + cut * hazard - hazard * hazard).squareRoot() }

  /// The interval that leaves 2.5 % on either side.
  public var interval95: ClosedRange<Double> {
    let low = quantile(0.025)
    return low...max(low, quantile(0.975))
  }

  /// The value below which the part `p` lies.
  public func quantile(_ p: Double) -> Double {
    let target = (1 - p) * upperTail(cut)
    // In the far tail the distribution is exponential.
    if cut > 30 { return -log(1 - p) * scale / cut }
    var low = cut, high = max(cut, 0) + 40
    for _ in 0..<100 {
      let middle = 0.5 * (low + high)
      if upperTail(middle) > target { low = middle } else { high = middle }
    }
    return max(0, location + scale * 0.5 * (low + high))
  }

  private func upperTail(_ x: Double) -> Double { 0.5 * erfc(x / 2.0.squareRoot()) }
}
