import ArgumentParser
import Communication
import Simulation

struct CheckCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Read and validate an input file and all that it names; run and write nothing.",
    discussion: "Prints the input as it was understood, every default filled in, and what the run will cost on these ranks.")

  @Argument(help: "The input file (TOML).")
  var input: String

  func run() throws {
    let run = try Run(inputPath: input, options: .init(checkOnly: true))
    let report = try run.checkReport()
    if Communicator.world.isRoot { print(report) }
  }
}
