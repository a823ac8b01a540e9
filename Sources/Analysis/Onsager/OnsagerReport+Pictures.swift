import Atomistics
import Figures
import Foundation
import Numerics

extension OnsagerReport: AnalysisReport {
  private var names: [String] { species.map(\.symbol) }
  private var pairs: [(i: Int, j: Int)] { names.indices.flatMap { i in (i..<names.count).map { (i, $0) } } }
  private func pairName(_ pair: (i: Int, j: Int)) -> String { names[pair.i] + "–" + names[pair.j] }

  public var tables: [(name: String, csv: String)] {
    let rows = pairs.map { pair -> String in
      let e = onsager[pair.i][pair.j]
      return "\(names[pair.i]),\(names[pair.j]),\(e.value),\(e.standardError),\(e.halfWidth95)"
    }
    var tables = [("onsager", "i,j,L_per_eV_A_ps,stderr,halfwidth95\n" + rows.joined(separator: "\n") + "\n")]
    if let curves {
      let what = options.method == .einstein ? "dRdR_A2_" : "JJ_A2_per_ps2_"
      let columns = ["lag_ps"] + pairs.map { what + "\(names[$0.i])_\(names[$0.j])" }
      let running = curves.running.isEmpty ? [] : pairs.map { "L_\(names[$0.i])_\(names[$0.j])" }
      let values = curves.lags.indices.map { lag -> [Double?] in
        [curves.lags[lag]] + pairs.map { curves.correlations[$0.i][$0.j][lag] }
          + (running.isEmpty ? [] : pairs.map { curves.running[$0.i][$0.j][lag] })
      }
      tables.append(("onsager-correlations", csvText(columns + running, values)))
    }
    return tables
  }

  public var pictures: [(name: String, svg: String)] {
    let scale = onsager.joined().map { abs($0.value) }.max() ?? 1
    let digits = max(1, 3 - Int(floor(log10(max(scale, 1e-300)))))
    let map = HeatMap(
      title: "Onsager coefficients", label: "1/(eV Å ps)", values: onsager.map { $0.map(\.value) }, rowLabels: names,
      columnLabels: names, digits: min(digits, 9))
    var pictures = [("onsager", map.svg(cell: 80))]
    switch options.method {
    case .einstein: pictures.append(("onsager-correlations", displacementChart.svg()))
    case .greenKubo: pictures.append(("onsager-integrals", integralChart.svg()))
    case .cepstral: pictures.append(("onsager-spectra", spectrumChart.svg()))
    }
    return pictures
  }

  private var thermalVolume: Double { Units.boltzmann * options.temperature * volume }

  /// ⟨ΔR_i · ΔR_j⟩/(6 k_B T V), whose slope is L_ij, with the fits.
  private var displacementChart: Chart {
    let lags = curves!.lags, shown = lags.indices.prefix { lags[$0] <= 4 * window![1] }
    let series = pairs.enumerated().flatMap { number, pair -> [Series] in
      let values = curves!.correlations[pair.i][pair.j].map { $0 / (6 * thermalVolume) }
      let slope = onsager[pair.i][pair.j].value
      // The line of this slope that lies best among the points of the window.
      let fitted = lags.indices.filter { lags[$0] >= window![0] - 1e-9 && lags[$0] <= window![1] + 1e-9 }
      let offset = fitted.reduce(0) { $0 + values[$1] - slope * lags[$1] } / Double(fitted.count)
      return [
        Series(pairName(pair), points: shown.map { SIMD2(lags[$0], values[$0]) }, color: number),
        Series(curve: { offset + slope * $0 }, over: window![0]...window![1], count: 2, style: .dashed, color: number),
      ]
    }
    var chart = Chart(
      title: "Collective displacements", x: Axis("time (ps)"), y: Axis("⟨ΔR_i · ΔR_j⟩/(6 k_B T V)  (1/(eV Å))"),
      series: series)
    chart.marks = [.init(window![0], "fit"), .init(window![1], "")]
    return chart
  }

  /// Green–Kubo integrals up to each time, with their errors.
  private var integralChart: Chart {
    let lags = curves!.lags, last = curves!.runningErrors[0][0].count - 1
    let shown = lags.indices.prefix { lags[$0] <= 3 * window![1] }
    let series = pairs.enumerated().flatMap { number, pair -> [Series] in
      let values = curves!.running[pair.i][pair.j], errors = curves!.runningErrors[pair.i][pair.j]
      return [
        Series(pairName(pair), points: shown.map { SIMD2(lags[$0], values[$0]) }, color: number),
        Series(points: [SIMD2(lags[last], values[last])], errors: [errors[last]], style: .points, color: number),
      ]
    }
    var chart = Chart(
      title: "Green–Kubo integrals", x: Axis("upper limit (ps)"), y: Axis("L_ij (1/(eV Å ps))"), series: series)
    chart.marks = [.init(window![1], "L")]
    return chart
  }

  /// The currents' spectra over 2 k_B T V, whose values at zero are L_ii, with what is kept of the cepstrum.
  private var spectrumChart: Chart {
    let spectra = theory!.spectra, scale = 0.5 / thermalVolume
    let series = names.indices.flatMap { i -> [Series] in
      let estimate = theory!.matrix.diagonal[i], shown = estimate.frequencyLimit, step = max(1, shown / 300)
      func curve(_ value: (Int) -> Double) -> [SIMD2<Double>] {
        stride(from: 1, through: shown, by: step).map { k in
          let part = k..<min(k + step, shown + 1)
          return SIMD2(spectra.frequency(k), scale * part.reduce(0) { $0 + value($1) } / Double(part.count))
        }
      }
      return [
        Series(points: curve { spectra[$0, i, i] }, color: 4),
        Series(names[i], points: curve { estimate.smoothed[$0] }, color: i == 4 ? 6 : i),
      ]
    }
    return Chart(
      title: "Spectra of the currents", x: Axis("frequency (THz)"),
      y: Axis("S_ii/(2 k_B T V)  (1/(eV Å ps))", scale: .logarithmic), series: series)
  }
}
