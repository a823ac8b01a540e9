import Figures
import Formats
import Foundation

/// Similarity to one frame over time, as `swmd analyze similarity` gives it.
public struct SimilarityReport: AnalysisReport {
  public static let kind = "similarity"

  public let trajectory: TrajectoryFacts
  /// [frames], ps; empty where the file has no times.
  public let times: [Double]
  /// [frames], numbers in the file.
  public let frames: [Int]
  public let method: String
  public let parameters: [String: Double]
  /// The frame that the others are compared with, by its number in the file.
  public let reference: Int
  /// "all", or the layers.
  public let regions: [String]
  /// [regions][frames]; nil where the region has no atoms.
  public let cosines: [[Double?]]

  public var text: String {
    var rows = [["region", "first", "lowest", "last", "mean of last half"]]
    for (region, cosine) in zip(regions, cosines) {
      let half = cosine[(cosine.count / 2)...].compactMap { $0 }
      let numbers = [
        cosine[0], cosine.compactMap { $0 }.min(), cosine[cosine.count - 1],
        half.isEmpty ? nil : half.reduce(0, +) / Double(half.count),
      ]
      rows.append([region] + numbers.map { $0.map { String(format: "%.6f", $0) } ?? "–" })
    }
    return "similarity to frame \(reference) by \(method), \(frames.count) frames\n" + textTable(rows)
  }

  public var json: String { get throws { try jsonText(SimilarityJSON(self)) } }

  public var tables: [(name: String, csv: String)] {
    let rows = frames.indices.map { frame -> [Double?] in
      [Double(frames[frame]), times.isEmpty ? nil : times[frame]] + cosines.map { $0[frame] }
    }
    return [("similarity", csvText(["frame", "time_ps"] + regions.map { "cosine \($0)" }, rows))]
  }

  public var pictures: [(name: String, svg: String)] {
    let chart = Chart(
      title: "Similarity to frame \(reference)", x: Axis(times.isEmpty ? "frame" : "time (ps)"),
      y: Axis("cosine (\(method))"),
      series: zip(regions, cosines).map { region, cosine in
        Series(
          region,
          points: cosine.enumerated().map { SIMD2(times.isEmpty ? Double(frames[$0]) : times[$0], $1 ?? .nan) })
      })
    return [("similarity", chart.svg())]
  }
}

/// The JSON of a similarity report.
private struct SimilarityJSON: Encodable {
  struct Parameters: Encodable {
    let method: String
    let reference_frame: Int
    let values: [String: Double]
  }

  struct Region: Encodable {
    let region: String
    /// [frames]
    let cosine, distance: [Double?]
  }

  let trajectory: TrajectoryFacts
  let parameters: Parameters
  let units = ["times_ps": "ps", "cosine": "1", "distance": "½(1 − cosine)"]
  let frames: [Int]
  let times_ps: [Double]?
  /// Of the whole structure, or of the first region.
  let cosine, distance: [Double?]
  let regions: [Region]?

  init(_ report: SimilarityReport) {
    trajectory = report.trajectory
    parameters = Parameters(
      method: report.method, reference_frame: report.reference, values: report.parameters)
    frames = report.frames
    times_ps = report.times.isEmpty ? nil : report.times
    let all = zip(report.regions, report.cosines).map { name, cosine in
      Region(region: name, cosine: cosine, distance: cosine.map { $0.map { 0.5 * (1 - $0) } })
    }
    (cosine, distance) = (all[0].cosine, all[0].distance)
    regions = report.regions == ["all"] ? nil : all
  }
}
