import Analysis
import ArgumentParser
import Communication
import Diagnostics

struct OnsagerCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "onsager", abstract: "Onsager coefficients of all species, conductivity, transference numbers, fluxes.")

  @OptionGroup var options: AnalyzeOptions

  @Option(help: "Temperature, K.")
  var temperature: Double

  @Option(help: "Charges, e: Li=1,P=5,S=-2. Without them there is no conductivity.")
  var charges: String?

  @Option(help: "What motion is measured against: raw (the cell), com (the center of mass), or an element's mean.")
  var frame = "raw"

  @Option(help: "einstein, green-kubo or cepstral.")
  var method = OnsagerMethod.einstein

  @Option(help: "The fit's window LO:HI, ps, both ends included (default: where the fastest species is diffusive).")
  var fit: String?

  @Option(help: "Of the slope: gls, ols or blocks.")
  var estimator = SlopeEstimator.generalized

  @Option(help: "Where Green–Kubo integrals end, ps (default: where the currents' correlations are lost in noise).")
  var integrateTo: Double?

  @Option(help: "The highest frequency of the cepstral method: THz, all, or auto, where the error is least.")
  var nyquist = "auto"

  @Option(help: "Currents of the last two methods: velocities or displacement-rates (default: velocities, if any).")
  var currents: MotionQuantity?

  @Option(help: "Blocks for the errors (default: 5 to 20, by the window).")
  var blocks: Int?

  @Option(help: "The largest lag to write, ps (default: ten times the window).")
  var maxLag: Double?

  @Option(help: "Gradients of the electrochemical potentials, eV/Å, for fluxes: Li=0.01,S=-0.02.")
  var gradient: String?

  @Option(help: "Seed of the bootstrap.")
  var seed: UInt32 = 1

  func validate() throws {
    guard currents != .displacements || method == .einstein else {
      throw ValidationError("--currents must be velocities or displacement-rates.")
    }
  }

  func run() throws {
    let settings = try Communicator.world.together { () throws -> OnsagerOptions in
      var settings = OnsagerOptions(temperature: temperature)
      settings.charges = try charges.map { try SpeciesValues($0, noun: "charge") }
      settings.gradients = try gradient.map { try SpeciesValues($0, noun: "gradient") }
      settings.reference = try ReferenceFrame(named: frame)
      settings.window = try fit.map { try FitWindow($0) }
      settings.range = try parseFrequencyRange(nyquist, perTerahertz: 1)
      (settings.method, settings.estimator, settings.currents) = (method, estimator, currents)
      (settings.integrateTo, settings.blockCount, settings.maximumLag) = (integrateTo, blocks, maxLag)
      (settings.seed, settings.memory) = (seed, options.memoryBytes)
      return settings
    }
    let report = try OnsagerAnalysis.run(try options.open(), settings, progress: options.progress("reading"))
    try options.finish(report)
  }
}

extension OnsagerMethod: ExpressibleByArgument {}
extension SlopeEstimator: ExpressibleByArgument {}
extension MotionQuantity: ExpressibleByArgument {}
