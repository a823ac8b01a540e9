import Atomistics
import Figures
import Formats
import Foundation

/// Radial distribution functions, coordination numbers and structure factors as text, JSON, tables and pictures.
public struct RadialDistributionReport: AnalysisReport {
  public static let kind = "rdf"
  private let distributions: [RadialDistribution]
  private let factor: StructureFactor
  private let facts: TrajectoryFacts
  private let parameters: Parameters
  private let cutoff: Double?
  /// From wave vectors: |q| and [pairs][q].
  private let direct: (q: [Double], partial: [[Double]])?

  struct Parameters: Encodable {
    let pairs: [String]
    let rmax_A: Double
    let bins: Int
    let blocks: Int
    let cutoff_A: Double?
    let normalization = "ordered pairs over all images; density N_B/V, (N_B - 1)/V for like pairs; mean volume"
    let structure_factor = "Faber-Ziman, by transform of g(r) - 1 with Lorch's window"
  }

  /// - Parameters:
  ///   - cutoff: of the coordination numbers, Å; nil: each pair's first minimum.
  ///   - largestQ: 1/Å.
  ///   - scattering: over the same pairs.
  public init(
    _ estimator: RadialDistributionEstimator, of trajectory: Trajectory, cutoff: Double? = nil, largestQ: Double = 15,
    scattering: ScatteringEstimator? = nil
  ) {
    self.init(
      estimator, facts: TrajectoryFacts(trajectory), species: trajectory.species, atomCount: trajectory.atomCount,
      cutoff: cutoff, largestQ: largestQ, scattering: scattering)
  }

  /// - Parameter species: all that occur.
  public init(
    _ estimator: RadialDistributionEstimator, facts: TrajectoryFacts, species: [Element], atomCount: Int,
    cutoff: Double? = nil, largestQ: Double = 15, scattering: ScatteringEstimator? = nil
  ) {
    direct = scattering?.result
    distributions = estimator.pairs.indices.map { estimator.result($0) }
    self.cutoff = cutoff
    let unordered = Set(estimator.pairs.map { Set([$0.center, $0.neighbor]) })
    let isComplete =
      estimator.pairs.count == unordered.count && unordered == Set(SpeciesPair.all(of: species).map { Set([$0.center, $0.neighbor]) })
    factor = StructureFactor(
      distributions, atomCount: atomCount, isComplete: isComplete, largest: largestQ, count: 300)
    self.facts = facts
    parameters = Parameters(
      pairs: estimator.pairs.map(\.name), rmax_A: estimator.radius, bins: estimator.binCount,
      blocks: estimator.blocks.count, cutoff_A: cutoff)
  }

  public var text: String {
    var rows = [["pair", "first maximum", "first minimum", "coordination number"]]
    for distribution in distributions {
      let shell = distribution.firstShell
      let maximum = shell.map { String(format: "%.3f Å (g %.2f)", $0.maximum, $0.height) } ?? "none"
      let minimum = shell?.minimum.map { String(format: "%.3f Å (g %.2f)", $0, shell?.depth ?? 0) } ?? "none"
      var number = "none"
      if let within = cutoff ?? shell?.minimum, let (value, error) = distribution.coordinationNumber(within: within) {
        number = withError(value, error) + String(format: " within %.3f Å", within)
      }
      rows.append([distribution.pair.name, maximum, minimum, number])
    }
    var lines = [
      "Radial distribution functions over \(facts.frames) frames, to \(parameters.rmax_A) Å", textTable(rows),
    ]
    if parameters.blocks > 1 { lines.append("± standard errors from \(parameters.blocks) blocks of frames") }
    return lines.joined(separator: "\n")
  }

  public var json: String {
    get throws {
      try jsonText(
        Document(
          trajectory: facts, parameters: parameters,
          results: distributions.indices.map {
            PairResult(distributions[$0], cutoff, factor.partial[$0], direct?.partial[$0])
          }, q_per_A: factor.q, q_direct_per_A: direct?.q, structure_factor_total: factor.total))
    }
  }

  public var tables: [(name: String, csv: String)] {
    let columns = ["r_A"] + distributions.flatMap { d in
      ["g", "g_stderr", "counts", "coordination"].map { "\($0)_\(d.pair.name)" }
    }
    let rows = distributions[0].r.indices.map { bin -> [Double?] in
      [distributions[0].r[bin]] + distributions.flatMap { d -> [Double?] in
        [d.g[bin], d.gError?[bin], Double(d.counts[bin]), d.coordination[bin]]
      }
    }
    let factorColumns = ["q_per_A"] + distributions.map { "S_\($0.pair.name)" } + (factor.total == nil ? [] : ["S_total"])
    let factorRows = factor.q.indices.map { i -> [Double?] in
      [factor.q[i]] + factor.partial.map { $0[i] } + (factor.total.map { [$0[i]] } ?? [])
    }
    let tables = [("rdf", csvText(columns, rows)), ("structure_factor", csvText(factorColumns, factorRows))]
    guard let direct else { return tables }
    let directColumns = ["q_per_A"] + distributions.map { "S_\($0.pair.name)" }
    let directRows = direct.q.indices.map { i -> [Double?] in [direct.q[i]] + direct.partial.map { $0[i] } }
    return tables + [("structure_factor_direct", csvText(directColumns, directRows))]
  }

  public var pictures: [(name: String, svg: String)] {
    var radial = Chart(
      title: "Radial distribution functions", x: Axis("r (Å)", range: 0...parameters.rmax_A), y: Axis("g(r)"),
      series: distributions.map { d in Series(d.pair.name, points: zip(d.r, d.g).map { SIMD2($0, $1) }) })
    if distributions.count == 1, let within = cutoff ?? distributions[0].firstShell?.minimum {
      radial.marks = [Chart.Mark(within, "cutoff")]
    }
    let coordination = Chart(
      title: "Running coordination numbers", x: Axis("r (Å)", range: 0...parameters.rmax_A), y: Axis("n(r)"),
      series: distributions.map { d in Series(d.pair.name, points: zip(d.r, d.coordination).map { SIMD2($0, $1) }) })
    let partial = zip(distributions, factor.partial).map { d, values in
      Series(d.pair.name, points: zip(factor.q, values).map { SIMD2($0, $1) }, style: factor.total == nil ? .line : .dashed)
    }
    let total = factor.total.map { [Series("total", points: zip(factor.q, $0).map { SIMD2($0, $1) }, color: 6)] } ?? []
    let structure = Chart(
      title: "Structure factors (Faber–Ziman)", x: Axis("q (1/Å)"), y: Axis("S(q)"),
      series: partial + total + directSeries)
    return [("rdf", radial.svg()), ("rdf_coordination", coordination.svg()), ("structure_factor", structure.svg())]
  }
}

extension RadialDistributionReport {
  private var directSeries: [Series] {
    guard let direct else { return [] }
    return direct.partial.enumerated().map { n, values in
      Series(points: zip(direct.q, values).map { SIMD2($0, $1) }, style: .points, color: n)
    }
  }
}

/// One pair's keys: at the top of the file, or under "pairs" where there are several.
private struct PairResult: Encodable {
  let pair: String
  let r_A: [Double]
  let g: [Double]
  let g_stderr: [Double]?
  let counts: [Int]
  let coordination: [Double]
  let coordination_stderr: [Double]?
  let first_maximum_A: Double?
  let first_maximum_g: Double?
  let first_minimum_A: Double?
  let first_minimum_g: Double?
  let cutoff_A: Double?
  let coordination_number: Double?
  let coordination_number_stderr: Double?
  let volume_A3: Double
  let structure_factor: [Double]
  let structure_factor_direct: [Double]?

  init(_ d: RadialDistribution, _ cutoff: Double?, _ structureFactor: [Double], _ direct: [Double]?) {
    (pair, r_A, g, g_stderr, counts) = (d.pair.name, d.r, d.g, d.gError, d.counts)
    (coordination, coordination_stderr, volume_A3) = (d.coordination, d.coordinationError, d.volume)
    let shell = d.firstShell
    (first_maximum_A, first_maximum_g) = (shell?.maximum, shell?.height)
    (first_minimum_A, first_minimum_g) = (shell?.minimum, shell?.depth)
    cutoff_A = cutoff ?? shell?.minimum
    let number = cutoff_A.flatMap { d.coordinationNumber(within: $0) }
    (coordination_number, coordination_number_stderr) = (number?.value, number?.error)
    (structure_factor, structure_factor_direct) = (structureFactor, direct)
  }
}

private struct Document: Encodable {
  let trajectory: TrajectoryFacts
  let parameters: RadialDistributionReport.Parameters
  let results: [PairResult]
  let q_per_A: [Double]
  let q_direct_per_A: [Double]?
  let structure_factor_total: [Double]?

  private enum Keys: String, CodingKey {
    case trajectory, parameters, units, pairs, r_A, q_per_A, q_direct_per_A, structure_factor_total
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    try container.encode(trajectory, forKey: .trajectory)
    try container.encode(parameters, forKey: .parameters)
    try container.encode(
      ["r_A": "Å", "g": "1", "counts": "ordered pairs, summed over frames", "coordination": "neighbors",
        "volume_A3": "Å³", "q_per_A": "1/Å", "structure_factor": "1"], forKey: .units)
    try container.encode(q_per_A, forKey: .q_per_A)
    try container.encodeIfPresent(q_direct_per_A, forKey: .q_direct_per_A)
    try container.encodeIfPresent(structure_factor_total, forKey: .structure_factor_total)
    if results.count == 1 {
      try results[0].encode(to: encoder)
    } else {
      try container.encode(results[0].r_A, forKey: .r_A)
      try container.encode(Dictionary(uniqueKeysWithValues: results.map { ($0.pair, $0) }), forKey: .pairs)
    }
  }
}
