import Analysis
import ArgumentParser
import Communication

/// An axis of the cell as an option.
enum CellAxis: String, ExpressibleByArgument, CaseIterable {
  case x, y, z

  var index: Int { Self.allCases.firstIndex(of: self) ?? 2 }
}

struct FluxCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "flux", abstract: "Net flux of each species through planes, and its profile over the axis and time.")

  @OptionGroup var options: AnalyzeOptions

  @Option(help: "The axis: the planes are parallel to the cell's two other vectors.")
  var axis = CellAxis.z

  @Option(help: "Where a plane is, Å along its normal; may be repeated.")
  var plane: [Double] = []

  @Option(help: "Planes of the profile over the axis and time.")
  var planes = 0

  @Option(
    help: "Steps between frames that are counted together (default: 1, and a fiftieth of the trajectory in the profile).")
  var block: Int?

  @Option(help: "What crossings are counted against: raw (the cell), com, or the mean of an element.")
  var frame = "raw"

  func validate() throws {
    guard plane.allSatisfy(\.isFinite), planes >= 0 else { throw ValidationError("--planes must be at least 0.") }
  }

  func run() throws {
    let trajectory = try options.open()
    var analysis = FluxAnalysis(axis: axis.index, planes: plane)
    analysis.reference = try Communicator.world.together { try ReferenceFrame(named: frame) }
    (analysis.block, analysis.profileBlock, analysis.profilePlanes) = (block ?? 1, block, planes)
    try options.finish(try analysis.run(trajectory, progress: options.progress("flux")))
  }
}
