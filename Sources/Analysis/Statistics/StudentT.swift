import Foundation

/// Student's t distribution.
public enum StudentT {
  /// The value that a variable exceeds with probability 2.5 %: half the length of a 95 % interval in standard errors.
  ///
  /// Bisection of the distribution function. Infinite without degrees of freedom.
  public static func quantile975(degreesOfFreedom ν: Double) -> Double {
    guard ν > 0 else { return .infinity }
    var low = 1.9, high = 13.0
    while high - low > 1e-12 * high {
      let middle = 0.5 * (low + high)
      if upperTail(middle, ν) > 0.025 { low = middle } else { high = middle }
    }
    return 0.5 * (low + high)
  }

  /// P(T > t) = I_x(ν/2, ½)/2 with x = ν/(ν + t²), for t ≥ 0; M. Abramowitz and I. A. Stegun (1964), 26.7.1.
  static func upperTail(_ t: Double, _ ν: Double) -> Double { 0.5 * incompleteBeta(0.5 * ν, 0.5, ν / (ν + t * t)) }
}

/// The regularized incomplete beta function I_x(a, b), by its continued fraction; Abramowitz and Stegun, 26.5.8.
func incompleteBeta(_ a: Double, _ b: Double, _ x: Double) -> Double {
  if x <= 0 { return 0 }
  if x >= 1 { return 1 }
  // The fraction converges fast on this side of the mean.
  if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(b, a, 1 - x) }
  let logBeta: Double = lgamma(a) + lgamma(b) - lgamma(a + b)
  let front: Double = exp(a * log(x) + b * log(1 - x) - logBeta) / a
  // From the end backwards: 200 terms reach rounding for every a that occurs here.
  var fraction = 1.0
  for step in (1...200).reversed() {
    let m = Double(step), c = a + 2 * m
    let even: Double = m * (b - m) * x / ((c - 1) * c)
    let odd: Double = -(a + m - 1) * (a + b + m - 1) * x / ((c - 2) * (c - 1))
    fraction = 1 + odd / (1 + even / fraction)
  }
  return front / fraction
}
