import Analysis
import ArgumentParser
import Communication
import Diagnostics

struct BondsCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "bonds", abstract: "Bonds between species in time, with hysteresis, and how long they live.",
    discussion: "swmd analyze bonds trajectory.nc --pair P-S:2.6:3.0 --pair Li-S:3.2")

  @OptionGroup var options: AnalyzeOptions

  @Option(help: "A pair and the distance below which it bonds and, if another, from which it breaks, Å: P-S:2.6:3.0.")
  var pair: [String]

  func run() throws {
    let trajectory = try options.open()
    let estimator = try Communicator.world.together {
      let rules = try pair.map(BondRule.init(named:))
      try trajectory.require(rules.map(\.pair))
      return BondEstimator(rules, elements: trajectory.elements, frameCount: trajectory.frameCount)
    }
    try trajectory.run([estimator], progress: options.progress("bonds"))
    try options.finish(BondReport(estimator, of: trajectory))
  }
}
