import Analysis
import ArgumentParser
import Atomistics
import Communication
import Diagnostics

struct ProfileCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile", abstract: "Number, mass and charge densities along an axis, by blocks of time.",
    discussion: "swmd analyze profile trajectory.nc --axis z --bins 96 --block 50 --charges Li=1,P=5,S=-2")

  @OptionGroup var options: AnalyzeOptions

  @Option(help: "x, y or z.")
  var axis = "z"

  @Option(help: "Slabs along the axis.")
  var bins = 100

  @Option(help: "Frames of a block of time (default: all).")
  var block: Int?

  @Option(help: "Charges of the species, e, for the charge density: Li=1,P=5,S=-2.")
  var charges: String?

  func run() throws {
    let trajectory = try options.open()
    let (estimator, charges) = try Communicator.world.together {
      let slabs = try Slabs(axis: axis, count: bins)
      let blocks = try frameBlocks(block ?? trajectory.frameCount, frameCount: trajectory.frameCount)
      let named = try self.charges.map { try speciesCharges($0, of: trajectory) }
      let estimator = DensityProfileEstimator(
        slabs, species: trajectory.species, elements: trajectory.elements, blocks: blocks)
      return (estimator, named)
    }
    try trajectory.run([estimator], progress: options.progress("densities"))
    try options.finish(DensityProfileReport(estimator, charges: charges, of: trajectory))
  }

  /// "Li=1,P=5,S=-2" as charges of all species.
  private func speciesCharges(_ text: String, of trajectory: Trajectory) throws -> [Element: Double] {
    let found = try SpeciesValues(text, noun: "charge").values
    if let missing = trajectory.species.first(where: { found[$0] == nil }) {
      throw Failure.input("--charges names none for \(missing)", remedy: "name every species of the trajectory")
    }
    return found
  }
}
