import Diagnostics
import Foundation

/// An input file as typed values, in swmd's units: Å, eV, eV/Å, fs, K, bar, amu, e.
public struct SimulationInput: Sendable {
  /// As the user named it; messages begin with it.
  public var path = ""
  public var system = SystemInput()
  /// At most 32; the bit k of an atom's `AtomStore.groups` stands for the k-th.
  public var groups: [GroupInput] = []
  /// At least one.
  public var potentials: [PotentialInput] = []
  public var neighbors = NeighborsInput()
  public var output = OutputInput()
  public var computes: [ComputeInput] = []
  public var analyses: [AnalysisInput] = []
  public var monitor = MonitorInput()
  /// As they are written; at least one.
  var givenStages: [StageInput] = []
  /// As they are run: repetitions one after the other, named "heat", "heat (2)", ...
  public var stages: [StageInput] = []

  /// The directory of the input file, which relative paths are relative to.
  public var directory: String {
    let parent = (path as NSString).deletingLastPathComponent
    return parent.isEmpty ? "." : parent
  }

  /// A path of the input file as this process can open it.
  public func resolve(_ path: String) -> String {
    if path.hasPrefix("/") || directory == "." { return path }
    return (directory as NSString).appendingPathComponent(path)
  }

  /// Reads, parses and validates an input file, and sees that the files that it names are there.
  /// - Throws: `Failure.input`, with file, line and column.
  public static func load(path: String) throws -> SimulationInput {
    let input = try parse(InputFile.read(path), path: path)
    try input.checkFiles()
    return input
  }

  /// Parses and validates the bytes of an input file; opens no file.
  /// - Parameter path: what messages call the file; relative paths are relative to its directory.
  /// - Throws: `Failure.input`, with file, line and column.
  public static func parse(_ bytes: [UInt8], path: String) throws -> SimulationInput {
    let document = try InputDocument(bytes: bytes, path: path)
    var input = try schema.decode(document.root)
    input.path = path
    return input
  }

  public static func parse(_ text: String, path: String) throws -> SimulationInput {
    try parse(Array(text.utf8), path: path)
  }
}

extension SimulationInput: InputTable {
  static let schema = Schema<SimulationInput>(
    sentence: "A run of swmd.",
    fields: [
      Field(required: "system", \.system, .table, "The atoms that the run starts from."),
      Field(list: "group", \.groups, .tables(of: .table), "Named sets of atoms, for the stages."),
      Field(required: "potential", \.potentials, .tables(of: .table), "The potentials, which add up."),
      Field("neighbors", \.neighbors, .table, "Neighbor lists and the balance of ranks."),
      Field("output", \.output, .table, "What the run writes."),
      Field(list: "compute", \.computes, .tables(of: .table), "Quantities of groups and slabs, as CSV."),
      Field(
        list: "analysis", \.analyses, .tables(of: .table), "What swmd analyze finds in trajectories, found during the run."),
      Field("monitor", \.monitor, .table, "What watches the run and stops it."),
      Field(required: "stage", \.givenStages, .tables(of: .table), "What to do, stage by stage."),
    ],
    planned: ["field", "neb", "constraint"],
    finish: { input, node in
      for (key, isEmpty) in [("potential", input.potentials.isEmpty), ("stage", input.givenStages.isEmpty)] where isEmpty {
        throw Failure.input("'\(key)' is empty", at: node[key]?.place, remedy: "give at least one [[\(key)]]")
      }
      try input.checkGroups()
      try input.checkComputes()
      try input.checkMonitors()
      try input.nameStages()
      try input.checkAnalyses()
      input.stages = try expandedStages(input.givenStages)
    })
}

extension SimulationInput {
  fileprivate mutating func nameStages() throws {
    var seen: Set<String> = []
    for index in givenStages.indices {
      let given = givenStages[index].givenName ?? Located("stage-\(index + 1)", at: givenStages[index].place)
      givenStages[index].givenName = given
      guard seen.insert(given.value).inserted else {
        throw Failure.input(
          "two stages are named \(quoted(given.value))", at: given.place, remedy: "give each stage its own name")
      }
    }
  }
}
