import Atomistics
import Figures
import Formats
import Foundation

/// What `swmd analyze arrhenius` says.
public struct ArrheniusReport: AnalysisReport {
  public static let kind = "arrhenius"
  let fits: [(name: String, fit: ArrheniusFit)]
  /// K, where D is wanted.
  let temperatures: [Double]
  let sources: [String]

  public init(_ fits: [(name: String, fit: ArrheniusFit)], at temperatures: [Double], sources: [String]) {
    (self.fits, self.temperatures, self.sources) = (fits, temperatures, sources)
  }

  public var text: String {
    var lines: [String] = []
    for (name, fit) in fits {
      lines.append(
        "\(name): E_a = \(formatted(fit.activationEnergy)) ± \(formatted(fit.activationEnergyError)) eV, "
          + "ln(D0/(Å²/ps)) = \(formatted(fit.logPrefactor)) ± \(formatted(fit.logPrefactorError)), "
          + "\(fit.points.count) temperatures")
      if let chiSquared = fit.chiSquared, fit.degreesOfFreedom > 0 {
        lines.append("  chi² = \(formatted(chiSquared)) for \(fit.degreesOfFreedom) degrees of freedom")
        if chiSquared > 3 * Double(fit.degreesOfFreedom) {
          lines.append("  the points do not lie on a straight line within their errors: the process may change")
        }
      }
      for temperature in temperatures {
        let interval = fit.interval95(at: temperature).map { "[\(formatted($0[0])), \(formatted($0[1]))]" } ?? "-"
        let value = formatted(exp(fit.logDiffusion(at: temperature).value))
        lines.append("  D(\(formatted(temperature)) K) = \(value) Å²/ps, 95 % \(interval)")
      }
    }
    lines.append("1 Å²/ps = 1e-4 cm²/s = 1e-8 m²/s.")
    return lines.joined(separator: "\n")
  }

  public var json: String {
    get throws { try jsonText(ArrheniusJSON(self)) }
  }

  public var tables: [(name: String, csv: String)] {
    fits.map { name, fit in
      let rows = fit.points.map { [$0.temperature, $0.diffusion, $0.error] }
      return (fits.count == 1 ? "arrhenius" : "arrhenius-\(name)", csvText(["T_K", "D_A2_per_ps", "D_stderr"], rows))
    }
  }

  public var pictures: [(name: String, svg: String)] { [("arrhenius", chart.svg())] }

  private var chart: Chart {
    var series: [Series] = []
    for (color, (name, fit)) in fits.enumerated() {
      let label = "\(name): \(formatted(fit.activationEnergy)) ± \(formatted(fit.activationEnergyError)) eV"
      series.append(
        Series(
          label, points: fit.points.map { SIMD2(1000 / $0.temperature, $0.diffusion) },
          errors: fit.points.allSatisfy { $0.error != nil } ? fit.points.map { $0.error! } : [], style: .points,
          color: color))
      let all = (fit.points.map(\.temperature) + temperatures).map { 1000 / $0 }
      let range = all.min()!...all.max()!
      series.append(
        Series(
          curve: { exp(fit.logDiffusion(at: 1000 / $0).value) }, over: range, style: .line, color: color))
      for end in [0, 1] where fit.activationEnergyError != nil {
        series.append(
          Series(curve: { fit.interval95(at: 1000 / $0)![end] }, over: range, style: .dashed, color: color))
      }
    }
    return Chart(
      title: "Diffusion over temperature, 95 %", x: Axis("1000 K / T"), y: Axis("D (Å²/ps)", scale: .logarithmic),
      series: series)
  }
}

private struct ArrheniusJSON: Encodable {
  struct Fit: Encodable {
    let Ea_eV: Double
    let Ea_stderr: Double?
    let lnD0: Double
    let lnD0_stderr: Double?
    /// Of (Ea, lnD0).
    let cov: [[Double]]
    let chi2: Double?
    let dof: Int
    let T_K: [Double]
    let D_A2_per_ps: [Double]
    let D_stderr: [Double?]
    let extrapolated: [Value]
  }
  struct Value: Encodable {
    let T_K: Double
    let lnD: Double
    let lnD_stderr: Double?
    let D_A2_per_ps: Double
    let D_interval95: [Double]?
  }
  struct Parameters: Encodable {
    let files: [String]
    let at_K: [Double]
  }

  let parameters: Parameters
  let units = ["Ea_eV": "eV", "lnD0": "ln of Å²/ps", "D_A2_per_ps": "Å²/ps = 1e-8 m²/s", "T_K": "K"]
  let species: [String: Fit]

  init(_ report: ArrheniusReport) {
    parameters = Parameters(files: report.sources, at_K: report.temperatures)
    species = Dictionary(
      uniqueKeysWithValues: report.fits.map { name, fit in
        let values = report.temperatures.map { temperature in
          let (value, error) = fit.logDiffusion(at: temperature)
          return Value(
            T_K: temperature, lnD: value, lnD_stderr: error, D_A2_per_ps: exp(value),
            D_interval95: fit.interval95(at: temperature))
        }
        return (
          name,
          Fit(
            Ea_eV: fit.activationEnergy, Ea_stderr: fit.activationEnergyError, lnD0: fit.logPrefactor,
            lnD0_stderr: fit.logPrefactorError, cov: [fit.covariance.row(0), fit.covariance.row(1)], chi2: fit.chiSquared,
            dof: fit.degreesOfFreedom, T_K: fit.points.map(\.temperature), D_A2_per_ps: fit.points.map(\.diffusion),
            D_stderr: fit.points.map(\.error), extrapolated: values)
        )
      })
  }
}
