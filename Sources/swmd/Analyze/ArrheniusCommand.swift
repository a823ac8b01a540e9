import Analysis
import ArgumentParser
import Communication
import Diagnostics

struct ArrheniusCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "arrhenius", abstract: "Activation energies from diffusion coefficients at several temperatures.",
    discussion: """
      swmd analyze arrhenius 500K/msd.json 600K/msd.json 700K/msd.json --at 300
      swmd analyze arrhenius 500=a.json 600=b.json --element Li
      swmd analyze arrhenius table.csv

      Results of analyze msd, or a table of temperature (K), D (Å²/ps) and its error, as CSV or JSON.
      """)

  @Argument(help: "Results, TEMPERATURE=RESULT, or tables.")
  var sources: [String]

  @Option(help: "Temperatures to which D is extrapolated, K, divided by commas.")
  var at = "300"

  @Option(help: "The elements to fit, divided by commas (default: all).")
  var element: String?

  @OptionGroup var output: AnalyzeOutput

  func run() throws {
    let report = try Communicator.world.together {
      let temperatures = try at.split(separator: ",").map { part in
        guard let value = Double(part), value > 0, value.isFinite else {
          throw Failure.input("--at: '\(part)' is no temperature", remedy: "list temperatures in K, such as 300,350")
        }
        return value
      }
      let elements = element.map { $0.split(separator: ",").map(String.init) } ?? []
      let fits = try ArrheniusSources.read(sources, elements: elements).map { name, points in
        (name: name, fit: try ArrheniusFit(points, name: name))
      }
      return ArrheniusReport(fits, at: temperatures, sources: sources)
    }
    try output.finish(report)
  }
}
