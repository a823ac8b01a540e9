import Figures
import Formats
import Foundation

/// Bonds in time as text, JSON, tables and pictures.
public struct BondReport: AnalysisReport {
  public static let kind = "bonds"
  private let results: [BondResult]
  private let facts: TrajectoryFacts
  /// [frames], ps; the frames' numbers where the file has no times.
  private let times: [Double]
  private let hasTimes: Bool

  public init(_ estimator: BondEstimator, of trajectory: Trajectory) {
    results = estimator.results
    facts = TrajectoryFacts(trajectory)
    hasTimes = !trajectory.time.times.isEmpty && trajectory.time.spacing != nil
    times = hasTimes ? trajectory.time.times : trajectory.frames.map(Double.init)
  }

  private var unit: String { hasTimes ? "ps" : "frames" }
  private var perFrame: Double { hasTimes ? facts.spacing_ps ?? 1 : 1 }

  public var text: String {
    let rows = results.map { result -> [String] in
      let lifetime = result.lifetime.map {
        String(format: "%.4g ± %.2g %@", $0 * perFrame, (result.lifetimeError ?? 0) * perFrame, unit)
      }
      return [
        result.rule.pair.name, "\(result.rule.inner) / \(result.rule.outer) Å",
        String(format: "%.2f", Double(result.count.reduce(0, +)) / Double(facts.frames)),
        "\(result.count[0]) → \(result.count[facts.frames - 1])", "\(result.formed.reduce(0, +))",
        "\(result.broken.reduce(0, +))", lifetime ?? "none broke",
      ]
    }
    return "Bonds over \(facts.frames) frames\n"
      + textTable([["pair", "form / break", "mean", "first → last", "formed", "broken", "lifetime"]] + rows)
  }

  public var json: String {
    get throws {
      let entries = results.map { result in
        (
          result.rule.pair.name,
          Entry(
            form_A: result.rule.inner, break_A: result.rule.outer, count: result.count, formed: result.formed,
            broken: result.broken, lifetime: result.lifetime.map { $0 * perFrame },
            lifetime_stderr: result.lifetimeError.map { $0 * perFrame },
            survival_time: result.survival.indices.map { Double($0) * perFrame }, survival: result.survival)
        )
      }
      return try jsonText(
        Document(
          trajectory: facts, units: ["count": "bonds a frame", "lifetime": unit, "survival_time": unit, "time": unit],
          time: times, pairs: Dictionary(uniqueKeysWithValues: entries)))
    }
  }

  public var tables: [(name: String, csv: String)] {
    let columns = [hasTimes ? "time_ps" : "frame"] + results.flatMap { result in
      ["count", "formed", "broken"].map { "\($0)_\(result.rule.pair.name)" }
    }
    let rows = times.indices.map { frame -> [Double?] in
      [times[frame]] + results.flatMap { [Double($0.count[frame]), Double($0.formed[frame]), Double($0.broken[frame])] }
    }
    return [("bonds", csvText(columns, rows))]
  }

  public var pictures: [(name: String, svg: String)] {
    let x = Axis(hasTimes ? "time (ps)" : "frame")
    let counts = Chart(
      title: "Bonds", x: x, y: Axis("number"),
      series: results.map { result in
        Series(
          "\(result.rule.pair.name) < \(result.rule.inner) Å",
          points: zip(times, result.count).map { SIMD2($0, Double($1)) })
      })
    let survival = Chart(
      title: "Survival of bonds that formed", x: Axis("age (\(unit))"), y: Axis("part", range: 0...1.02),
      series: results.map { result in
        Series(
          result.rule.pair.name,
          points: result.survival.enumerated().map { SIMD2(Double($0.offset) * perFrame, $0.element) })
      })
    return [("bonds", counts.svg()), ("bonds_survival", survival.svg())]
  }
}

private struct Entry: Encodable {
  let form_A: Double
  let break_A: Double
  let count: [Int]
  let formed: [Int]
  let broken: [Int]
  let lifetime: Double?
  let lifetime_stderr: Double?
  let survival_time: [Double]
  let survival: [Double]
}

private struct Document: Encodable {
  let trajectory: TrajectoryFacts
  let units: [String: String]
  let time: [Double]
  let pairs: [String: Entry]
}
