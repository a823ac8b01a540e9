import Diagnostics
import Glibc

/// The checkpoints of one run: files `checkpoint-<step>.swmd` in one directory, of which the newest few are kept.
public struct CheckpointStore: Sendable {
  public let directory: String
  /// How many checkpoints stay.
  public let keep: Int

  /// The newest checkpoint that could be read whole.
  public struct Latest: Sendable {
    public var step: Int
    public var checkpoint: CheckpointFile
    /// One sentence for each newer file that is damaged and was passed over.
    public var warnings: [String]
  }

  /// - Throws: `Failure.input` if `keep` is below 1.
  public init(directory: String, keep: Int = 2) throws {
    guard keep >= 1 else {
      throw Failure.input("a run must keep at least one checkpoint, not \(keep)", remedy: "set keep = 1 or more")
    }
    self.directory = directory.isEmpty ? "." : directory
    self.keep = keep
  }

  public func path(step: Int) -> String { "\(directory)/checkpoint-\(step).swmd" }

  /// Writes the checkpoint of `step`; when it is in place and on the disk, deletes what the run no longer needs.
  ///
  /// That is all but the newest `keep`, and those of later steps: a run that writes step s after a restart from before
  /// has left their history.
  /// - Throws: `Failure`; all earlier checkpoints are then still there.
  public func write(_ checkpoint: CheckpointFile, step: Int) throws {
    try checkpoint.write(to: path(step: step))
    let steps = try self.steps()
    let kept = Set(steps.filter { $0 <= step }.suffix(keep))
    for old in steps where !kept.contains(old) { unlink(path(step: old)) }
    for name in try names() where Self.isLeftover(name) { unlink("\(directory)/\(name)") }
  }

  /// The newest valid checkpoint, or nil where there is none at all.
  ///
  /// - Throws: `Failure.input` if there are checkpoints but every one is damaged (the message is that of the newest).
  public func latest() throws -> Latest? {
    var warnings: [String] = []
    var newestFailure: Failure?
    for step in try steps().reversed() {
      do {
        return Latest(step: step, checkpoint: try CheckpointFile(readingFrom: path(step: step)), warnings: warnings)
      } catch let failure as Failure {
        newestFailure = newestFailure ?? failure
        warnings.append("\(failure.place.map { "\($0): " } ?? "")\(failure.message); an earlier checkpoint is taken")
      }
    }
    if let newestFailure { throw newestFailure }
    return nil
  }

  /// The steps of which there is a file, ascending.
  public func steps() throws -> [Int] { try names().compactMap(Self.step(fromName:)).sorted() }

  /// Only names that `path(step:)` writes: "checkpoint-007.swmd" is someone else's file.
  private static func step(fromName name: String) -> Int? {
    guard name.hasPrefix("checkpoint-"), name.hasSuffix(".swmd"),
      let step = Int(name.dropFirst(11).dropLast(5)), name == "checkpoint-\(step).swmd"
    else { return nil }
    return step
  }

  /// The unfinished file of a run that was killed while it wrote a checkpoint.
  private static func isLeftover(_ name: String) -> Bool {
    name.hasPrefix("checkpoint-") && name.contains(".swmd.partial-")
  }

  private func names() throws -> [String] {
    guard let stream = opendir(directory) else {
      throw Failure.input(
        "the checkpoint directory cannot be read (\(systemReason()))", at: Place(file: directory),
        remedy: "check the path")
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names
  }
}
