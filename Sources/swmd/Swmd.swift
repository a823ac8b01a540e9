import ArgumentParser
import Communication
import Diagnostics
import Simulation

/// The program: `swmd input.toml` is `swmd run input.toml`.
struct Swmd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "swmd",
    abstract: "Molecular dynamics of reactive interfaces with machine-learned potentials, parallel over MPI.",
    discussion: """
      mpirun -np 8 swmd input.toml        run; the same as: swmd run input.toml
      swmd check input.toml               parse and validate everything, run nothing
      swmd evaluate|eos|elastic --potential P --structure S
      swmd activeset|grade|select|cut     extrapolation: active sets, grades, what to label next
      swmd analyze msd|rdf|...            numbers and pictures from a trajectory, with error bars
      swmd convert in.data out.extxyz

      Exit status: 0 done; 1 failed while running; 2 the input is wrong, nothing was run; 3 stopped by a monitor; \
      130/143 stopped by a signal after a checkpoint.
      """,
    version: "swmd \(programVersion)",
    subcommands: [
      RunCommand.self, CheckCommand.self, EvaluateCommand.self, EosCommand.self, ElasticCommand.self,
      ActiveSetCommand.self, GradeCommand.self, SelectCommand.self, CutCommand.self, AnalyzeCommand.self, ConvertCommand.self,
      InputCommand.self,
    ],
    defaultSubcommand: RunCommand.self)
}
