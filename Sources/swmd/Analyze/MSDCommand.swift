import Analysis
import ArgumentParser
import Communication
import Diagnostics

struct MSDCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "msd", abstract: "Mean-square displacements and self-diffusion coefficients, with error bars.",
    discussion: """
      swmd analyze msd run/trajectory.nc --frame com --skip 10
      swmd analyze msd run/trajectory.nc --fit 5:50 --estimator blocks

      Without --fit the line is fitted from where the displacement has become one to a tenth of the trajectory.
      """)

  @OptionGroup var options: AnalyzeOptions

  @Option(help: "What motion is measured against: raw, com, or an element (its mean position).")
  var frame = "raw"

  @Option(help: "The window of the fit, LO:HI in ps, both ends included.")
  var fit: String?

  @Option(help: "gls, gaussian, ols or blocks.")
  var estimator: DiffusionEstimator = .gls

  @Option(help: "The largest lag, ps (default: half the trajectory).")
  var maxLag: Double?

  @Option(help: "Into how many blocks the trajectory is cut for block averages.")
  var blocks = 5

  @Option(help: "K; kept with the results, for Arrhenius fits.")
  var temperature: Double?

  @Option(help: "Of a liquid, mPa·s: the correction for the finite size of its cell is given, which needs --temperature.")
  var viscosity: Double?

  @Option(help: "Charges of the elements, Li=1,S=-2: the Nernst–Einstein conductivity is given, which needs --temperature.")
  var charges: String?

  func run() throws {
    let world = Communicator.world
    let (analysis, ions) = try world.together {
      var analysis = SelfDiffusion.Options()
      analysis.reference = try ReferenceFrame(named: frame)
      analysis.window = try fit.map { try FitWindow($0) }
      (analysis.estimator, analysis.largestLag, analysis.blockCount) = (estimator, maxLag, blocks)
      analysis.memory = options.memoryBytes
      for (name, value) in [("--temperature", temperature), ("--viscosity", viscosity)] {
        guard value.map({ $0 > 0 && $0.isFinite }) ?? true else { throw Failure.input("\(name) must be above 0") }
      }
      guard (viscosity == nil && charges == nil) || temperature != nil else {
        throw Failure.input("--viscosity and --charges need the temperature", remedy: "give --temperature in K")
      }
      return (analysis, try charges.map { try SpeciesValues($0, noun: "charge") })
    }
    let trajectory = try options.open()
    let conditions = try world.together {
      try DiffusionConditions(temperature: temperature, viscosity: viscosity, charges: ions, of: trajectory)
    }
    let diffusion = try SelfDiffusion(of: trajectory, options: analysis, progress: options.progress("reading"))
    try options.finish(DiffusionReport(diffusion, of: trajectory, conditions: conditions))
  }
}

extension DiffusionEstimator: ExpressibleByArgument {}
