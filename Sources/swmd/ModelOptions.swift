import ArgumentParser
import Communication
import Diagnostics
import Formats
import Simulation

/// Where a command on a crystal finds it and its potentials, and where its results go.
struct ModelOptions: ParsableArguments {
  @Option(help: "The potential file (.mtp, .almtp, .yace, .yaml, .ace).")
  var potential: String?

  @Option(help: "The structure file: extended XYZ, POSCAR, LAMMPS data, MLIP cfg, AMBER NetCDF; its last frame.")
  var structure: String?

  @Option(help: "Elements of the types of the potential (and of the structure, if numbered), in order, such as Li,S.")
  var species: String?

  @Option(help: "Instead of these: an input file, whose [system] and [[potential]] count; several potentials add up.")
  var input: String?

  @Option(help: "Where atoms relax, the largest force that may be left, eV/Å.")
  var forceTolerance = 1e-7

  @Option(help: "A directory for the numbers (CSV, JSON) and the picture (SVG).")
  var output: String?

  @Flag(help: "Replace what an earlier calculation left in the output directory.")
  var overwrite = false

  @Flag(help: "Print the JSON instead of the table.")
  var json = false

  func validate() throws {
    let hasFiles = potential != nil && structure != nil
    let hasAnyFile = potential != nil || structure != nil || species != nil
    guard input != nil ? !hasAnyFile : hasFiles else {
      throw ValidationError("Give --potential and --structure, or --input alone.")
    }
    guard forceTolerance > 0 else { throw ValidationError("--force-tolerance must be above 0.") }
  }

  /// Throws `Failure.input` for an unknown element.
  func source() throws -> ModelSource {
    if let input { return .input(path: input) }
    return .files(potential: potential ?? "", structure: structure ?? "", species: try species.map(parseSpecies))
  }

  /// The directory of the results, if they are wanted; throws on every rank if one of `names` would be overwritten.
  func files(_ names: [String]) throws -> ResultFiles? {
    guard let output else { return nil }
    let files = ResultFiles(directory: output, overwrites: overwrite)
    try Communicator.world.onRoot { try files.checkFree(names) }
    return files
  }

  /// Prints on a terminal what comes next, in place of what it said before; nothing elsewhere.
  func progress() -> Progress { Progress(isShown: Communicator.world.isRoot && !json && ProgressLine.isAvailable) }
}
