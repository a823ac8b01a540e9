import Analysis
import ArgumentParser
import Atomistics
import Communication
import Diagnostics
import Simulation

struct HopsCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "hops", abstract: "Hops of atoms between sites: rates, residence times, hop vectors, correlation factor.")

  @OptionGroup var options: AnalyzeOptions

  @Option(help: "The element that hops.")
  var mobile: String

  @Option(help: "A structure file with the sites, in the trajectory's cell; without it the sites are mean positions.")
  var sites: String?

  @Option(help: "The element that stands for the sites, in the file (default: the one that hops) or in the trajectory.")
  var siteSpecies: String?

  @Option(help: "Radius of the sites' cores, Å (default: 0.4 of the smallest distance between sites).")
  var core: Double?

  @Option(help: "What motion is relative to: raw (the cell), com, or the mean of an element.")
  var frame = "raw"

  func validate() throws {
    guard sites != nil || siteSpecies != nil else {
      throw ValidationError("Give --sites FILE, or --site-species for the mean positions of an element's atoms.")
    }
  }

  func run() throws {
    let trajectory = try options.open()
    let analysis = try Communicator.world.together {
      let mobile = try element(mobile, "--mobile"),
        site = try siteSpecies.map { try element($0, "--site-species") } ?? mobile
      var analysis = HopAnalysis(
        mobile: mobile, sites: sites.map { .file($0, site) } ?? .averages(of: site))
      (analysis.core, analysis.reference) = (core, try ReferenceFrame(named: frame))
      analysis.memory = options.memoryBytes
      return analysis
    }
    try options.finish(try analysis.run(trajectory, progress: options.progress("hops")))
  }
}

/// - Throws: `Failure.input` that names the option.
func element(_ symbol: String, _ option: String) throws -> Element {
  guard let element = Element(symbol: symbol) else {
    throw Failure.input("\(option): '\(symbol)' is no element", remedy: "write its symbol, such as Li")
  }
  return element
}
