import Figures
import Formats
import Foundation
import Numerics

/// Hops between sites, as `swmd analyze hops` gives them.
public struct HopReport: AnalysisReport {
  public static let kind = "hops"

  public let trajectory: TrajectoryFacts
  public let mobile: String
  public let siteSource: String
  public let reference: String
  /// Å.
  public let core: Double
  public let smallestDistance: Double
  /// [sites], in parts of the cell vectors.
  public let sites: [Vector3]
  public let statistics: HopStatistics
  public let warning: String?

  init(
    _ analysis: HopAnalysis, _ trajectory: Trajectory, _ lattice: SiteLattice, _ statistics: HopStatistics, warning: String?
  ) {
    self.trajectory = TrajectoryFacts(trajectory)
    (mobile, reference) = (analysis.mobile.symbol, analysis.reference.name)
    switch analysis.sites {
    case .file(let path, let element): siteSource = "\(element.symbol) of \(path)"
    case .averages(let element): siteSource = "mean positions of \(element.symbol)"
    }
    (core, smallestDistance, sites) = (lattice.core, lattice.smallestDistance, lattice.sites)
    (self.statistics, self.warning) = (statistics, warning)
  }

  public var text: String {
    func line(_ name: String, _ estimate: SampleEstimate?, _ unit: String) -> [String]? {
      estimate.map {
        [name, String(format: "%.5g", $0.value) + ($0.error.map { String(format: " ± %.2g", $0) } ?? ""), unit]
      }
    }
    let s = statistics
    let rows = [
      ["quantity", "value", "unit"], ["hops", "\(s.hopCount)", ""], line("rate of an atom", s.rate, "1/ps"),
      line("residence time", s.residence, "ps"), s.hopLength.map { ["hop length (rms)", String(format: "%.4f", $0), "Å"] },
      line("correlation factor", s.correlationFactor, ""),
      line("the same from angles", s.angularCorrelationFactor, ""),
      s.returnFraction.map { ["immediate returns", String(format: "%.4f", $0), ""] },
      line("diffusivity by hops", s.diffusivity, "Å²/ps"),
    ].compactMap { $0 }
    let shells =
      [["hop distance (Å)", "hops", "rate (1/ps)"]]
      + s.shells.prefix(12).map {
        [String(format: "%.3f", $0.distance), "\($0.count)", String(format: "%.4e", $0.rate.value)]
      }
    return
      "\(s.atomCount) \(mobile) among \(sites.count) sites (\(siteSource)), cores of \(String(format: "%.3f", core)) Å, "
      + "frame '\(reference)'\n" + textTable(rows) + (s.shells.isEmpty ? "" : "\n" + textTable(shells))
      + (warning.map { "\nwarning: \($0)" } ?? "")
  }

  public var json: String { get throws { try jsonText(HopJSON(self)) } }

  public var tables: [(name: String, csv: String)] {
    let s = statistics
    return [
      (
        "hop-sites",
        csvText(
          ["site", "a", "b", "c", "occupancy", "visits"],
          sites.indices.map {
            [Double($0), sites[$0].x, sites[$0].y, sites[$0].z, s.occupancy[$0], Double(s.visitCounts[$0])]
          })
      ),
      (
        "hop-survival",
        csvText(
          ["time_ps", "survival", "stderr"],
          s.survival.times.indices.map { [s.survival.times[$0], s.survival.values[$0], s.survival.errors[$0]] })
      ),
      (
        "hop-vectors",
        csvText(["x_A", "y_A", "z_A", "hops"], s.vectors.map { [$0.vector.x, $0.vector.y, $0.vector.z, Double($0.count)] })
      ),
    ]
  }

  public var pictures: [(name: String, svg: String)] {
    guard let residence = statistics.residence?.value, statistics.survival.times.count > 1 else { return [] }
    let survival = statistics.survival, last = survival.times[survival.times.count - 1]
    // Points that are over each other say nothing.
    let stride = max(1, survival.times.count / 60)
    let shown = Swift.stride(from: 0, to: survival.times.count, by: stride).filter { survival.values[$0] > 0 }
    let decay = Chart(
      title: "Stays of \(mobile) at its sites", x: Axis("time (ps)"), y: Axis("part that lasts longer", scale: .logarithmic),
      series: [
        Series(
          "observed", points: shown.map { SIMD2(survival.times[$0], survival.values[$0]) },
          errors: shown.map { survival.errors[$0] }, style: .points),
        Series("exponential of the mean", curve: { exp(-$0 / residence) }, over: 0...last, style: .dashed),
      ])
    let bins = 30, width = (statistics.completedStays.max() ?? 1) * 1.0001 / Double(bins)
    var counts = [Double](repeating: 0, count: bins)
    for stay in statistics.completedStays { counts[Int(stay / width)] += 1 }
    let outline = (0..<bins).flatMap { bin in
      [SIMD2(Double(bin) * width, counts[bin]), SIMD2(Double(bin + 1) * width, counts[bin])]
    }
    let histogram = Chart(
      title: "Residence times of \(mobile)", x: Axis("residence time (ps)"), y: Axis("stays"),
      series: [
        Series(points: outline),
        Series(
          points: (0..<bins).map { SIMD2((Double($0) + 0.5) * width, counts[$0]) }, errors: counts.map { $0.squareRoot() },
          style: .points, color: 0),
      ])
    return [("hop-survival", decay.svg()), ("hop-residence", histogram.svg())]
  }
}

/// The JSON of a hop report.
private struct HopJSON: Encodable {
  struct Parameters: Encodable {
    let mobile, sites, frame: String
    let core_A: Double
  }

  struct Shell: Encodable {
    let distance_A: Double
    let hops: Int
    let rate_per_ps: Double
    let rate_stderr: Double?
  }

  struct Vector: Encodable {
    let vector_A: [Double]
    let hops: Int
  }

  struct Survival: Encodable {
    let times_ps, survival, stderr: [Double]
  }

  let trajectory: TrajectoryFacts
  let parameters: Parameters
  let units = [
    "rate_per_ps": "1/ps", "residence_ps": "ps", "D_A2_per_ps": "Å²/ps", "hop_length_A": "Å", "distance_A": "Å",
    "vector_A": "Å", "times_ps": "ps", "duration_ps": "ps",
  ]
  let atoms, sites, hops: Int
  let duration_ps, site_distance_A, rate_per_ps: Double
  let rate_stderr, residence_ps, residence_stderr, hop_length_A: Double?
  let correlation_factor, correlation_factor_stderr: Double?
  let correlation_factor_from_angles, correlation_factor_from_angles_stderr: Double?
  let mean_cosine, mean_cosine_stderr, return_fraction: Double?
  let D_A2_per_ps: Double
  let D_stderr: Double?
  let hop_distances: [Shell]
  let hop_vectors: [Vector]
  let survival: Survival
  let occupancy: [Double]
  let visits: [Int]
  let warning: String?

  init(_ report: HopReport) {
    let s = report.statistics
    trajectory = report.trajectory
    parameters = Parameters(
      mobile: report.mobile, sites: report.siteSource, frame: report.reference, core_A: report.core)
    (atoms, sites, hops, duration_ps) = (s.atomCount, report.sites.count, s.hopCount, s.duration)
    site_distance_A = report.smallestDistance
    (rate_per_ps, rate_stderr) = (s.rate.value, s.rate.error)
    (residence_ps, residence_stderr) = (s.residence?.value, s.residence?.error)
    hop_length_A = s.hopLength
    (correlation_factor, correlation_factor_stderr) = (s.correlationFactor?.value, s.correlationFactor?.error)
    correlation_factor_from_angles = s.angularCorrelationFactor?.value
    correlation_factor_from_angles_stderr = s.angularCorrelationFactor?.error
    (mean_cosine, mean_cosine_stderr) = (s.meanCosine?.value, s.meanCosine?.error)
    return_fraction = s.returnFraction
    (D_A2_per_ps, D_stderr) = (s.diffusivity.value, s.diffusivity.error)
    hop_distances = s.shells.map {
      Shell(distance_A: $0.distance, hops: $0.count, rate_per_ps: $0.rate.value, rate_stderr: $0.rate.error)
    }
    hop_vectors = s.vectors.map { Vector(vector_A: [$0.vector.x, $0.vector.y, $0.vector.z], hops: $0.count) }
    survival = Survival(times_ps: s.survival.times, survival: s.survival.values, stderr: s.survival.errors)
    (occupancy, visits, warning) = (s.occupancy, s.visitCounts, report.warning)
  }
}
