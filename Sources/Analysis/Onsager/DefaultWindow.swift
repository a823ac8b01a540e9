/// Lags at which a process is taken to be diffusive, where the user names none.
enum DefaultWindow {
  /// By how much slopes over successive octaves of lags may differ.
  static let tolerance = 0.05

  /// From where the fastest species' MSD is straight, over a short time: the longer a lag, the fewer windows.
  ///
  /// Straight is what the fit needs, since it has an intercept: the slope from m to 2m is that from 2m to 4m. The window
  /// starts at 2m, or at the first lag if it is straight from there on.
  ///
  /// - Parameter displacements: [species][lags], per atom, up to a fifth of the frames.
  /// - Returns: the lags, and whether the MSD is straight; nil where there are too few frames.
  static func diffusive(_ displacements: [[Double]], frameCount: Int) -> (lags: ClosedRange<Int>, isStraight: Bool)? {
    let last = frameCount / 10, reach = displacements[0].count - 1
    guard last >= 3, reach >= 4, let fastest = displacements.max(by: { $0[last] < $1[last] }) else { return nil }
    let start = (1...reach / 4).first { m in
      let near = (fastest[2 * m] - fastest[m]) / Double(m), far = (fastest[4 * m] - fastest[2 * m]) / Double(2 * m)
      return far > 0 && abs(near / far - 1) < tolerance
    }
    let first = min(start.map { $0 == 1 ? 1 : 2 * $0 } ?? last, max(1, last / 3))
    return (first...min(last, max(3 * first, first + 9)), start != nil)
  }

  /// The lag after which no current correlates with itself beyond the noise of its estimate.
  ///
  /// Uncorrelated values at the lags around m scatter by σ² = Σ_k C(k)²/(3n), |k| ≤ m (M. S. Bartlett, J. R. Stat. Soc.
  /// Suppl. 8, 27 (1946)). Where the values from m to 2m do not exceed this, nothing is left beyond m that can be seen; the
  /// end is 2m, since what cannot be seen at each lag still adds up.
  ///
  /// - Parameter correlations: [currents][lags].
  static func decay(_ correlations: [[Double]], frameCount: Int) -> Int? {
    let lags = correlations.compactMap { correlation -> Int? in
      // Σ_{k<m} C(k)².
      var sums = [0.0]
      for value in correlation { sums.append(sums[sums.count - 1] + value * value) }
      let noiseFactor = 2 / Double(3 * frameCount)
      return (1..<max(2, correlation.count / 2)).first { m in
        let noise = noiseFactor * (sums[m + 1] - 0.5 * sums[1])
        return 2 * m < correlation.count && (sums[2 * m + 1] - sums[m]) / Double(m + 1) < 1.5 * noise
      }
    }
    return lags.count == correlations.count ? lags.max().map { 2 * $0 } : nil
  }
}
