import Atomistics
import Figures
import Formats
import Foundation

/// Van Hove functions as `swmd analyze vanhove` gives them.
public struct VanHoveReport: AnalysisReport {
  public static let kind = "vanhove"

  public let trajectory: TrajectoryFacts
  public let reference: String
  /// ps.
  public let lags: [Double]
  /// [bins], middles, Å.
  public let r: [Double]
  /// [lags] of each species.
  public let selfParts: [(species: Element, displacements: [Displacements])]
  /// [lags] of each pair.
  public let distinct: [(pair: SpeciesPair, densities: [DistinctDensity])]
  public let warning: String?

  init(
    _ analysis: VanHoveAnalysis, _ trajectory: Trajectory, lags: [Double], selfParts: [(Element, [Displacements])],
    distinct: [(SpeciesPair, [DistinctDensity])], warning: String?
  ) {
    self.trajectory = TrajectoryFacts(trajectory)
    (reference, self.lags, self.warning) = (analysis.reference.name, lags, warning)
    r = (0..<analysis.binCount).map { (Double($0) + 0.5) * analysis.rMax / Double(analysis.binCount) }
    self.selfParts = selfParts.map { (species: $0.0, displacements: $0.1) }
    self.distinct = distinct.map { (pair: $0.0, densities: $0.1) }
  }

  public var text: String {
    var rows = [["species", "lag (ps)", "<r²> (Å²)", "α₂"]]
    for part in selfParts {
      for moved in part.displacements {
        rows.append([
          part.species.symbol, lagText(moved.lag), withError(moved.meanSquare.value, moved.meanSquare.error, digits: 4),
          moved.nonGaussian.map { withError($0.value, $0.error, digits: 4) } ?? "–",
        ])
      }
    }
    return "van Hove functions, frame '\(reference)', \(trajectory.frames) frames\n" + textTable(rows)
      + (distinct.isEmpty ? "" : "\ndistinct parts: " + distinct.map(\.pair.name).joined(separator: ", "))
      + (warning.map { "\nwarning: \($0)" } ?? "")
  }

  public var json: String { get throws { try jsonText(VanHoveJSON(self)) } }

  public var tables: [(name: String, csv: String)] {
    let selfTables = selfParts.map { part in
      (
        name: "vanhove-\(part.species.symbol)",
        csv: table("G_s_per_A3", part.displacements.map { ($0.density, $0.densityError) })
      )
    }
    return selfTables
      + distinct.map { part in
        (name: "vanhove-\(part.pair.name)", csv: table("G_d_per_A3", part.densities.map { ($0.density, $0.densityError) }))
      }
  }

  /// Files in single precision have times such as 0.0999999984 ps.
  private func lagText(_ lag: Double) -> String { String(format: "%.6g", lag) }

  private func table(_ name: String, _ columns: [([Double], [Double]?)]) -> String {
    let header = lags.flatMap { ["\(name) at \(lagText($0)) ps", "stderr"] }
    let rows = r.indices.map { bin in [r[bin]] + columns.flatMap { [$0.0[bin], $0.1?[bin]] } as [Double?] }
    return csvText(["r_A"] + header, rows)
  }

  public var pictures: [(name: String, svg: String)] {
    let alpha = Chart(
      title: "Non-Gaussian parameter", x: Axis("lag (ps)", scale: lags.count > 1 ? .logarithmic : .linear), y: Axis("α₂"),
      series: selfParts.map { part in
        let shown = part.displacements.filter { $0.nonGaussian != nil }
        return Series(
          part.species.symbol, points: shown.map { SIMD2($0.lag, $0.nonGaussian?.value ?? .nan) },
          errors: shown.map { $0.nonGaussian?.error ?? 0 }, style: .linePoints)
      })
    return selfParts.map { ("vanhove-\($0.species.symbol)", chart(of: $0.species, $0.displacements).svg()) }
      + distinct.map { ("vanhove-\($0.pair.name)", chart(of: $0.pair, $0.densities).svg()) } + [
        ("vanhove-alpha2", alpha.svg())
      ]
  }

  /// Dashed: Gaussians of the same mean square.
  private func chart(of species: Element, _ displacements: [Displacements]) -> Chart {
    let series = displacements.enumerated().flatMap { number, moved -> [Series] in
      let points = r.indices.map { SIMD2(r[$0], 4 * .pi * r[$0] * r[$0] * moved.density[$0]) }
      let variance = moved.meanSquare.value / 3
      guard variance > 0 else { return [Series("\(lagText(moved.lag)) ps", points: points, color: number)] }
      let norm = 4 * Double.pi / pow(2 * .pi * variance, 1.5)
      let gaussian = r.map { SIMD2($0, norm * $0 * $0 * exp(-$0 * $0 / (2 * variance))) }
      return [
        Series("\(lagText(moved.lag)) ps", points: points, color: number),
        Series(points: gaussian, style: .dashed, color: number),
      ]
    }
    return Chart(
      title: "Displacements of \(species.symbol) (dashed: Gaussian)", x: Axis("r (Å)"), y: Axis("4πr² G_s (1/Å)"),
      series: series)
  }

  private func chart(of pair: SpeciesPair, _ densities: [DistinctDensity]) -> Chart {
    Chart(
      title: "Distinct van Hove function \(pair.name)", x: Axis("r (Å)"), y: Axis("G_d/ρ"),
      series: zip(lags, densities).map { lag, part in
        Series("\(lagText(lag)) ps", points: r.indices.map { SIMD2(r[$0], part.density[$0] / part.meanDensity) })
      })
  }
}

/// The JSON of a van Hove report.
private struct VanHoveJSON: Encodable {
  struct Parameters: Encodable {
    let frame: String
    let rmax_A: Double
    let bins: Int
  }

  struct SelfPart: Encodable {
    /// [lags][bins]
    let counts: [[Int]]
    let G_s_per_A3: [[Double]]
    let G_s_stderr: [[Double]?]
    /// [lags]
    let msd_A2: [Double]
    let msd_stderr, alpha2, alpha2_stderr: [Double?]

    init(_ displacements: [Displacements]) {
      (counts, G_s_per_A3) = (displacements.map(\.counts), displacements.map(\.density))
      (G_s_stderr, msd_A2) = (displacements.map(\.densityError), displacements.map(\.meanSquare.value))
      msd_stderr = displacements.map(\.meanSquare.error)
      (alpha2, alpha2_stderr) = (displacements.map { $0.nonGaussian?.value }, displacements.map { $0.nonGaussian?.error })
    }
  }

  struct DistinctPart: Encodable {
    /// [lags][bins]
    let counts: [[Int]]
    let G_d_per_A3: [[Double]]
    let G_d_stderr: [[Double]?]
    let mean_density_per_A3: Double

    init(_ densities: [DistinctDensity]) {
      (counts, G_d_per_A3) = (densities.map(\.counts), densities.map(\.density))
      (G_d_stderr, mean_density_per_A3) = (densities.map(\.densityError), densities[0].meanDensity)
    }
  }

  let trajectory: TrajectoryFacts
  let parameters: Parameters
  let units = [
    "lags_ps": "ps", "r_A": "Å", "G_s_per_A3": "1/Å³", "G_d_per_A3": "1/Å³", "msd_A2": "Å²", "alpha2": "1",
    "mean_density_per_A3": "1/Å³",
  ]
  let lags_ps, r_A: [Double]
  let species: [String: SelfPart]
  let pairs: [String: DistinctPart]?
  let warning: String?

  init(_ report: VanHoveReport) {
    trajectory = report.trajectory
    parameters = Parameters(
      frame: report.reference, rmax_A: report.r[report.r.count - 1] + report.r[0], bins: report.r.count)
    (lags_ps, r_A, warning) = (report.lags, report.r, report.warning)
    species = Dictionary(uniqueKeysWithValues: report.selfParts.map { ($0.species.symbol, SelfPart($0.displacements)) })
    pairs =
      report.distinct.isEmpty
      ? nil : Dictionary(uniqueKeysWithValues: report.distinct.map { ($0.pair.name, DistinctPart($0.densities)) })
  }
}
