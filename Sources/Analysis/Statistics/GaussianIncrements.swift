import Numerics

/// The exact covariance of time-averaged mean-square displacements of a Gaussian process with stationary increments.
///
/// With m(t) the mean-square displacement along one axis, increments over windows at t and t+s have the covariance
/// c_kl(s) = ½[m(s+l) + m(s−k) − m(s+l−k) − m(s)], and their squares 2 c². So over overlapping windows, 3 axes and N
/// particles
///
///     Σ_kl = (3/N) Σ_s g(s) 2 c_kl(s)² / ((n−k)(n−l)),   g(s) = min(n−k, n−l−s) − max(0, −s).
///
/// A Brownian walk and a caged particle are both such processes. Sources: H. Qian, M. P. Sheetz and E. L. Elson,
/// Biophys. J. 60, 910 (1991), for the walk; J. T. Bullerjahn, S. von Bülow and G. Hummer, J. Chem. Phys. 153, 024116
/// (2020), for a walk with an offset.
struct GaussianIncrements {
  /// n.
  let frameCount: Int
  /// N.
  let particleCount: Double
  /// m(0 ...): per axis, Å².
  let displacement: [Double]
  /// From this lag on m is a straight line: windows further apart than that are independent.
  let memory: Int

  /// - Parameters:
  ///   - measured: the mean-square displacement of all axes at lags 0, 1, ..., believed below `memory`.
  ///   - slope: Å² per frame, all axes, from there on.
  ///   - intercept: Å².
  ///   - largestLag: of the covariance.
  init(
    measured: [Double], memory: Int, slope: Double, intercept: Double, largestLag: Int, frameCount: Int,
    particleCount: Double
  ) {
    (self.frameCount, self.particleCount, self.memory) = (frameCount, particleCount, memory)
    displacement = (0...(2 * largestLag + memory + 1)).map { lag in
      (lag == 0 ? 0 : lag < memory ? measured[lag] : max(0, intercept + slope * Double(lag))) / 3
    }
  }

  /// [lags × lags], Å⁴.
  func covariance(lags: [Int]) -> DenseMatrix {
    var result = DenseMatrix(rows: lags.count, columns: lags.count)
    displacement.withUnsafeBufferPointer { m in
      for (i, k) in lags.enumerated() {
        for j in i..<lags.count {
          let value = element(k, lags[j], m.baseAddress!)
          (result[i, j], result[j, i]) = (value, value)
        }
      }
    }
    return result
  }

  /// k ≤ l.
  private func element(_ k: Int, _ l: Int, _ m: UnsafePointer<Double>) -> Double {
    let n = frameCount
    // Beyond that the windows neither overlap nor remember each other.
    let first = max(-(n - k - 1), -(l + memory)), last = min(n - l - 1, k + memory)
    var sum = 0.0
    for s in first...last {
      let c = 0.5 * (m[abs(s + l)] + m[abs(s - k)] - m[abs(s + l - k)] - m[abs(s)])
      sum += Double(min(n - k, n - l - s) - max(0, -s)) * c * c
    }
    return 6 / particleCount * sum / (Double(n - k) * Double(n - l))
  }
}

extension GaussianIncrements {
  /// Generalized least squares with the covariance of the process whose displacement is the fitted line, repeated until both
  /// agree.
  /// - Parameters:
  ///   - displacement: [lags from 0], all axes, Å².
  ///   - lags: ascending, in frames; the first is the process's memory.
  /// - Returns: the line over lags in frames; nil where the covariance is not positive definite.
  static func line(displacement: [Double], lags: [Int], frameCount: Int, particleCount: Double) -> LineFit? {
    let x = lags.map(Double.init), values = lags.map { displacement[$0] }
    // Relative errors that grow with the square root of the lag: near enough to begin with.
    let start = DenseMatrix(diagonal: zip(x, values).map { max($1 * $1, .leastNormalMagnitude) * $0 })
    guard var line = LineFit.generalized(x: x, y: values, covariance: start) else { return nil }
    for _ in 0..<3 {
      // A line that falls, or starts below what the first lag allows, is noise: no process has it.
      let slope = max(line.slope, 1e-3 * values[0] / x[0]), intercept = max(line.intercept, -0.4 * slope * x[0])
      let process = GaussianIncrements(
        measured: displacement, memory: lags[0], slope: slope, intercept: intercept, largestLag: lags[lags.count - 1],
        frameCount: frameCount, particleCount: particleCount)
      guard let next = LineFit.generalized(x: x, y: values, covariance: process.covariance(lags: lags)) else { return nil }
      line = next
    }
    return line
  }
}
