import Diagnostics
import Figures
import Formats
import Foundation
import Numerics

/// The spectrum of currents, and its value at zero frequency, which is twice the Green–Kubo integral.
public struct CepstralAnalysis: Sendable {
  public let path: String
  public let spectra: SpectralMatrix
  /// The first current's spectrum at vanishing other currents.
  public let spectrum: [Double]
  /// ν' = ℓ − Q + 1.
  public let degreesOfFreedom: Int
  public let estimate: CepstralEstimate
  /// With twice the coefficients: where the two differ by more than their errors, trust this one.
  public let doubled: CepstralEstimate
  /// At the whole range of frequencies, a half of it, a quarter ...: where it does not change, it can be trusted.
  public let ranges: [CepstralEstimate]
  /// Each element; nil for one current.
  public let matrix: CepstralMatrix?

  /// - Parameter path: where the series is from, for reports and errors.
  /// - Throws: `Failure.input`: fewer components than currents, or a series that is too short.
  public init(_ series: CurrentSeries, path: String, range: FrequencyRange) throws {
    guard series.componentCount >= series.currentCount else {
      throw Failure.input(
        "\(series.currentCount) currents of \(series.componentCount) components leave no degree of freedom",
        at: Place(file: path), remedy: "analyze at most as many currents as they have components")
    }
    let spectra = SpectralMatrix(series), freedom = series.componentCount - series.currentCount + 1
    // ⟨1/[Ŝ⁻¹]_00⟩ is ν'/ℓ of the true value.
    let scale = Double(series.componentCount) / Double(freedom)
    let spectrum = spectra.schurComplement.map { scale * $0 }
    (self.path, self.spectra, self.spectrum, degreesOfFreedom) = (path, spectra, spectrum, freedom)
    func estimate(_ factor: Int) throws -> CepstralEstimate {
      try CepstralMatrix.estimate(
        spectrum: spectrum, frameCount: series.frameCount, interval: series.interval,
        degreesOfFreedom: Double(freedom), range, factor)
    }
    (self.estimate, doubled) = (try estimate(1), try estimate(2))
    ranges = sequence(first: series.frameCount / 2) { $0 >= 128 ? $0 / 2 : nil }.compactMap { limit in
      CepstralEstimate(
        spectrum: spectrum, frameCount: series.frameCount, frequencyLimit: limit == series.frameCount / 2 ? nil : limit,
        degreesOfFreedom: Double(freedom))
    }
    matrix = series.currentCount > 1 ? try CepstralMatrix(spectra, range: range) : nil
  }

  /// S(0) e^{∓1.96 SE}: the logarithm is what is normally distributed.
  public var interval: (low: Double, high: Double) {
    let width = exp(1.959964 * estimate.relativeError)
    return (estimate.zeroFrequency / width, estimate.zeroFrequency * width)
  }

  /// THz of the highest frequency that counts, for an interval in fs.
  func terahertz(_ k: Int) -> Double { 1000 * spectra.frequency(k) }
}

extension CepstralAnalysis: AnalysisReport {
  public static var kind: String { "cepstral" }

  public var text: String {
    let currents = spectra.currentCount == 1 ? "one current" : "\(spectra.currentCount) currents, the others vanishing"
    var lines = [
      "\(currents), \(spectra.componentCount) components, \(spectra.frameCount) frames of \(spectra.interval) fs", "",
      String(format: "S(0)         %.6g ± %.2g   (95 %%: %.6g ... %.6g)", estimate.zeroFrequency, estimate.standardError,
        interval.low, interval.high),
      String(format: "∫ C(t) dt    %.6g ± %.2g", estimate.zeroFrequency / 2, estimate.standardError / 2),
      "P*           \(estimate.coefficientCount)",
      String(format: "at 2 P*      %.6g ± %.2g", doubled.zeroFrequency, doubled.standardError), "",
      "highest frequency (THz)   P*     S(0)",
    ]
    for range in ranges {
      lines.append(
        String(format: "%18.6g %9d     %.6g ± %.2g", terahertz(range.frequencyLimit), range.coefficientCount,
          range.zeroFrequency, range.standardError))
    }
    return lines.joined(separator: "\n")
  }

  public var json: String {
    get throws {
      try jsonText(
        Results(
          file: path,
          parameters: .init(
            interval_fs: spectra.interval, frames: spectra.frameCount, currents: spectra.currentCount,
            components: spectra.componentCount, degrees_of_freedom: degreesOfFreedom,
            nyquist_THz: terahertz(estimate.frequencyLimit)),
          P_star: estimate.coefficientCount, S0: estimate.zeroFrequency, S0_stderr: estimate.standardError,
          relative_error: estimate.relativeError, S0_interval95: [interval.low, interval.high],
          S0_doubled: doubled.zeroFrequency, S0_doubled_stderr: doubled.standardError,
          green_kubo_integral: estimate.zeroFrequency / 2, green_kubo_integral_stderr: estimate.standardError / 2,
          ranges: ranges.map {
            .init(
              nyquist_THz: terahertz($0.frequencyLimit), P_star: $0.coefficientCount, S0: $0.zeroFrequency,
              S0_stderr: $0.standardError)
          },
          S0_matrix: matrix?.values.nested, S0_matrix_stderr: matrix?.standardErrors.nested,
          psd_k_1_10: (1...min(10, spectra.frequencyCount - 1)).map { k in
            (0..<spectra.currentCount).map { i in (0..<spectra.currentCount).map { spectra[k, i, $0] } }
          }))
    }
  }

  private struct Results: Encodable {
    struct Parameters: Encodable {
      let interval_fs: Double
      let frames, currents, components, degrees_of_freedom: Int
      let nyquist_THz: Double
    }
    struct Range: Encodable {
      let nyquist_THz: Double
      let P_star: Int
      let S0, S0_stderr: Double
    }
    let file: String
    let parameters: Parameters
    let units = ["S0": "current²·fs", "green_kubo_integral": "current²·fs", "frequency": "THz"]
    let P_star: Int
    let S0, S0_stderr, relative_error: Double
    let S0_interval95: [Double]
    let S0_doubled, S0_doubled_stderr: Double
    let green_kubo_integral, green_kubo_integral_stderr: Double
    let ranges: [Range]
    let S0_matrix, S0_matrix_stderr: [[Double]]?
    let psd_k_1_10: [[[Double]]]
  }

  public var tables: [(name: String, csv: String)] {
    let rows = (0..<spectrum.count).map { k -> [Double?] in
      [terahertz(k), k == 0 ? nil : spectrum[k], k < estimate.smoothed.count ? estimate.smoothed[k] : nil]
    }
    return [("cepstral-spectrum", csvText(["frequency_THz", "S", "S_smoothed"], rows))]
  }

  public var pictures: [(name: String, svg: String)] {
    // The shape at low frequencies is what matters: ten times the range over which the coefficients resolve anything.
    let width = estimate.frequencyLimit / max(estimate.coefficientCount, 1)
    let shown = min(estimate.frequencyLimit, max(200, 10 * width))
    func points(_ values: [Double], every step: Int) -> [SIMD2<Double>] {
      stride(from: 1, through: shown, by: step).map { k in
        let part = values[k..<min(k + step, values.count)]
        return SIMD2(terahertz(k + step / 2), part.reduce(0, +) / Double(part.count))
      }
    }
    let chart = Chart(
      title: "Power spectrum", x: Axis("frequency (THz)"), y: Axis("S (current² fs)", scale: .logarithmic),
      series: [
        Series("periodogram", points: points(spectrum, every: max(1, shown / 400)), color: 4),
        Series("cepstral", points: points(estimate.smoothed, every: max(1, shown / 400)), color: 1),
        Series(
          "S(0)", points: [SIMD2(0, estimate.zeroFrequency)], errors: [estimate.standardError], style: .points, color: 0),
      ])
    // What comes long before the minimum is out of scale.
    let scores = estimate.criterion.enumerated().dropFirst(estimate.coefficientCount / 2)
    let criterion = Chart(
      title: "Choice of the number of coefficients", x: Axis("P"), y: Axis("AIC − minimum"),
      series: [Series(points: scores.map { SIMD2(Double($0 + 1), $1) })])
    return [("cepstral-spectrum", chart.svg()), ("cepstral-criterion", criterion.svg())]
  }
}

extension DenseMatrix {
  /// As lists of rows.
  var nested: [[Double]] { (0..<rows).map(row) }
}
