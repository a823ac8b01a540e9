import Analysis
import ArgumentParser
import Communication
import Diagnostics
import Formats
import Simulation

struct SimilarityCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "similarity",
    abstract: "How like its start a structure stays, by a fingerprint or a potential's descriptors.")

  enum Method: String, ExpressibleByArgument, CaseIterable { case fingerprint, descriptors }

  @OptionGroup var options: AnalyzeOptions

  @Option(help: "fingerprint (pair distributions) or descriptors (of a potential, see --potential).")
  var method = Method.fingerprint

  @Option(help: "The number in the file of the frame to compare with (default: the first that counts).")
  var against: Int?

  @Option(help: "The potential whose descriptors are compared.")
  var potential: String?

  @Option(help: "Elements of a potential that names none, in the order of its types, such as Li,S.")
  var potentialSpecies: String?

  @Option(help: "A layer to compare by itself, such as \"z 0:20\" (Å); may be repeated; descriptors only.")
  var region: [String] = []

  @Option(help: "Range of the fingerprint, Å.")
  var rmax = 8.0

  @Option(help: "Bins of the fingerprint, Å.")
  var bin = 0.05

  @Option(help: "Width of the fingerprint's Gaussians, Å.")
  var sigma = 0.1

  func validate() throws {
    guard (method == .descriptors) == (potential != nil) else {
      throw ValidationError("--method descriptors and --potential FILE go together.")
    }
  }

  func run() throws {
    let world = Communicator.world, trajectory = try options.open()
    let analysis = try world.together {
      let regions = try region.map { try Region($0) }, against = try referenceNumber(in: trajectory)
      return try SimilarityAnalysis(
        try descriptor(of: trajectory), regions: regions, reference: try trajectory.frame(against), against: against,
        frames: trajectory.frames)
    }
    try trajectory.run([analysis], progress: options.progress("similarity"))
    let parameters = method == .fingerprint ? ["rmax_A": rmax, "bin_A": bin, "sigma_A": sigma] : [:]
    try options.finish(analysis.report(of: trajectory, parameters: parameters))
  }

  private func referenceNumber(in trajectory: Trajectory) throws -> Int {
    guard let against else { return 0 }
    guard let number = trajectory.frames.firstIndex(of: against) else {
      throw Failure.input(
        "--against \(against) is not among the frames that count, \(trajectory.frames[0]) to "
          + "\(trajectory.frames[trajectory.frameCount - 1])", remedy: "name one of them")
    }
    return number
  }

  private func descriptor(of trajectory: Trajectory) throws -> any StructureDescriptor {
    guard let potential else {
      return try Fingerprint(elements: trajectory.elements, rMax: rmax, binWidth: bin, width: sigma)
    }
    return try makePotentialDescriptor(
      file: potential, species: try potentialSpecies.map(parseSpecies), trajectory: trajectory)
  }
}
