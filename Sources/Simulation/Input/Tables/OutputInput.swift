import Diagnostics

/// `[output]`: what a run writes, and where.
public struct OutputInput: Sendable {
  /// Relative to the input file.
  public var directory = Located("run", at: Place(file: ""))
  public var log = LogInput()
  /// Empty: none is written.
  public var trajectories: [TrajectoryInput] = []
  public var checkpoint = CheckpointInput()
}

/// `log = { ... }`.
public struct LogInput: Equatable, Sendable {
  /// Steps.
  public var every = 100
}

/// `checkpoint = { ... }`.
public struct CheckpointInput: Equatable, Sendable {
  /// Steps.
  public var every = 10_000
  /// How many of the latest ones stay.
  public var keep = 2
}

extension OutputInput: InputTable {
  static let schema = Schema<OutputInput>(
    sentence: "What the run writes.",
    fields: [
      Field(
        "directory", \.directory, .located(.path),
        "Where everything is written; relative to the input file, made if it is not there."),
      Field("log", \.log, .table, "The log on the terminal and in the directory."),
      Field("trajectory", \.trajectories, .tables(of: .table), "A trajectory file, or an array of several."),
      Field("checkpoint", \.checkpoint, .table, "Checkpoints, which --restart goes on from."),
    ],
    finish: { output, node in
      var seen: Set<String> = []
      for trajectory in output.trajectories where !seen.insert(trajectory.file.value).inserted {
        throw Failure.input(
          "two trajectories are written to '\(trajectory.file.value)'", at: trajectory.file.place,
          remedy: "give each its own file")
      }
    })
}

extension LogInput: InputTable {
  static let schema = Schema<LogInput>(
    sentence: "The log.",
    fields: [Field("every", \.every, .integer.atLeast(1), "Steps between lines.")])
}

extension CheckpointInput: InputTable {
  static let schema = Schema<CheckpointInput>(
    sentence: "Checkpoints.",
    fields: [
      Field("every", \.every, .integer.atLeast(1), "Steps between checkpoints; one is always written at the end."),
      Field("keep", \.keep, .integer.atLeast(1), "How many of the latest checkpoints stay."),
    ])
}
