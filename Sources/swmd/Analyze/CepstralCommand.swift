import Analysis
import ArgumentParser
import Communication
import Diagnostics

struct CepstralCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "cepstral", abstract: "Green–Kubo integral of a series of currents by cepstral analysis of its spectrum.",
    discussion: "Of several currents: the first, where the others vanish (thermal conductivity of a fluid, for example).")

  @Argument(help: "A NumPy array [frames, currents, components] or a table of numbers, a row a frame.")
  var file: String

  @Option(help: "Time between frames, fs.")
  var interval: Double

  @Option(help: "How many columns of a table are one current (default: all).")
  var components: Int?

  @Option(help: "The highest frequency that counts: THz, all, or auto, where the error is least.")
  var nyquist = "all"

  @OptionGroup var output: AnalyzeOutput

  func run() throws {
    let world = Communicator.world
    let report = try world.together { () throws -> CepstralAnalysis in
      let range = try parseFrequencyRange(nyquist, perTerahertz: 1e-3)
      return try CepstralAnalysis(
        CurrentSeries(path: file, components: components, interval: interval), path: file, range: range)
    }
    try output.finish(report)
  }
}

/// "all", "auto" or THz, in units of which there are `perTerahertz` in one.
func parseFrequencyRange(_ text: String, perTerahertz: Double) throws -> FrequencyRange {
  switch text {
  case "all": return .all
  case "auto": return .best
  default:
    guard let value = Double(text), value > 0, value.isFinite else {
      throw Failure.input("--nyquist '\(text)' is no frequency", remedy: "give THz, all or auto")
    }
    return .upTo(value * perTerahertz)
  }
}
