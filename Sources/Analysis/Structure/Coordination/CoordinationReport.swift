import Figures
import Formats
import Foundation

/// Coordination numbers as text, JSON, tables and pictures.
public struct CoordinationReport: AnalysisReport {
  public static let kind = "coordination"
  private let results: [CoordinationResult]
  private let polyhedra: [String: PolyhedraResult]
  private let facts: TrajectoryFacts
  private let blocks: FrameBlocks
  private let axis: String?

  public init(_ estimator: CoordinationEstimator, polyhedra: [PolyhedraEstimator] = [], of trajectory: Trajectory) {
    self.init(estimator, polyhedra: polyhedra, facts: TrajectoryFacts(trajectory))
  }

  public init(_ estimator: CoordinationEstimator, polyhedra: [PolyhedraEstimator] = [], facts: TrajectoryFacts) {
    results = estimator.pairs.indices.map { estimator.result($0) }
    self.polyhedra = Dictionary(uniqueKeysWithValues: polyhedra.map { ($0.item.pair.name, $0.result) })
    (self.facts, blocks, axis) = (facts, estimator.blocks, estimator.slabs?.name)
  }

  public var text: String {
    let rows = results.map { result -> [String] in
      let shares = result.distribution.enumerated().filter { $0.element >= 0.005 }
        .map { String(format: "%d: %.0f %%", $0.offset, 100 * $0.element) }
      return [
        result.item.pair.name, "\(result.item.radius) Å", withError(result.mean, result.error),
        shares.joined(separator: ", "),
      ]
    }
    var lines = [
      "Coordination numbers over \(facts.frames) frames",
      textTable([["pair", "within", "neighbors", "centers with so many"]] + rows),
    ]
    for result in results {
      guard let links = polyhedra[result.item.pair.name], let first = links.fractions.first, let last = links.fractions.last
      else { continue }
      let names = ["alone", "by a corner", "by an edge", "by a face"]
      lines.append("polyhedra of \(result.item.pair.name), linked at most (first block → last block):")
      lines.append(
        names.indices.map { String(format: "  %@ %.0f → %.0f %%", names[$0], 100 * first[$0], 100 * last[$0]) }
          .joined(separator: ","))
    }
    return lines.joined(separator: "\n")
  }

  public var json: String {
    get throws {
      let entries = results.map { ($0.item.pair.name, PairEntry($0, polyhedra[$0.item.pair.name])) }
      return try jsonText(
        Document(
          trajectory: facts,
          parameters: .init(
            cutoffs_A: Dictionary(uniqueKeysWithValues: results.map { ($0.item.pair.name, $0.item.radius) }), axis: axis,
            block_frames: blockRanges),
          pairs: Dictionary(uniqueKeysWithValues: entries)))
    }
  }

  private var blockRanges: [[Int]] { blocks.ranges }

  public var tables: [(name: String, csv: String)] {
    let names = results.map(\.item.pair.name)
    let frames = (0..<facts.frames).map { frame in [Double(frame)] + results.map { Optional($0.perFrame[frame]) } }
    var tables = [("coordination", csvText(["frame"] + names, frames))]
    for result in results {
      let name = result.item.pair.name
      let rows = result.fractions.enumerated().map { block, row in
        [Double(block)] + row[..<result.distribution.count].map(Optional.init)
      }
      tables.append(
        ("coordination_\(name)_histogram", csvText(["block"] + result.distribution.indices.map(String.init), rows)))
      if let map = result.map {
        let columns = map.edges.dropLast().map { String(format: "%g", $0) }
        tables.append(
          (
            "coordination_\(name)_map",
            csvText(["block"] + columns, map.mean.enumerated().map { [Double($0.offset)] + $0.element })
          ))
      }
    }
    return tables
  }

  public var pictures: [(name: String, svg: String)] {
    let time = Chart(
      title: "Coordination numbers", x: Axis("frame"), y: Axis("mean number of neighbors"),
      series: results.map { result in
        Series(
          result.item.pair.name, points: result.perFrame.enumerated().map { SIMD2(Double($0.offset), $0.element) })
      })
    var pictures = [("coordination", time.svg())]
    let rowNames = blockRanges.map { "\($0[0])–\($0[1])" }
    for result in results {
      let name = result.item.pair.name
      pictures.append(
        ("coordination_\(name)_histogram",
          HeatMap(
            title: "\(name) within \(result.item.radius) Å: % of \(result.item.pair.center.symbol) with so many neighbors",
            label: "%", values: result.fractions.map { $0[..<result.distribution.count].map { 100 * $0 } },
            rowLabels: rowNames, columnLabels: result.distribution.indices.map(String.init), digits: 0
          ).svg(cell: 44)))
      if let map = result.map {
        pictures.append(
          ("coordination_\(name)_map",
            FieldMap(
              title: "\(name) within \(result.item.radius) Å", label: "neighbors", x: Axis("\(axis ?? "") (Å)"),
              y: Axis("frame"), values: map.mean.map { $0.map { $0 ?? .nan } }, xRange: 0...map.edges[map.edges.count - 1],
              yRange: 0...Double(facts.frames)
            ).svg()))
      }
    }
    return pictures
  }
}

private struct PairEntry: Encodable {
  let cutoff_A: Double
  let mean: Double
  let stderr: Double?
  let per_frame: [Double]
  let distribution: [Double]
  let histogram_by_block: [[Double]]
  let map: Map?
  let polyhedra: Polyhedra?

  struct Map: Encodable {
    let edges_A: [Double]
    let mean: [[Double?]]
    let n_centres: [[Int]]
  }

  struct Polyhedra: Encodable {
    let isolated: [Double]
    let corner_sharing: [Double]
    let edge_sharing: [Double]
    let face_sharing: [Double]
    let links_per_frame: [[Double]]
  }

  init(_ result: CoordinationResult, _ links: PolyhedraResult?) {
    (cutoff_A, mean, stderr, per_frame) = (result.item.radius, result.mean, result.error, result.perFrame)
    distribution = result.distribution
    histogram_by_block = result.fractions.map { Array($0[..<result.distribution.count]) }
    map = result.map.map { Map(edges_A: $0.edges, mean: $0.mean, n_centres: $0.centers) }
    polyhedra = links.map { links in
      func column(_ kind: Int) -> [Double] { links.fractions.map { $0[kind] } }
      return Polyhedra(
        isolated: column(0), corner_sharing: column(1), edge_sharing: column(2), face_sharing: column(3),
        links_per_frame: links.links)
    }
  }
}

private struct Document: Encodable {
  struct Parameters: Encodable {
    let cutoffs_A: [String: Double]
    let axis: String?
    let block_frames: [[Int]]
  }

  let trajectory: TrajectoryFacts
  let parameters: Parameters
  let units = [
    "mean": "neighbors of a center", "histogram_by_block": "parts of the centers with 0, 1, 2, ... neighbors",
    "map": "neighbors of a center by block of frames and slab", "polyhedra": "parts of the centers by block",
    "links_per_frame": "pairs of centers that share a corner, an edge, a face",
  ]
  let pairs: [String: PairEntry]
}
