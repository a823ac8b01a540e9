import Analysis
import ArgumentParser
import Atomistics
import Communication
import Diagnostics
import Numerics

struct DriftCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "drift",
    abstract: "Mean velocities in a constant field: conductivity, mobilities, a row of Onsager coefficients.")

  @OptionGroup var options: AnalyzeOptions

  @Option(help: "The field X,Y,Z, V/Å.")
  var field: String

  @Option(help: "The charges on which it acts, e: Li=1,P=0,S=0.")
  var charges: String

  @Option(help: "A trajectory of the same system in the opposite field: half the difference counts.")
  var reversed: String?

  @Option(help: "The JSON of analyze onsager --frame raw, to compare with.")
  var equilibrium: String?

  @Option(help: "Blocks for the errors.")
  var blocks = 20

  func run() throws {
    let settings = try Communicator.world.together {
      (
        field: try Self.vector(field), charges: try SpeciesValues(charges, noun: "charge"),
        equilibrium: try equilibrium.map(OnsagerFile.init(path:))
      )
    }
    let trajectory = try options.open()
    let opposite = try reversed.map { path in
      var same = options
      same.trajectory = path
      return try same.open()
    }
    let report = try DriftAnalysis.run(
      trajectory, reversed: opposite, charges: settings.charges, field: settings.field, blocks: blocks,
      equilibrium: settings.equilibrium, memory: options.memoryBytes, progress: options.progress("reading"))
    try options.finish(report)
  }

  private static func vector(_ text: String) throws -> Vector3 {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    guard parts.count == 3, let x = parts[0], let y = parts[1], let z = parts[2] else {
      throw Failure.input("'\(text)' is no vector", remedy: "write --field 0,0,0.02 in V/Å")
    }
    return Vector3(x, y, z)
  }
}
