import Analysis
import ArgumentParser
import Communication

struct FrontsCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "fronts",
    abstract: "Where a density, coordination or mixture passes a threshold over time, and its growth law.")

  @OptionGroup var options: AnalyzeOptions

  @Option(
    help: "density:S:0.01, coordination:P-S:2.6:2 or mixing:Li-S:0.5, with @Z (Å) behind where it begins; may be repeated.")
  var front: [String]

  @Option(help: "The axis along which fronts move.")
  var axis = CellAxis.z

  @Option(help: "Bins of the profiles (default: about 1 Å each).")
  var bins: Int?

  @Option(help: "Width of the Gaussian that smooths the profiles, Å.")
  var smooth = 1.5

  @Option(help: "Frames that are averaged (default: a fiftieth of the trajectory).")
  var block: Int?

  @Option(help: "When growth began, ps (default: fitted).")
  var start: Double?

  @Option(help: "What fronts are relative to: raw (the cell), com, or the mean of an element.")
  var frame = "raw"

  func run() throws {
    let trajectory = try options.open()
    let analysis = try Communicator.world.together {
      var analysis = FrontAnalysis(try front.map { try FrontDefinition($0) })
      (analysis.axis, analysis.binCount, analysis.smoothing) = (axis.index, bins, smooth)
      (analysis.block, analysis.start, analysis.memory) = (block, start, options.memoryBytes)
      analysis.reference = try ReferenceFrame(named: frame)
      return analysis
    }
    try options.finish(try analysis.run(trajectory, progress: options.progress("fronts")))
  }
}
