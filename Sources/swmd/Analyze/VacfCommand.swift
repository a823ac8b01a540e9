import Analysis
import ArgumentParser
import Communication
import Diagnostics

struct VacfCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "vacf", abstract: "Velocity autocorrelation, diffusion by its integral, vibrational density of states.")

  @OptionGroup var options: AnalyzeOptions

  @Option(help: "What motion is measured against: raw (the cell), com (the center of mass), or an element's mean.")
  var frame = "raw"

  @Option(help: "velocities or displacement-rates (default: the file's velocities, if any).")
  var currents: MotionQuantity?

  @Option(help: "The largest lag, ps (default: a block's length).")
  var maxLag: Double?

  @Option(help: "Where D's integral ends, ps (default: where the correlation is lost in noise).")
  var integrateTo: Double?

  @Option(help: "Blocks for the errors.")
  var blocks = 10

  func validate() throws {
    guard currents != .displacements else {
      throw ValidationError("--currents must be velocities or displacement-rates.")
    }
  }

  func run() throws {
    var settings = VelocityCorrelation.Options()
    settings.frame = try Communicator.world.together { try ReferenceFrame(named: frame) }
    (settings.currents, settings.maximumLag, settings.integrateTo) = (currents, maxLag, integrateTo)
    (settings.blockCount, settings.memory) = (blocks, options.memoryBytes)
    let report = try VelocityCorrelation.run(try options.open(), settings, progress: options.progress("reading"))
    try options.finish(report)
  }
}
