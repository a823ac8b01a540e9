import Numerics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension RadialDistribution {
  /// The first neighbor shell: where g(r) is highest, and lowest behind it.
  public struct Shell: Sendable {
    /// Å.
    public var maximum: Double
    public var height: Double
    /// Å; nil: not within the radius.
    public var minimum: Double?
    public var depth: Double?
  }

  /// The first shell, found in g(r) smoothed by a Gaussian of 0.05 Å; nil where no maximum stands out.
  ///
  /// A maximum counts if g exceeds 1.2 there, by six standard errors of the counts around it, and falls by a fifth of its
  /// height behind it: ripples and noise do not. Of a flat minimum, as between the shells of a crystal, it is the middle.
  public var firstShell: Shell? {
    let smooth = smoothed(width: Self.smoothing)
    guard let peak = firstPeak(of: smooth) else { return nil }
    var shell = Shell(maximum: r[peak], height: smooth[peak])
    // The next rise that is more than noise ends the search.
    var lowest = peak
    for bin in peak..<smooth.count {
      if smooth[bin] < smooth[lowest] { lowest = bin }
      if smooth[bin] > smooth[lowest] + 0.1 * (smooth[peak] - smooth[lowest]), lowest > peak {
        let flat = smooth[lowest] + 1e-3 * smooth[peak]
        var last = lowest
        while smooth[last + 1] <= flat { last += 1 }
        (shell.minimum, shell.depth) = (0.5 * (r[lowest] + r[last]), smooth[lowest])
        return shell
      }
    }
    return shell
  }

  /// Å.
  private static let smoothing = 0.05

  private func firstPeak(of values: [Double]) -> Int? {
    var best = 0
    for bin in values.indices {
      if values[bin] > values[best] { best = bin }
      if values[best] > 1.2, values[bin] < 0.8 * values[best] {
        if isSignificant(best, values[best]) { return best }
        best = bin
      }
    }
    return nil
  }

  /// Whether the counts within two widths of the bin are more than the mean density by chance gives.
  private func isSignificant(_ bin: Int, _ height: Double) -> Bool {
    let half = Int(2 * Self.smoothing / binWidth)
    let count = (max(0, bin - half)...min(counts.count - 1, bin + half)).reduce(0.0) { $0 + Double(counts[$1]) }
    let expected = count / height
    // Pairs of like atoms are counted twice.
    return count - expected > 6 * (expected * (pair.isLike ? 2 : 1)).squareRoot()
  }

  private func smoothed(width: Double) -> [Double] {
    let half = Int((3 * width / binWidth).rounded(.down))
    let kernel = (-half...half).map { exp(-0.5 * (Double($0) * binWidth / width) * (Double($0) * binWidth / width)) }
    return g.indices.map { bin in
      var sum = 0.0, weight = 0.0
      for offset in -half...half where g.indices.contains(bin + offset) {
        sum += kernel[offset + half] * g[bin + offset]
        weight += kernel[offset + half]
      }
      return sum / weight
    }
  }
}
