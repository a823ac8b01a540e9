import ActiveLearning
import ArgumentParser
import Communication
import Simulation

struct SelectCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "select", abstract: "Pick, by maxvol, the frames that extend a potential's active set: what to label next.",
    discussion: """
      The frame with the largest grade is taken, the active set is extended by it, all others are graded anew, and so on until \
      no grade is above the threshold. Prints the picks in that order and writes the frames. With --count so many are \
      picked, whatever their grades: beyond the threshold by rectangular maxvol.
      """)

  @OptionGroup var model: GradingOptions

  @Option(parsing: .upToNextOption, help: "Candidates: one or several structure files or trajectories.")
  var candidates: [String]

  @Option(help: "Frames whose largest grade is up to this are not picked; at least 1.")
  var threshold = 2.0

  @Option(name: .customLong("max"), help: "Pick at most this many frames.")
  var largestCount: Int?

  @Option(help: "Pick exactly this many frames, if there are so many, whatever their grades.")
  var count: Int?

  @Option(help: "Write the picked frames to this file, in the order of the picks.")
  var output: String?

  @Option(help: "Write the potential with the extended active set to this file.")
  var activeSetOutput: String?

  @Flag(help: "Replace the outputs if they exist.")
  var overwrite = false

  @Flag(help: "Print JSON instead of the table.")
  var json = false

  func validate() throws {
    guard threshold >= 1, threshold.isFinite else { throw ValidationError("--threshold must be at least 1.") }
    guard largestCount.map({ $0 > 0 }) ?? true else { throw ValidationError("--max must be above 0.") }
    guard count.map({ $0 > 0 }) ?? true else { throw ValidationError("--count must be above 0.") }
    guard count == nil || largestCount == nil else { throw ValidationError("Give --max or --count, not both.") }
  }

  func run() throws {
    try requireFree(output, overwrite: overwrite)
    try requireFree(activeSetOutput, overwrite: overwrite)
    let potential = try model.make()
    let task = SelectionTask(
      potential: potential, candidates: FrameSource(paths: candidates, options: try model.readOptions()),
      threshold: threshold, largestCount: count ?? largestCount ?? .max, isFilled: count != nil, output: output,
      activeSetOutput: activeSetOutput, species: try model.elements())
    let progress = progressLine(json: json)
    let report = try task.run(json: json) { progress.show($0) }
    progress.clear()
    if Communicator.world.isRoot { print(report) }
  }
}
