import Numerics

/// The periodogram of currents, averaged over their equivalent components:
///
/// S_ij(f_k) = (Δt/n) ⟨F_i(f_k) F_j*(f_k)⟩, F_i = Σ_t [J_i(t) − J̄_i] exp(−2πi k t/n), f_k = k/(n Δt), two-sided.
///
/// By the Wiener–Khinchin theorem ∫₀^∞ ⟨J_i(0) J_j(t)⟩ dt = S_ij(0)/2 for each component.
public struct SpectralMatrix: Sendable {
  public let currentCount: Int
  /// ℓ, over how many components it is averaged.
  public let componentCount: Int
  /// n, frames.
  public let frameCount: Int
  /// Δt.
  public let interval: Double
  /// [k = 0 ... n/2][i][j], real and imaginary parts.
  let values: [SIMD2<Double>]

  public var frequencyCount: Int { frameCount / 2 + 1 }

  public init(_ series: CurrentSeries) {
    currentCount = series.currentCount
    componentCount = series.componentCount
    frameCount = series.frameCount
    interval = series.interval
    let count = currentCount, frequencyCount = frameCount / 2 + 1
    let fourier = RealFourierTransform(length: frameCount)
    let factor = interval / Double(frameCount) / Double(componentCount)
    var values = [SIMD2<Double>](repeating: .zero, count: count * count * frequencyCount)
    for component in 0..<componentCount {
      let spectra = series.values.map { fourier.fluctuations(of: $0[component]) }
      for k in 0..<frequencyCount {
        for i in 0..<count {
          for j in 0..<count {
            let (a, b) = (spectra[i][k], spectra[j][k])
            // a · conj(b)
            values[(k * count + i) * count + j] += factor * SIMD2(a.x * b.x + a.y * b.y, a.y * b.x - a.x * b.y)
          }
        }
      }
    }
    self.values = values
  }

  /// f_k, in 1/(unit of the interval).
  public func frequency(_ k: Int) -> Double { Double(k) / (Double(frameCount) * interval) }

  /// The real part of S_ij(f_k).
  public subscript(k: Int, i: Int, j: Int) -> Double { values[(k * currentCount + i) * currentCount + j].x }

  /// The spectrum of Σ_i c_i J_i.
  public func spectrum(of combination: [Double]) -> [Double] {
    precondition(combination.count == currentCount)
    return (0..<frequencyCount).map { k in
      var sum = 0.0
      for i in 0..<currentCount {
        for j in 0..<currentCount { sum += combination[i] * combination[j] * self[k, i, j] }
      }
      return sum
    }
  }

  /// 1/[S⁻¹]_00 at each frequency: the first current's spectrum at vanishing other currents, as in the heat conductivity of
  /// a fluid whose components do not flow: R. Bertossa, F. Grasselli, L. Ercole and S. Baroni, PRL 122, 255901 (2019).
  public var schurComplement: [Double] {
    (0..<frequencyCount).map { k in
      var s = Array(values[k * currentCount * currentCount..<(k + 1) * currentCount * currentCount])
      // Eliminates the last current, then the one before it.
      for last in stride(from: currentCount - 1, to: 0, by: -1) {
        let pivot = s[last * currentCount + last].x
        guard pivot > 0 else { continue }
        for i in 0..<last {
          for j in 0..<last {
            let (a, b) = (s[i * currentCount + last], s[last * currentCount + j])
            s[i * currentCount + j] -= SIMD2(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x) / pivot
          }
        }
      }
      return s[0].x
    }
  }
}

extension RealFourierTransform {
  /// The transform of a series less its mean: [frequencies].
  func fluctuations(of series: [Double]) -> [SIMD2<Double>] {
    let mean = series.reduce(0, +) / Double(series.count)
    for (t, value) in series.enumerated() { real[t] = value - mean }
    forward()
    return Array(UnsafeBufferPointer(start: spectrum, count: frequencyCount))
  }
}
