import ArgumentParser
import Simulation

struct InputCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "input", abstract: "Explain every table and key of the input file.",
    discussion: InputReference.text)

  func run() { print(InputReference.text) }
}
