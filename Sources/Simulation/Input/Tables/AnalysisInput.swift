import Analysis
import Diagnostics

/// One `[[analysis]]`: what `swmd analyze` would find in the trajectory, found while the run goes on.
public struct AnalysisInput: Sendable {
  public enum Kind: Sendable {
    case radialDistribution(RadialDistributionInput)
  }

  /// nil: the kind's name.
  var givenName: Located<String>?
  /// Unique.
  public var name: String { givenName?.value ?? kindName }
  /// Steps.
  public var every = 100
  /// nil: all in which atoms move.
  public var stages: Located<[String]>?
  public var kind = Kind.radialDistribution(RadialDistributionInput())
  /// Where its header stands.
  public var place = Place(file: "")

  var kindName: String {
    switch kind {
    case .radialDistribution: "rdf"
    }
  }

  /// Within the output directory.
  var directory: String { givenName.map { "analysis/\($0.value)" } ?? "analysis" }
}

extension AnalysisInput: InputTable {
  static let schema = Schema<AnalysisInput>(
    sentence: "What swmd analyze finds in trajectories, found during the run: CSV, JSON and pictures in analysis/.",
    fields: [
      Field(
        optional: "name", \.givenName, .located(.string),
        "Its directory in analysis/; needed by the second one of a kind. Left out, its files are in analysis/ itself."),
      Field("every", \.every, .integer.atLeast(1), "Steps between frames."),
      Field(
        optional: "stages", \.stages, .located(.array(of: .string)),
        "In which stages frames are taken, with their repetitions; left out, in all of kind \"md\"."),
    ],
    selector: Selector(
      key: "kind", planned: ["msd", "onsager", "flux", "vanhove", "similarity"],
      variants: [
        Variant(
          "rdf", RadialDistributionInput.self, embed: { $1.kind = .radialDistribution($0) },
          extract: { if case .radialDistribution(let table) = $0.kind { table } else { nil } })
      ]),
    finish: { analysis, node in
      analysis.place = node.place
      if let name = analysis.givenName { try requireFileName(name) }
    })
}

/// `kind = "rdf"`.
public struct RadialDistributionInput: Sendable {
  /// nil: all pairs of species.
  var pairs: Located<[SpeciesPair]>?
  /// Å.
  var radius = 8.0
  var bins = 400
  /// Å; nil: each pair's first minimum.
  var cutoff: Double?
  var blocks = 10
}

extension RadialDistributionInput: InputTable {
  static let schema = Schema<RadialDistributionInput>(
    sentence: "Radial distribution functions, coordination numbers and structure factors.",
    fields: [
      Field(
        optional: "pairs", \.pairs, .located(.array(of: .speciesPair)),
        "Neighbors of the second around the first; left out, all pairs."),
      Field("rmax", \.radius, .quantity(.length).above(0), "The largest distance; it may exceed half the cell."),
      Field("bins", \.bins, .integer.atLeast(1), "Number of bins up to it."),
      Field(
        optional: "cutoff", \.cutoff, .quantity(.length).above(0),
        "Coordination numbers count up to it; left out, up to the first minimum of each g(r)."),
      Field("blocks", \.blocks, .integer.atLeast(1), "Blocks of frames for the error bars."),
    ])
}

extension ValueType where Value == SpeciesPair {
  /// `"Li-S"`.
  static let speciesPair = ValueType(
    "pair such as \"Li-S\"",
    decode: { node in
      guard case .string(let text) = node.value else { throw mismatch(node, expected: "a pair such as \"Li-S\"") }
      do { return try SpeciesPair(named: text) } catch var failure as Failure {
        failure.message = "'\(node.name)': \(failure.message)"
        failure.place = node.place
        throw failure
      }
    },
    literal: { quoted($0.name) })
}

extension SimulationInput {
  /// Throws unless the names of `[[analysis]]` are unique and their stages are there.
  func checkAnalyses() throws {
    var seen: Set<String> = []
    for analysis in analyses {
      guard seen.insert(analysis.name).inserted else {
        throw Failure.input(
          "two analyses are named \(quoted(analysis.name))", at: analysis.givenName?.place ?? analysis.place,
          remedy: "give each a 'name' of its own: it names its directory")
      }
      let names = givenStages.map(\.name)
      for stage in analysis.stages?.value ?? [] where !names.contains(stage) {
        throw Failure.input(
          "there is no stage \(quoted(stage)) to analyze", at: analysis.stages?.place,
          remedy: nearestName(to: stage, among: names).map { "did you mean \(quoted($0))?" }
            ?? "the stages are: " + names.joined(separator: ", "))
      }
    }
  }
}
