import Analysis
import ArgumentParser
import Communication
import Diagnostics

struct RdfCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "rdf", abstract: "Radial distribution functions, coordination numbers, structure factors.",
    discussion: "swmd analyze rdf trajectory.nc --pair Li-S --pair P-S --rmax 8 --bins 400")

  @OptionGroup var options: AnalyzeOptions

  @Option(help: "Neighbors of the second around the first, such as Li-S; repeat it for several (default: all pairs).")
  var pair: [String] = []

  @Option(help: "The largest distance, Å; it may exceed half the cell.")
  var rmax = 8.0

  @Option(help: "Number of bins up to it.")
  var bins = 400

  @Option(help: "Count coordination numbers up to here, Å (default: the first minimum of each g(r)).")
  var cutoff: Double?

  @Option(help: "Blocks of frames for the error bars.")
  var blocks = 10

  @Option(help: "The largest wave vector of the structure factors, 1/Å.")
  var qmax = 15.0

  @Option(help: "Structure factors from the wave vectors of the cell, too, up to here, 1/Å; for small periodic cells.")
  var directQ: Double?

  func run() throws {
    let trajectory = try options.open()
    let (estimator, scattering) = try Communicator.world.together {
      let pairs = pair.isEmpty ? trajectory.allPairs : try pair.map(SpeciesPair.init(named:))
      try trajectory.require(pairs)
      guard blocks >= 1 else { throw Failure.input("--blocks must be at least 1") }
      guard qmax > 0, qmax.isFinite else { throw Failure.input("--qmax must be above 0") }
      if let cutoff, !(cutoff > 0 && cutoff <= rmax) {
        throw Failure.input("--cutoff is \(cutoff) Å", remedy: "give a distance above 0 and up to --rmax")
      }
      let estimator = try RadialDistributionEstimator(
        pairs, elements: trajectory.elements, radius: rmax, binCount: bins,
        blocks: FrameBlocks(frameCount: trajectory.frameCount, count: blocks))
      return (
        estimator, try directQ.map { try ScatteringEstimator(pairs, elements: trajectory.elements, largest: $0) }
      )
    }
    try trajectory.run([estimator] + (scattering.map { [$0] } ?? []), progress: options.progress("distances"))
    try options.finish(
      RadialDistributionReport(estimator, of: trajectory, cutoff: cutoff, largestQ: qmax, scattering: scattering))
  }
}
