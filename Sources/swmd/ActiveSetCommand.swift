import ActiveLearning
import ArgumentParser
import Communication
import PotentialKit
import Simulation

extension ActiveSetMode: ExpressibleByArgument {}

struct ActiveSetCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "activeset",
    abstract: "Make a potential's active set from its training set, for extrapolation grades.",
    discussion: """
      Chooses by maxvol, among the rows of all atoms (or configurations) of the training set, those that span the largest \
      volume, and writes them where MLIP (.almtp, behind the potential) or pacemaker (.asi, beside it) keeps them: every \
      training atom's grade is then at most the tolerance. Prints the histogram of those grades.
      """)

  @OptionGroup var model: GradingOptions

  @Option(parsing: .upToNextOption, help: "The training set: one or several files (MLIP cfg, extended XYZ, ...).")
  var training: [String]

  @Option(help: "neighborhood: a grade an atom; configuration: a grade a frame (MTP); full: with the embedding (ACE).")
  var mode: ActiveSetMode = .neighborhood

  @Option(help: "The largest grade that a training atom may keep, above 1.")
  var tolerance = 1.001

  @Option(help: "The file to write; by default the potential's name with .almtp, .asi or, for --mode full, .asi.nonlinear.")
  var output: String?

  @Flag(help: "Replace the output if it exists.")
  var overwrite = false

  func validate() throws {
    guard tolerance > 1, tolerance.isFinite else { throw ValidationError("--tolerance must be above 1.") }
  }

  func run() throws {
    try requireFree(output, overwrite: overwrite)
    let potential = try model.make()
    let target = output ?? Self.defaultOutput(model.potential, suffix: potential.activeSetSuffix(mode))
    try requireFree(target, overwrite: overwrite)
    let task = ActiveSetTask(
      potential: potential, training: FrameSource(paths: training, options: try model.readOptions()), mode: mode,
      tolerance: tolerance, output: target)
    let progress = progressLine()
    let summary = try task.run { progress.show($0) }
    progress.clear()
    if Communicator.world.isRoot { print(summary) }
  }

  /// "li-s.mtp" becomes "li-s.almtp", "li-s.yaml" "li-s.asi".
  private static func defaultOutput(_ potential: String, suffix: String) -> String {
    let known = [".almtp", ".mtp", ".yaml"].first { potential.hasSuffix($0) } ?? ""
    return potential.dropLast(known.count) + "." + suffix
  }
}
