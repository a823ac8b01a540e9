import Communication

/// The self part of the van Hove function: how far atoms move within a time,
///
///     G_s(r, t) = (1/N) ⟨Σ_i δ(r − |r_i(t_0 + t) − r_i(t_0)|)⟩ / (4π r²),   α₂(t) = 3⟨r⁴⟩/(5⟨r²⟩²) − 1,
///
/// averaged over all atoms of a species and all time origins; α₂ = 0 where displacements are Gaussian. Errors are from ten
/// groups of atoms, which are taken as independent. L. van Hove, Phys. Rev. 95, 249 (1954); A. Rahman, Phys. Rev. 136, A405
/// (1964).
struct SelfVanHove {
  /// Steps between frames.
  let lags: [Int]
  let binCount: Int
  let binWidth: Double
  let groupCount: Int
  /// [lags][groups][bins + 1]; the last bin is for what is beyond.
  private var counts: [Int64]
  /// [lags][groups], Σr² and Σr⁴.
  private var squares: [Double]
  private var fourths: [Double]

  init(lags: [Int], binCount: Int, binWidth: Double, atomCount: Int) {
    (self.lags, self.binCount, self.binWidth, groupCount) = (lags, binCount, binWidth, max(1, min(10, atomCount)))
    counts = [Int64](repeating: 0, count: lags.count * groupCount * (binCount + 1))
    squares = [Double](repeating: 0, count: lags.count * groupCount)
    fourths = squares
  }

  /// Adds the atom that is number `member` of its species.
  mutating func add(_ atom: Int, member: Int, of batch: SeriesBatch) {
    let x = batch.series(atom: atom, axis: 0), y = batch.series(atom: atom, axis: 1), z = batch.series(atom: atom, axis: 2)
    let frames = batch.frameCount, scale = 1 / binWidth, beyond = Double(binCount)
    counts.withUnsafeMutableBufferPointer { counts in
      for (place, lag) in lags.enumerated() {
        let row = place * groupCount + member % groupCount
        let histogram = counts.baseAddress! + row * (binCount + 1)
        var sum = SIMD2<Double>.zero
        for t in 0..<frames - lag {
          let dx = x[t + lag] - x[t], dy = y[t + lag] - y[t], dz = z[t + lag] - z[t]
          let square = dx * dx + dy * dy + dz * dz
          sum += SIMD2(square, square * square)
          histogram[Int(min(square.squareRoot() * scale, beyond))] += 1
        }
        squares[row] += sum.x
        fourths[row] += sum.y
      }
    }
  }

  mutating func combine(over communicator: Communicator) {
    counts = communicator.sum(counts)
    squares = communicator.sum(squares)
    fourths = communicator.sum(fourths)
  }

  /// Displacements of each lag, after `combine`.
  func results(spacing: Double) -> [Displacements] {
    lags.indices.map { place in
      let rows = (0..<groupCount).map { place * groupCount + $0 }
      let histograms = rows.map { Array(counts[$0 * (binCount + 1)..<($0 + 1) * (binCount + 1)]) }
      return Displacements(
        lag: Double(lags[place]) * spacing, binWidth: binWidth, histograms: histograms, squares: rows.map { squares[$0] },
        fourths: rows.map { fourths[$0] })
    }
  }
}

/// The displacements of a species' atoms within one lag.
public struct Displacements: Sendable {
  /// ps.
  public let lag: Double
  /// [bins]
  public let counts: [Int]
  /// [bins], Å⁻³.
  public let density: [Double]
  /// [bins]; nil for a single atom.
  public let densityError: [Double]?
  /// ⟨r²⟩, Å².
  public let meanSquare: SampleEstimate
  /// nil where nothing moves.
  public let nonGaussian: SampleEstimate?

  /// - Parameters:
  ///   - histograms: [groups][bins + 1].
  ///   - squares: [groups], Σr²; `fourths` Σr⁴.
  init(lag: Double, binWidth: Double, histograms: [[Int64]], squares: [Double], fourths: [Double]) {
    self.lag = lag
    let binCount = histograms[0].count - 1, samples = histograms.map { Double($0.reduce(0, +)) }
    let volumes = shellVolumes(binWidth: binWidth, count: binCount)
    let all = (0..<binCount).map { bin in histograms.reduce(0) { $0 + Int($1[bin]) } }, total = samples.reduce(0, +)
    counts = all
    density = all.indices.map { Double(all[$0]) / (total * volumes[$0]) }
    densityError = standardErrors(
      zip(histograms, samples).map { histogram, samples in
        (0..<binCount).map { Double(histogram[$0]) / (samples * volumes[$0]) }
      })
    meanSquare = SampleEstimate(ratioOf: squares, to: samples) ?? SampleEstimate(value: 0, error: nil)
    nonGaussian = Self.nonGaussian(samples, squares, fourths)
  }

  /// With the jackknife over groups.
  private static func nonGaussian(_ samples: [Double], _ squares: [Double], _ fourths: [Double]) -> SampleEstimate? {
    let (n, a, b) = (samples.reduce(0, +), squares.reduce(0, +), fourths.reduce(0, +))
    guard a > 0 else { return nil }
    let value = 3 * b * n / (5 * a * a) - 1, count = Double(samples.count)
    let without = samples.indices.map { g -> Double in
      let rest = a - squares[g]
      return 3 * (b - fourths[g]) * (n - samples[g]) / (5 * rest * rest) - 1
    }
    guard samples.count > 1, without.allSatisfy(\.isFinite) else { return SampleEstimate(value: value, error: nil) }
    let mean = without.reduce(0, +) / count
    let spread = without.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return SampleEstimate(value: value, error: ((count - 1) / count * spread).squareRoot())
  }
}

/// [bins], Å³: (4π/3)((r + Δr)³ − r³).
func shellVolumes(binWidth: Double, count: Int) -> [Double] {
  (0..<count).map { bin in
    let low = Double(bin) * binWidth, high = Double(bin + 1) * binWidth
    return 4 / 3 * .pi * (high * high * high - low * low * low)
  }
}
