import Diagnostics
import Foundation

/// Lags at which a process is taken to be diffusive, where the user names none.
enum DefaultWindow {
  /// How close to 1 d ln MSD/d ln t must be.
  static let slopeTolerance = 0.1

  /// From where the fastest species' MSD has a log-log slope of 1, over a short time: the longer a lag, the fewer windows.
  ///
  /// - Parameter displacements: [species][lags], per atom.
  /// - Returns: the lags, and whether the slope is right; nil where there are too few frames.
  static func diffusive(_ displacements: [[Double]], frameCount: Int) -> (lags: ClosedRange<Int>, isDiffusive: Bool)? {
    let last = frameCount / 10
    guard last >= 3, let fastest = displacements.max(by: { $0[last] < $1[last] }) else { return nil }
    let start = (1...max(1, last / 3)).first { lag in
      let slope = log(fastest[2 * lag] / fastest[lag]) / log(2)
      return abs(slope - 1) < slopeTolerance
    }
    let first = start ?? max(1, last / 3)
    return (first...min(last, max(3 * first, first + 9)), start != nil)
  }

  /// The lag after which no species' current correlates with itself beyond the noise of its estimate:
  /// C(m) < √(Σ_k C(k)²/(3n)), |k| ≤ m, for uncorrelated currents (M. S. Bartlett, J. R. Stat. Soc. Suppl. 8, 27 (1946)).
  ///
  /// - Parameter correlations: [currents][lags].
  static func decay(_ correlations: [[Double]], frameCount: Int) -> Int? {
    let lags = correlations.compactMap { correlation -> Int? in
      var squares = 0.5 * correlation[0] * correlation[0]
      for lag in 1..<correlation.count {
        squares += correlation[lag] * correlation[lag]
        if correlation[lag] < (2 * squares / Double(3 * frameCount)).squareRoot() { return lag }
      }
      return nil
    }
    return lags.count == correlations.count ? lags.max() : nil
  }
}
