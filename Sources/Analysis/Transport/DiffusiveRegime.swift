import Foundation
import Numerics

/// Where a mean-square displacement has become a straight line.
///
/// From short to long lags, the first from which a line fits within the errors, by χ² with the covariance of a Gaussian
/// process. A log–log slope alone does not tell: an offset by vibrations keeps it below 1 long after the cage is forgotten.
struct DiffusiveRegime {
  /// In frames.
  let window: ClosedRange<Int>
  /// Whether a line fits.
  let isFound: Bool

  /// Points of a trial fit: few, so that its covariance is cheap and well conditioned.
  private static let pointCount = 8

  /// - Parameters:
  ///   - displacement: [lags from 0], Å².
  ///   - end: the last lag of the window.
  init(displacement: [Double], frameCount: Int, independentAtoms: Double, end: Int) {
    let starts = Self.logarithmic(1...max(1, end / 4), count: 60, ratio: 1.35)
    var found: Int?
    for (index, start) in starts.enumerated() {
      let lags = Self.logarithmic(start...end, count: Self.pointCount, ratio: 1)
      let fits = Self.chiSquared(
        displacement, lags: lags, frameCount: frameCount, independentAtoms: independentAtoms)
      guard let fits, fits.value <= fits.limit else { continue }
      // Two steps on: what is left of the cage hides in the noise at the first start that passes.
      found = start == 1 ? 1 : starts[min(index + 2, starts.count - 1)]
      break
    }
    isFound = found != nil
    window = (found ?? max(1, end / 4))...end
  }

  /// Distinct integers with even ratios, at least `ratio`, both ends included.
  static func logarithmic(_ range: ClosedRange<Int>, count: Int, ratio: Double) -> [Int] {
    let low = Double(range.lowerBound), span = log(Double(range.upperBound) / low)
    let number = max(2, min(count, ratio > 1 ? Int(span / log(ratio)) + 1 : count))
    var result: [Int] = []
    for i in 0..<number {
      let lag = Int((low * exp(span * Double(i) / Double(number - 1))).rounded())
      if result.last.map({ lag > $0 }) ?? true { result.append(lag) }
    }
    return result
  }

  /// χ² of the best line, and what 99 % of true lines stay below; nil where the covariance is none.
  private static func chiSquared(
    _ displacement: [Double], lags: [Int], frameCount: Int, independentAtoms: Double
  ) -> (value: Double, limit: Double)? {
    guard lags.count >= 4,
      let line = GaussianIncrements.line(
        displacement: displacement, lags: lags, frameCount: frameCount, particleCount: independentAtoms)
    else { return nil }
    // The quantile by E. B. Wilson and M. M. Hilferty, Proc. Natl. Acad. Sci. 17, 684 (1931).
    let freedom = Double(lags.count - 2), part = 2 / (9 * freedom)
    return (line.sumOfSquares, freedom * pow(1 - part + 2.326 * part.squareRoot(), 3))
  }
}
