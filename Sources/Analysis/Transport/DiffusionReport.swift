import Atomistics
import Figures
import Formats
import Foundation

/// What `swmd analyze msd` says.
public struct DiffusionReport: AnalysisReport {
  public static let kind = "msd"
  let diffusion: SelfDiffusion
  let facts: TrajectoryFacts
  let conditions: DiffusionConditions

  public init(_ diffusion: SelfDiffusion, of trajectory: Trajectory, conditions: DiffusionConditions) {
    (self.diffusion, self.conditions) = (diffusion, conditions)
    facts = TrajectoryFacts(trajectory)
  }

  public var text: String {
    var lines = [
      "\(facts.file): \(facts.frames) frames, \(formatted(facts.spacing_ps)) ps apart; "
        + "reference frame: \(diffusion.options.reference.name)", "",
      "species  atoms     D (Å²/ps)     ± (1 s.e.)   95 % interval            window (ps)      slope  by",
    ]
    for one in diffusion.species {
      let interval = one.result.D_interval95.map { "[\(formatted($0[0])), \(formatted($0[1]))]" } ?? "-"
      let window = "\(formatted(one.window.lower)):\(formatted(one.window.upper))"
      lines.append(
        one.element.symbol.padded(9) + "\(one.atomCount)".padded(6, left: true) + "  "
          + formatted(one.result.D_A2_per_ps).padded(12, left: true) + "  "
          + formatted(one.result.D_stderr).padded(12, left: true) + "   " + interval.padded(24) + " " + window.padded(16)
          + " " + (one.logSlope.isFinite ? String(format: "%.2f", one.logSlope) : "-").padded(6) + " "
          + one.estimator.rawValue)
    }
    lines.append("")
    for one in diffusion.species { lines += notes(one) }
    lines += conditions.lines(diffusion)
    lines += diffusion.warnings.map { "warning: \($0)" }
    lines.append("1 Å²/ps = 1e-4 cm²/s = 1e-8 m²/s. slope: d ln MSD/d ln t in the window.")
    return lines.joined(separator: "\n")
  }

  private func notes(_ one: SpeciesDiffusion) -> [String] {
    var lines: [String] = []
    let symbol = one.element.symbol
    if let fallback = one.fallback { lines.append("\(symbol): \(fallback).") }
    if !one.isDiffusive {
      lines.append("\(symbol): no part of the displacement is a straight line: D is not reached, run longer.")
    }
    if let interval = one.result.D_interval95, interval[0] <= 0, let posterior = one.posterior {
      let upper = posterior.quantile(0.95)
      lines.append("\(symbol): D is not different from 0 within its error; D < \(formatted(upper)) Å²/ps at 95 %.")
    }
    if one.independentAtoms < 0.7 * Double(one.atomCount) {
      lines.append(
        "\(symbol): its \(one.atomCount) atoms move together: they count as \(formatted(one.independentAtoms)) "
          + "in the intervals.")
    }
    return lines
  }

  public var json: String { get throws { try jsonText(DiffusionJSON(self)) } }

  public var tables: [(name: String, csv: String)] {
    let columns = ["lag_ps"] + diffusion.species.flatMap { one in
      ["msd", "xx", "yy", "zz"].map { "\(one.element.symbol)_\($0)_A2" }
    }
    let rows = diffusion.lags.indices.map { lag -> [Double?] in
      [diffusion.lags[lag]] + diffusion.species.flatMap { one in [one.displacement[lag]] + one.axes.map { $0[lag] } }
    }
    return [("msd", csvText(columns, rows))]
  }

  public var pictures: [(name: String, svg: String)] { [("msd", chart.svg())] }

  private var chart: Chart {
    var series: [Series] = []
    let shown = DiffusiveRegime.logarithmic(1...(diffusion.lags.count - 1), count: 300, ratio: 1)
    for (color, one) in diffusion.species.enumerated() {
      series.append(
        Series(
          "\(one.element.symbol): D = \(formatted(one.result.D_A2_per_ps)) Å²/ps",
          points: shown.map { SIMD2(diffusion.lags[$0], one.displacement[$0]) }, color: color))
      guard let intercept = one.result.intercept_A2 else { continue }
      let line = { (t: Double) in intercept + 6 * one.result.D_A2_per_ps * t }
      // Even steps in the logarithm, as the axis has them.
      let ratio = one.window.upper / max(one.window.lower, diffusion.lags[1])
      let times = (0...40).map { max(one.window.lower, diffusion.lags[1]) * pow(ratio, Double($0) / 40) }
      series.append(Series(points: times.map { SIMD2($0, line($0)) }, style: .dashed, color: 6))
    }
    return Chart(
      title: "Mean-square displacement", x: Axis("lag (ps)", scale: .logarithmic), y: Axis("MSD (Å²)", scale: .logarithmic),
      series: series)
  }
}

/// Four digits, "-" for what is not there.
func formatted(_ value: Double?) -> String { value.map { String(format: "%.4g", $0) } ?? "-" }

extension String {
  fileprivate func padded(_ width: Int, left: Bool = false) -> String {
    let room = String(repeating: " ", count: max(0, width - count))
    return left ? room + self : self + room
  }
}
