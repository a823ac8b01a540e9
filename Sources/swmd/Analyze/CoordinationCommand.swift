import Analysis
import ArgumentParser
import Communication
import Diagnostics

struct CoordinationCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "coordination", abstract: "Coordination numbers: distributions, maps over an axis and time, polyhedra.",
    discussion: "swmd analyze coordination trajectory.nc --pair P-S:2.6 --pair Li-S:3.2 --axis z --zbins 24 --block 50")

  @OptionGroup var options: AnalyzeOptions

  @Option(help: "Neighbors of the second around the first and their largest distance, Å: P-S:2.6; repeat it for several.")
  var pair: [String]

  @Option(help: "Map the numbers over this axis: x, y or z.")
  var axis: String?

  @Option(help: "Slabs along the axis.")
  var zbins = 24

  @Option(help: "Frames of a block of time (default: ten blocks).")
  var block: Int?

  @Flag(help: "Tell whether the polyhedra share corners, edges or faces.")
  var polyhedra = false

  func run() throws {
    let trajectory = try options.open()
    let (estimator, linked) = try Communicator.world.together {
      let items = try pair.map(PairWithin.init(named:))
      try trajectory.require(items.map(\.pair))
      let blocks = try frameBlocks(block, frameCount: trajectory.frameCount)
      let slabs = try axis.map { try Slabs(axis: $0, count: zbins) }
      let estimator = CoordinationEstimator(items, elements: trajectory.elements, blocks: blocks, slabs: slabs)
      let linked = try items.filter { polyhedra && $0.pair.center != $0.pair.neighbor }
        .map { try PolyhedraEstimator($0, elements: trajectory.elements, blocks: blocks) }
      return (estimator, linked)
    }
    try trajectory.run([estimator] + linked, progress: options.progress("neighbors"))
    try options.finish(CoordinationReport(estimator, polyhedra: linked, of: trajectory))
  }
}

/// Blocks of `length` frames; ten of them where no length is given.
func frameBlocks(_ length: Int?, frameCount: Int) throws -> FrameBlocks {
  guard let length else { return FrameBlocks(frameCount: frameCount) }
  guard length >= 1 else { throw Failure.input("--block must be at least 1 frame") }
  return FrameBlocks(frameCount: frameCount, length: length)
}
