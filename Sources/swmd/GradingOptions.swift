import ArgumentParser
import Atomistics
import Communication
import Diagnostics
import Formats
import PotentialKit
import Simulation

/// A potential with extrapolation grades, as the commands of active learning name it.
struct GradingOptions: ParsableArguments {
  @Option(help: "The potential file (.mtp, .almtp, .yaml).")
  var potential: String

  @Option(help: "Elements of the types of the potential (and of structures, if numbered), in order, such as Li,S.")
  var species: String?

  @Option(help: "A file with the active set, where the potential file has none.")
  var activeSet: String?

  /// Throws on every rank.
  func elements() throws -> [Element]? { try Communicator.world.together { try species.map(parseSpecies) } }

  func readOptions() throws -> ReadOptions { ReadOptions(species: try elements()) }

  /// Of any family; throws on every rank.
  func makeAny() throws -> any Potential {
    let elements = try elements()
    return try Communicator.world.together {
      try makePotential(file: potential, species: elements, activeSet: activeSet)
    }
  }

  /// One whose rows can be had; throws on every rank.
  func make() throws -> any ActiveSetPotential {
    let elements = try elements()
    return try Communicator.world.together {
      try makeGradingPotential(file: potential, species: elements, activeSet: activeSet)
    }
  }
}

/// Throws, on every rank, where writing would replace a file that the user did not say to replace.
func requireFree(_ path: String?, overwrite: Bool) throws {
  guard let path, !overwrite else { return }
  try Communicator.world.onRoot {
    try AtomicFile.requireAbsent(path, remedy: "use --overwrite to replace it, or name another file")
  }
}

/// The line of progress of a command that prints no JSON.
func progressLine(json: Bool = false) -> Progress {
  Progress(isShown: Communicator.world.isRoot && !json && ProgressLine.isAvailable)
}
