import Analysis
import ArgumentParser
import Communication
import Diagnostics

struct VanHoveCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "vanhove", abstract: "Self and distinct van Hove functions, and the non-Gaussian parameter.")

  @OptionGroup var options: AnalyzeOptions

  @Option(help: "Times between the positions that are compared, ps, such as 1,10,100.")
  var lags: String

  @Option(help: "Elements whose displacements are counted, such as Li,S (default: all).")
  var of: String?

  @Option(help: "A pair of elements for a distinct part, such as Li-Li; may be repeated.")
  var pair: [String] = []

  @Option(help: "Range, Å.")
  var rmax = 8.0

  @Option(help: "Number of bins.")
  var bins = 160

  @Option(help: "Time origins of the distinct parts, at most.")
  var origins = 100

  @Option(help: "What displacements are relative to: raw (the cell), com, or the mean of an element.")
  var frame = "raw"

  func run() throws {
    let trajectory = try options.open()
    let analysis = try Communicator.world.together {
      let lags = try lags.split(separator: ",", omittingEmptySubsequences: false).map { text -> Double in
        guard let lag = Double(text) else {
          throw Failure.input("--lags: '\(text)' is no time", remedy: "write times in ps, such as 1,10,100")
        }
        return lag
      }
      var analysis = VanHoveAnalysis(lags: lags)
      analysis.species = try of?.split(separator: ",").map { try element(String($0), "--of") } ?? []
      analysis.pairs = try pair.map { try SpeciesPair(named: $0) }
      (analysis.rMax, analysis.binCount, analysis.originCount) = (rmax, bins, origins)
      (analysis.reference, analysis.memory) = (try ReferenceFrame(named: frame), options.memoryBytes)
      return analysis
    }
    try options.finish(try analysis.run(trajectory, progress: options.progress("vanhove")))
  }
}
