import Figures
import Formats
import Foundation

extension VelocityCorrelation: AnalysisReport {
  public static var kind: String { "vacf" }

  private var names: [String] { species.map(\.symbol) }

  public var text: String {
    var lines = [
      "\(trajectory.frames) frames, \(quantity.rawValue), frame of reference: \(frame.name), "
        + "errors from \(blockCount) blocks", "",
      "      ⟨v²⟩ (Å²/ps²)   D (Å²/ps)                up to (ps)",
    ]
    for (s, name) in names.enumerated() {
      lines.append(
        name.padding(toLength: 6, withPad: " ", startingAt: 0)
          + String(format: "%-15.6g ", correlations[s][0])
          + diffusion[s].text.padding(toLength: 25, withPad: " ", startingAt: 0)
          + String(format: "%.4g", lags[ends[s]]))
    }
    return (lines + warnings.map { "warning: \($0)" }).joined(separator: "\n")
  }

  public var json: String { get throws { try jsonText(Results(self)) } }

  private struct SpeciesResults: Encodable {
    let vacf_A2_per_ps2, D_running_A2_per_ps, D_running_stderr: [Double]
    let D_A2_per_ps, D_stderr, D_halfwidth95, integrated_to_ps: Double
    let vdos_per_THz: [Double]
  }

  private struct Parameters: Encodable {
    let frame: String
    let currents: MotionQuantity
    let blocks: Int
  }

  private struct Results: Encodable {
    let trajectory: TrajectoryFacts
    let parameters: Parameters
    let units = ["lags": "ps", "vacf": "Å²/ps²", "D": "Å²/ps", "frequencies": "THz", "vdos": "1/THz"]
    let warnings: [String]
    let lags_ps, frequencies_THz: [Double]
    let species: [String: SpeciesResults]
    let vdos_total_per_THz: [Double]

    init(_ results: VelocityCorrelation) {
      trajectory = results.trajectory
      parameters = Parameters(frame: results.frame.name, currents: results.quantity, blocks: results.blockCount)
      (warnings, lags_ps, frequencies_THz) = (results.warnings, results.lags, results.frequencies)
      vdos_total_per_THz = results.totalDensity
      species = Dictionary(
        uniqueKeysWithValues: results.species.enumerated().map { s, element in
          let part = SpeciesResults(
            vacf_A2_per_ps2: results.correlations[s], D_running_A2_per_ps: results.running[s],
            D_running_stderr: results.runningErrors[s], D_A2_per_ps: results.diffusion[s].value,
            D_stderr: results.diffusion[s].standardError, D_halfwidth95: results.diffusion[s].halfWidth95,
            integrated_to_ps: results.lags[results.ends[s]], vdos_per_THz: results.densities[s])
          return (element.symbol, part)
        })
    }
  }

  public var tables: [(name: String, csv: String)] {
    let correlation = lags.indices.map { k in [lags[k]] + correlations.map { $0[k] } + running.map { $0[k] } }
    let total = totalDensity
    let density = frequencies.indices.map { k in [frequencies[k]] + densities.map { $0[k] } + [total[k]] }
    return [
      ("vacf", csvText(["lag_ps"] + names.map { "vacf_A2_per_ps2_\($0)" } + names.map { "D_A2_per_ps_\($0)" }, correlation)),
      ("vdos", csvText(["frequency_THz"] + names.map { "vdos_per_THz_\($0)" } + ["vdos_per_THz_total"], density)),
    ]
  }

  public var pictures: [(name: String, svg: String)] {
    let shown = lags[min(lags.count - 1, 2 * (ends.max() ?? 1))]
    func chart(_ title: String, _ label: String, _ curves: [[Double]], errors: Bool) -> Chart {
      let range = lags.indices.prefix { lags[$0] <= shown }
      var series = zip(names, curves).enumerated().map { number, curve in
        Series(curve.0, points: range.map { SIMD2(lags[$0], curve.1[$0]) }, color: number)
      }
      if errors {
        series += names.indices.map { s in
          Series(
            points: [SIMD2(lags[ends[s]], diffusion[s].value)], errors: [diffusion[s].standardError], style: .points,
            color: s)
        }
      }
      return Chart(title: title, x: Axis("time (ps)"), y: Axis(label), series: series)
    }
    let normalized = correlations.map { curve in curve.map { curve[0] > 0 ? $0 / curve[0] : 0 } }
    let states = Chart(
      title: "Vibrational density of states", x: Axis("frequency (THz)"), y: Axis("g (1/THz)"),
      series: zip(names, densities).map { name, density in
        Series(name, points: zip(frequencies, density).map { SIMD2($0, $1) })
      } + [Series("all, by mass", points: zip(frequencies, totalDensity).map { SIMD2($0, $1) }, style: .dashed)])
    return [
      ("vacf", chart("Velocity autocorrelation", "⟨v(0) · v(t)⟩/⟨v²⟩", normalized, errors: false).svg()),
      ("vacf-integrals", chart("Green–Kubo integrals", "D (Å²/ps)", running, errors: true).svg()),
      ("vdos", states.svg()),
    ]
  }
}
