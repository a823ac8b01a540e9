import ArgumentParser
import Communication
import Diagnostics
import Foundation
import Simulation

/// Turns whatever a command throws into one message on one rank, and an exit status.
@main
enum Main {
  static func main() {
    let command: ParsableCommand
    do {
      command = try Swmd.parseAsRoot()
    } catch {
      exit(explain(error))
    }
    exit(execute(command))
  }

  /// Prints the parser's message: the help that was asked for, or what is wrong with the arguments.
  private static func explain(_ error: Error) -> Int32 {
    let isHelp = Swmd.exitCode(for: error) == .success
    if launcherRank == 0 {
      let text = Swmd.fullMessage(for: error)
      (isHelp ? FileHandle.standardOutput : .standardError).write(Data((text + "\n").utf8))
    }
    return isHelp ? 0 : 2
  }

  private static func execute(_ command: ParsableCommand) -> Int32 {
    var command = command
    do {
      try command.run()
      finalizeIfStarted(command)
      return 0
    } catch let code as ExitCode {
      finalizeIfStarted(command)
      return code.rawValue
    } catch where Swmd.exitCode(for: error) == .success {
      // The help of a subcommand is a command that throws it.
      return explain(error)
    } catch {
      let failure = error as? Failure ?? .runtime("\(error)")
      if launcherRank == 0 {
        FileHandle.standardError.write(Data("swmd: error: \(failure)\n".utf8))
      }
      finalizeIfStarted(command)
      return failure.exitStatus
    }
  }

  /// Commands that never talk to other ranks do not start MPI just to end it.
  private static func finalizeIfStarted(_ command: ParsableCommand) {
    if command is ParallelCommand { Communicator.finalize() }
  }

  /// This process's rank as the launcher tells it, for messages from before MPI starts.
  private static let launcherRank: Int = {
    let environment = ProcessInfo.processInfo.environment
    for name in ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"] {
      if let text = environment[name], let rank = Int(text) { return rank }
    }
    return 0
  }()
}

/// A command that runs on all ranks together; what it throws, it throws on every rank.
protocol ParallelCommand: ParsableCommand {}
