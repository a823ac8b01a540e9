import Figures
import Formats
import Foundation

/// Two decimals.
func decimals(_ value: Double) -> String { String(format: "%.2f", value) }

/// Fronts and their growth laws, as `swmd analyze fronts` gives them.
public struct FrontReport: AnalysisReport {
  public static let kind = "fronts"

  public let trajectory: TrajectoryFacts
  public let axis: String
  public let reference: String
  /// Å.
  public let height: Double
  public let smoothing: Double
  /// Frames.
  public let blockLength: Int
  public let fronts: [FollowedFront]
  /// Distances of each front from the first, [blocks], Å, with their laws.
  public let distances: [(values: [Double?], laws: [GrowthLaw])]

  init(_ analysis: FrontAnalysis, _ trajectory: Trajectory, _ fronts: [FollowedFront], height: Double, blockLength: Int) {
    self.trajectory = TrajectoryFacts(trajectory)
    (axis, reference) = (["x", "y", "z"][analysis.axis], analysis.reference.name)
    (self.height, smoothing, self.blockLength, self.fronts) = (height, analysis.smoothing, blockLength, fronts)
    distances = fronts.dropFirst().map { front in
      let values = zip(front.positions, fronts[0].positions).map { a, b in a.flatMap { a in b.map { a - $0 } } }
      return (values, GrowthLaw.fits(front.times, values, start: analysis.start))
    }
  }

  public var text: String {
    var rows = [["front", "law", "x0 (Å)", "rate", "t0 (ps)", "weight"]]
    func add(_ name: String, _ laws: [GrowthLaw]) {
      for (law, weight) in zip(laws, GrowthLaw.weights(laws)) {
        let unit = law.kind == .linear ? " Å/ps" : " Å/√ps"
        rows.append([
          law.kind == laws.first?.kind ? name : "", law.kind.rawValue, withError(law.origin.value, law.origin.error),
          law.rate.map { withError($0.value, $0.error, digits: 5) + unit } ?? "–",
          law.start.map { withError($0.value, $0.error) } ?? "–", weight.map { String(format: "%.3g", $0) } ?? "–",
        ])
      }
    }
    for (n, front) in fronts.enumerated() {
      add("\(n + 1): \(front.definition.quantity.name) = \(front.definition.threshold)", front.laws)
    }
    for (n, distance) in distances.enumerated() { add("distance of \(n + 2) from 1", distance.laws) }
    return
      "fronts along \(axis) in the frame '\(reference)', blocks of \(blockLength) frames; weights by Akaike's criterion\n"
      + textTable(rows)
  }

  public var json: String { get throws { try jsonText(FrontJSON(self)) } }

  public var tables: [(name: String, csv: String)] {
    let header =
      ["time_ps"] + fronts.indices.map { "front_\($0 + 1)_A" } + distances.indices.map { "distance_\($0 + 2)_1_A" }
    let rows = fronts[0].times.indices.map { block in
      [fronts[0].times[block]] + fronts.map { $0.positions[block] } + distances.map { $0.values[block] }
    }
    let bins = fronts[0].profiles[0].count
    let profiles = fronts.enumerated().map { n, front in
      (
        name: "front-profile-\(n + 1)",
        csv: csvText(
          ["time_ps"] + (0..<bins).map { "\((Double($0) + 0.5) * height / Double(bins))" },
          zip(front.times, front.profiles).map { [$0] + $1 })
      )
    }
    return [("fronts", csvText(header, rows))] + profiles
  }

  public var pictures: [(name: String, svg: String)] {
    let series = fronts.enumerated().flatMap { n, front in
      curves("\(n + 1): \(front.definition.quantity.name)", front.times, front.positions, front.laws, color: n)
    }
    let chart = Chart(
      title: "Fronts (line: parabolic, dashed: linear law)", x: Axis("time (ps)"), y: Axis("\(axis) (Å)"), series: series)
    let growth = distances.enumerated().flatMap { n, distance in
      curves("\(n + 2) from 1", fronts[0].times, distance.values, distance.laws, color: n)
    }
    let widths =
      growth.isEmpty
      ? []
      : [
        (
          name: "front-distances",
          svg: Chart(title: "Distances of fronts", x: Axis("time (ps)"), y: Axis("distance (Å)"), series: growth).svg()
        )
      ]
    return [("fronts", chart.svg())] + widths
      + fronts.indices.map { (name: "front-profile-\($0 + 1)", svg: map(of: fronts[$0]).svg()) }
  }

  private func curves(
    _ name: String, _ times: [Double], _ values: [Double?], _ laws: [GrowthLaw], color: Int
  ) -> [Series] {
    let points = Series(name, points: zip(times, values).map { SIMD2($0, $1 ?? .nan) }, style: .points, color: color)
    return [points]
      + laws.filter { $0.kind != .constant }.map { law in
        Series(
          curve: { law.value(at: $0) }, over: times[0]...times[times.count - 1],
          style: law.kind == .linear ? .dashed : .line,
          color: color)
      }
  }

  private func map(of front: FollowedFront) -> FieldMap {
    let bins = front.profiles[0].count, end = front.times[front.times.count - 1]
    return FieldMap(
      title: front.definition.quantity.name, label: front.definition.quantity.unit, x: Axis("time (ps)"),
      y: Axis("\(axis) (Å)"),
      values: (0..<bins).map { bin in front.profiles.map { $0[bin] ?? .nan } },
      xRange: front.times[0]...max(end, front.times[0] + 1e-9), yRange: 0...height)
  }
}

/// The JSON of a front report.
private struct FrontJSON: Encodable {
  struct Parameters: Encodable {
    let axis, frame: String
    let block_frames, bins: Int
    let smooth_A: Double
  }

  struct Law: Encodable {
    let x0_A: Double
    let x0_stderr: Double?
    let rate_A_per_ps, k_A_per_sqrt_ps, rate_stderr, t0_ps, t0_stderr: Double?
    let sum_of_squares_A2: Double
    let aicc, akaike_weight: Double?

    init(_ law: GrowthLaw, _ weight: Double?) {
      (x0_A, x0_stderr) = (law.origin.value, law.origin.error)
      rate_A_per_ps = law.kind == .linear ? law.rate?.value : nil
      k_A_per_sqrt_ps = law.kind == .parabolic ? law.rate?.value : nil
      (rate_stderr, t0_ps, t0_stderr) = (law.rate?.error, law.start?.value, law.start?.error)
      (sum_of_squares_A2, aicc, akaike_weight) = (law.sumOfSquares, law.criterion, weight)
    }
  }

  struct Front: Encodable {
    let quantity, unit: String
    let threshold: Double
    /// [blocks]
    let position_A, displacement_A: [Double?]
    let laws: [String: Law]
    /// [blocks][bins]
    let profiles: [[Double?]]
  }

  struct Distance: Encodable {
    let front, from: Int
    let distance_A: [Double?]
    let laws: [String: Law]
  }

  let trajectory: TrajectoryFacts
  let parameters: Parameters
  let units = [
    "times_ps": "ps", "position_A": "Å", "displacement_A": "Å", "rate_A_per_ps": "Å/ps", "k_A_per_sqrt_ps": "Å/√ps",
    "t0_ps": "ps", "distance_A": "Å",
  ]
  let times_ps, z_A: [Double]
  let fronts: [Front]
  let distances: [Distance]

  init(_ report: FrontReport) {
    trajectory = report.trajectory
    let bins = report.fronts[0].profiles[0].count
    parameters = Parameters(
      axis: report.axis, frame: report.reference, block_frames: report.blockLength, bins: bins, smooth_A: report.smoothing)
    times_ps = report.fronts[0].times
    z_A = (0..<bins).map { (Double($0) + 0.5) * report.height / Double(bins) }
    func laws(_ laws: [GrowthLaw]) -> [String: Law] {
      Dictionary(uniqueKeysWithValues: zip(laws, GrowthLaw.weights(laws)).map { ($0.kind.rawValue, Law($0, $1)) })
    }
    fronts = report.fronts.map { front in
      let first = front.positions.compactMap { $0 }.first ?? 0
      return Front(
        quantity: front.definition.quantity.name, unit: front.definition.quantity.unit,
        threshold: front.definition.threshold,
        position_A: front.positions, displacement_A: front.positions.map { $0.map { $0 - first } }, laws: laws(front.laws),
        profiles: front.profiles)
    }
    distances = report.distances.enumerated().map { n, distance in
      Distance(front: n + 2, from: 1, distance_A: distance.values, laws: laws(distance.laws))
    }
  }
}
