import Foundation
import Numerics

/// The zero-frequency value of a spectrum by cepstral analysis.
///
/// The periodogram of Gaussian noise is Ŝ(f) = S(f) χ²/2ν' with 2ν' degrees of freedom, independent at each frequency. So
/// ln Ŝ is ln S and noise of known mean λ = ψ(ν') − ln ν' and variance ψ'(ν'), and of its Fourier coefficients C_n (the
/// cepstrum) only the first P* differ from noise. Akaike's criterion finds them:
///
/// AIC(P) = (N/ψ'(ν')) Σ_{n=P}^{N/2} C_n² + 2P,   ln S(0) = C_0 − λ + 2 Σ_{n=1}^{P*−1} C_n,
/// SE(ln S(0)) = √(ψ'(ν')(4P* − 2)/N).
///
/// L. Ercole, A. Marcolongo and S. Baroni, Sci. Rep. 7, 15835 (2017).
///
/// The criterion weighs all frequencies alike, so it drops coefficients that are small each but matter together at f = 0:
/// where the spectrum has a narrow peak there, S(0) comes out too low by several of its errors. Twice as many coefficients
/// mend that at the price of an error 1.4 times as large (the `factor`; coverage in benchmarks/analysis/ONSAGER.md).
public struct CepstralEstimate: Sendable {
  /// How many coefficients are kept: P* times the factor.
  public let coefficientCount: Int
  /// S(0), in the units of the spectrum.
  public let zeroFrequency: Double
  /// The standard error of ln S(0): of S(0), relative.
  public let relativeError: Double
  /// N/2: the frequencies that counted are below.
  public let frequencyLimit: Int
  /// [0 ... N/2], S(f) from the coefficients that are kept.
  public let smoothed: [Double]
  /// [P ≥ 1], AIC less its minimum, up to what the picture shows.
  public let criterion: [Double]

  public var standardError: Double { abs(zeroFrequency) * relativeError }

  /// - Parameters:
  ///   - spectrum: [k = 0 ... ], two-sided; the value at zero, which has no power, is taken from its neighbor.
  ///   - frameCount: n of the series, for the whole range of frequencies.
  ///   - frequencyLimit: the frequency that is to be the highest; nil: all. Leaving out the lines above it is to filter the
  ///     series by an ideal low-pass filter and to sample it at the lower rate.
  ///   - degreesOfFreedom: ν' = ℓ − Q + 1 for ℓ components and Q currents.
  ///   - factor: by which more coefficients are kept than the criterion says.
  /// - Returns: nil where there are fewer than four frequencies or the spectrum is zero.
  public init?(
    spectrum: [Double], frameCount: Int, frequencyLimit: Int? = nil, degreesOfFreedom: Double, factor: Int = 1
  ) {
    let length = frequencyLimit.map { min(2 * $0, frameCount) } ?? frameCount, half = length / 2
    guard half >= 4, let largest = spectrum.max(), largest > 0 else { return nil }
    self.frequencyLimit = half
    // Currents that cancel exactly leave rounding, of any sign.
    let floor = 1e-30 * largest
    let transform = RealFourierTransform(length: length)
    for k in 0...half { transform.spectrum[k] = SIMD2(log(max(spectrum[max(k, 1)], floor)), 0) }
    transform.backward()
    let cepstrum = (0...half).map { transform.real[$0] / Double(length) }
    let mean = digamma(degreesOfFreedom) - log(degreesOfFreedom), variance = trigamma(degreesOfFreedom)
    let scores = Self.criterion(cepstrum, scale: Double(length) / variance)
    let best = scores.indices.min { scores[$0] < scores[$1] } ?? 0
    let count = min(factor * (best + 1), half)
    coefficientCount = count
    criterion = scores.prefix(max(4 * count, 64)).map { $0 - scores[best] }
    zeroFrequency = exp(cepstrum[0] - mean + 2 * cepstrum[1..<max(count, 1)].reduce(0, +))
    relativeError = (variance * Double(4 * count - 2) / Double(length)).squareRoot()
    for n in 0..<length { transform.real[n] = 0 }
    for n in 0..<count {
      transform.real[n] = cepstrum[n]
      if n > 0 { transform.real[length - n] = cepstrum[n] }
    }
    transform.forward()
    smoothed = (0...half).map { exp(transform.spectrum[$0].x - mean) }
  }

  /// AIC(P) for P = 1, 2, ... below N/2.
  private static func criterion(_ cepstrum: [Double], scale: Double) -> [Double] {
    var tail = 0.0, scores: [Double] = []
    for p in stride(from: cepstrum.count - 1, through: 1, by: -1) {
      tail += cepstrum[p] * cepstrum[p]
      if p < cepstrum.count - 1 { scores.append(scale * tail + 2 * Double(p)) }
    }
    return scores.reversed()
  }

  /// The highest frequency whose estimate has the least error, of all of them, a half, a quarter ... of them.
  ///
  /// Peaks far above zero take many coefficients, which costs more than the frequencies that are left out.
  static func best(spectrum: [Double], frameCount: Int, degreesOfFreedom: Double, factor: Int = 1) -> CepstralEstimate? {
    var best: CepstralEstimate?
    var limit = frameCount / 2
    while limit >= 64 || best == nil {
      let all = limit == frameCount / 2
      guard
        let estimate = CepstralEstimate(
          spectrum: spectrum, frameCount: frameCount, frequencyLimit: all ? nil : limit, degreesOfFreedom: degreesOfFreedom,
          factor: factor)
      else { return best }
      if best == nil || estimate.relativeError < best!.relativeError { best = estimate }
      limit /= 2
    }
    return best
  }
}
