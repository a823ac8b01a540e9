import ArgumentParser
import Simulation

struct RunCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run the simulation that an input file describes.",
    discussion: """
      Writes into the output directory of the input: log.txt, thermo.csv, the trajectories, checkpoints, final.extxyz and \
      performance.json. SIGTERM and SIGINT write a checkpoint and stop; SIGUSR1 writes one and goes on. \
      'swmd input' explains the input file.
      """)

  @Argument(help: "The input file (TOML).")
  var input: String

  @Flag(help: "Go on from the newest checkpoint of the output directory; from the start where there is none.")
  var restart = false

  @Flag(help: "Replace what an earlier run left in the output directory.")
  var overwrite = false

  func validate() throws {
    if restart && overwrite { throw ValidationError("--restart and --overwrite exclude each other.") }
  }

  func run() throws {
    let run = try Run(inputPath: input, options: .init(restart: restart, overwrite: overwrite))
    let status = try run.execute()
    if status != 0 { throw ExitCode(status) }
  }
}
