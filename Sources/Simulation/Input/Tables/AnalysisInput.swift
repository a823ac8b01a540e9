import Analysis
import Diagnostics

/// One `[[analysis]]`: what `swmd analyze` would find in the trajectory, found while the run goes on.
public struct AnalysisInput: Sendable {
  public enum Kind: Sendable {
    case radialDistribution(RadialDistributionInput)
    case coordination(CoordinationInput)
    case profile(ProfileInput)
  }

  /// nil: the kind's name.
  var givenName: Located<String>?
  /// Unique.
  public var name: String { givenName?.value ?? kindName }
  /// Steps.
  public var every = 100
  /// nil: all in which atoms move.
  public var stages: Located<[String]>?
  /// Frames of a block of time; nil: a tenth of those that the stages will give.
  public var block: Int?
  public var kind = Kind.radialDistribution(RadialDistributionInput())
  /// Where its header stands.
  public var place = Place(file: "")

  var kindName: String {
    switch kind {
    case .radialDistribution: "rdf"
    case .coordination: "coordination"
    case .profile: "profile"
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
      Field(
        optional: "block", \.block, .integer.atLeast(1),
        "Frames of a block of time, for error bars and maps over time; left out, a tenth of those planned."),
    ],
    selector: Selector(
      key: "kind", planned: ["msd", "onsager", "bonds", "flux", "vanhove", "similarity"],
      variants: [
        Variant(
          "rdf", RadialDistributionInput.self, embed: { $1.kind = .radialDistribution($0) },
          extract: { if case .radialDistribution(let table) = $0.kind { table } else { nil } }),
        Variant(
          "coordination", CoordinationInput.self, embed: { $1.kind = .coordination($0) },
          extract: { if case .coordination(let table) = $0.kind { table } else { nil } }),
        Variant(
          "profile", ProfileInput.self, embed: { $1.kind = .profile($0) },
          extract: { if case .profile(let table) = $0.kind { table } else { nil } }),
      ]),
    finish: { analysis, node in
      analysis.place = node.place
      if let name = analysis.givenName { try requireFileName(name) }
    })
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
