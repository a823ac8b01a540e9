import Atomistics
import Figures
import Formats
import Foundation

/// Local order as text, JSON, tables and pictures.
public struct OrderReport: AnalysisReport {
  public static let kind = "order"
  private let result: OrderResult
  private let facts: TrajectoryFacts
  private let parameters: Parameters
  private let hosts: String
  /// [frames], ps; the frames' numbers where the file has no times.
  private let times: [Double]
  private let hasTimes: Bool

  struct Parameters: Encodable {
    let hosts: String
    let guest: String?
    let guests_of_a_crystalline_host: [Int]?
    let lattice: String
    let method = "adaptive common neighbor analysis; q4 and q6 averaged over the first shell of 12"
  }

  public init(_ estimator: OrderEstimator, of trajectory: Trajectory) {
    (result, facts) = (estimator.result, TrajectoryFacts(trajectory))
    let options = estimator.options
    hosts = options.host?.symbol ?? "all atoms"
    parameters = Parameters(
      hosts: hosts, guest: options.guest?.symbol,
      guests_of_a_crystalline_host: options.guest.map { _ in
        [options.guestCounts.lowerBound, options.guestCounts.upperBound]
      },
      lattice: options.lattice?.name ?? "any")
    hasTimes = !trajectory.time.times.isEmpty && trajectory.time.spacing != nil
    times = hasTimes ? trajectory.time.times : trajectory.frames.map(Double.init)
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  public var text: String {
    let last = facts.frames - 1
    func row(_ name: String, _ values: [Double], _ format: String) -> [String] {
      [name] + [values[0], values[last], mean(values)].map { String(format: format, $0) }
    }
    var rows = [["", "first frame", "last frame", "mean"]]
    for structure in LocalStructure.allCases {
      rows.append(row(structure.name, result.fractions.map { 100 * $0[Int(structure.rawValue)] }, "%.1f %%"))
    }
    rows.append(row("crystalline", result.crystalline.map { 100 * $0 }, "%.1f %%"))
    rows.append(row("clusters", result.clusterCounts.map(Double.init), "%.1f"))
    rows.append(row("largest cluster", result.largestClusters.map(Double.init), "%.1f"))
    rows.append(row("q4", result.q4, "%.4f"))
    rows.append(row("q6", result.q6, "%.4f"))
    var lines = ["Local order of \(hosts) over \(facts.frames) frames", textTable(rows)]
    if let guests = result.guests, let name = parameters.guest {
      let shares = guests.enumerated().filter { $0.element >= 0.005 }
        .map { String(format: "%d: %.0f %%", $0.offset, 100 * $0.element) }
      lines.append("\(name) around \(hosts): " + shares.joined(separator: ", "))
    }
    return lines.joined(separator: "\n")
  }

  public var json: String {
    get throws {
      let fractions = LocalStructure.allCases.map { kind in (kind.name, result.fractions.map { $0[Int(kind.rawValue)] }) }
      return try jsonText(
        Document(
          trajectory: facts, parameters: parameters,
          units: [
            "time": hasTimes ? "ps" : "frames", "structures": "parts of the hosts by frame",
            "crystalline": "part of the hosts by frame", "largest_cluster": "hosts",
            "guests": "parts of the hosts with 0, 1, 2, ... guests",
          ],
          time: times, structures: Dictionary(uniqueKeysWithValues: fractions), crystalline: result.crystalline,
          clusters: result.clusterCounts, largest_cluster: result.largestClusters, q4: result.q4, q6: result.q6,
          guests: result.guests))
    }
  }

  public var tables: [(name: String, csv: String)] {
    let columns = [hasTimes ? "time_ps" : "frame"] + LocalStructure.allCases.map(\.name)
      + ["crystalline", "clusters", "largest_cluster", "q4", "q6"]
    let rows = times.indices.map { frame -> [Double?] in
      [times[frame]] + result.fractions[frame].map(Optional.init)
        + [
          result.crystalline[frame], Double(result.clusterCounts[frame]), Double(result.largestClusters[frame]),
          result.q4[frame], result.q6[frame],
        ]
    }
    return [("order", csvText(columns, rows))]
  }

  public var pictures: [(name: String, svg: String)] {
    let x = Axis(hasTimes ? "time (ps)" : "frame")
    func line(_ values: [Double]) -> [SIMD2<Double>] { zip(times, values).map { SIMD2($0, $1) } }
    // A line for each structure that ever is more than a hundredth.
    let seen = LocalStructure.allCases.filter { kind in result.fractions.contains { $0[Int(kind.rawValue)] > 0.01 } }
    let parts = seen.map { kind in Series(kind.name, points: line(result.fractions.map { $0[Int(kind.rawValue)] })) }
    let order = Chart(
      title: "Local order of \(hosts)", x: x, y: Axis("part of \(hosts)", range: 0...1.02),
      series: parts + [Series("crystalline", points: line(result.crystalline), style: .dashed, color: 6)])
    let clusters = Chart(
      title: "Crystalline clusters", x: x, y: Axis("number"),
      series: [
        Series("atoms of the largest", points: line(result.largestClusters.map(Double.init))),
        Series("clusters", points: line(result.clusterCounts.map(Double.init))),
      ])
    return [("order", order.svg()), ("order_clusters", clusters.svg())]
  }
}

private struct Document: Encodable {
  let trajectory: TrajectoryFacts
  let parameters: OrderReport.Parameters
  let units: [String: String]
  let time: [Double]
  let structures: [String: [Double]]
  let crystalline: [Double]
  let clusters: [Int]
  let largest_cluster: [Int]
  let q4: [Double]
  let q6: [Double]
  let guests: [Double]?
}
