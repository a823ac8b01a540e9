import Analysis
import ArgumentParser
import Communication
import Diagnostics
import Formats
import Foundation
import Simulation

/// The trajectory of an analysis, and where its results go: the same for every kind.
struct AnalyzeOptions: ParsableArguments {
  @Argument(help: "The trajectory: AMBER NetCDF, extended XYZ, LAMMPS dump, XDATCAR, MLIP cfg.")
  var trajectory: String

  @Option(help: "A structure file that names the elements of the trajectory's atoms, in the same order.")
  var topology: String?

  @Option(help: "The elements of the trajectory's atoms, in order, such as Li*24,P*8,S*28.")
  var speciesList: String?

  @Option(help: "Elements of numeric types, in their order, such as Li,S.")
  var species: String?

  @Option(help: "The trajectory's format, where its name and content do not tell.")
  var format: String?

  @Option(help: "What to leave out at the start, ps.")
  var skip = 0.0

  @Option(help: "Where to end, ps after the file's first frame.")
  var until: Double?

  @Option(help: "Use every N-th frame.")
  var every = 1

  @Option(help: "Time between the frames of a file that does not say it, ps.")
  var interval: Double?

  @Option(help: "Memory that a rank may use for atoms' histories, MB; more passes over the file where it is not enough.")
  var memory = 1024

  @OptionGroup var output: AnalyzeOutput

  func validate() throws {
    guard topology == nil || speciesList == nil else {
      throw ValidationError("Give --topology or --species-list, not both.")
    }
    guard memory > 0 else { throw ValidationError("--memory must be above 0.") }
  }

  var memoryBytes: Int { memory << 20 }

  /// Opens the trajectory. Collective.
  func open() throws -> Trajectory {
    let world = Communicator.world
    let options = try world.together {
      var options = TrajectoryOptions()
      options.reading = ReadOptions(
        format: try format.map(StructureFormat.init(named:)), species: try species.map(parseSpecies))
      options.topology = topology
      options.elements = try speciesList.map(TrajectoryOptions.elements(list:))
      (options.skip, options.until, options.every, options.interval) = (skip, until, every, interval)
      return options
    }
    let opened = try Trajectory(path: trajectory, options: options, communicator: world)
    for warning in opened.warnings where world.isRoot { warn(warning) }
    return opened
  }

  private func warn(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data("swmd: warning: \(text)\n".utf8))
  }

  /// The line of progress on a terminal.
  func progress(_ what: String) -> (Double) -> Void { output.progress(what) }

  /// Prints the result and writes its files. Collective; `report` counts on root alone.
  func finish(_ report: some AnalysisReport) throws { try output.finish(report) }
}
