import Diagnostics
import Numerics

/// Up to which frequency a spectrum counts.
public enum FrequencyRange: Equatable, Sendable {
  case all
  /// Where the estimated error is least.
  case best
  /// In 1/(unit of the series' interval).
  case upTo(Double)
}

/// S_ij(0) of several currents, each element by cepstral analysis.
///
/// Off the diagonal by polarization: S_ij = a_i a_j [S(x_i + x_j) − S(x_i − x_j)]/4 with x_i = J_i/a_i, where a_i² is the
/// mean power of J_i, so that both are of the same size.
public struct CepstralMatrix: Sendable {
  public let values: DenseMatrix
  /// Of each element, from theory; off the diagonal as if the two spectra were independent.
  public let standardErrors: DenseMatrix
  /// [currents], of the diagonal elements.
  public let diagonal: [CepstralEstimate]

  /// - Throws: `Failure.input` where the series is too short or a current is zero.
  public init(_ spectra: SpectralMatrix, range: FrequencyRange, factor: Int = 1) throws {
    let count = spectra.currentCount
    func unit(_ i: Int, _ a: Double) -> [Double] { (0..<count).map { $0 == i ? a : 0 } }
    diagonal = try (0..<count).map { try Self.estimate(spectra, unit($0, 1), range, factor) }
    let scales = (0..<count).map { i in
      ((1..<spectra.frequencyCount).reduce(0) { $0 + spectra[$1, i, i] } / Double(spectra.frequencyCount - 1)).squareRoot()
    }
    var values = DenseMatrix(diagonal: diagonal.map(\.zeroFrequency))
    var errors = DenseMatrix(diagonal: diagonal.map(\.standardError))
    for i in 0..<count {
      for j in i + 1..<max(count, i + 1) {
        func part(_ sign: Double) throws -> CepstralEstimate {
          let combination = zip(unit(i, 1 / scales[i]), unit(j, sign / scales[j])).map { $0 + $1 }
          return try Self.estimate(spectra, combination, range, factor)
        }
        let (plus, minus) = (try part(1), try part(-1)), factor = 0.25 * scales[i] * scales[j]
        values[i, j] = factor * (plus.zeroFrequency - minus.zeroFrequency)
        let square = plus.standardError * plus.standardError + minus.standardError * minus.standardError
        errors[i, j] = factor * square.squareRoot()
        (values[j, i], errors[j, i]) = (values[i, j], errors[i, j])
      }
    }
    (self.values, standardErrors) = (values, errors)
  }

  /// S(0) of Σ_i c_i J_i.
  static func estimate(
    _ spectra: SpectralMatrix, _ combination: [Double], _ range: FrequencyRange, _ factor: Int
  ) throws -> CepstralEstimate {
    try estimate(
      spectrum: spectra.spectrum(of: combination), frameCount: spectra.frameCount, interval: spectra.interval,
      degreesOfFreedom: Double(spectra.componentCount), range, factor)
  }

  static func estimate(
    spectrum: [Double], frameCount: Int, interval: Double, degreesOfFreedom: Double, _ range: FrequencyRange,
    _ factor: Int
  ) throws -> CepstralEstimate {
    let found: CepstralEstimate?
    switch range {
    case .all:
      found = CepstralEstimate(
        spectrum: spectrum, frameCount: frameCount, degreesOfFreedom: degreesOfFreedom, factor: factor)
    case .best:
      found = CepstralEstimate.best(
        spectrum: spectrum, frameCount: frameCount, degreesOfFreedom: degreesOfFreedom, factor: factor)
    case .upTo(let frequency):
      let limit = Int((frequency * Double(frameCount) * interval).rounded())
      found = CepstralEstimate(
        spectrum: spectrum, frameCount: frameCount, frequencyLimit: max(0, limit), degreesOfFreedom: degreesOfFreedom,
        factor: factor)
    }
    guard let found else {
      throw Failure.input(
        "a current has no spectrum to analyze: \(frameCount) frames, or a current that is zero",
        remedy: "give a longer series or a higher --nyquist, and leave out species that do not move")
    }
    return found
  }
}
