import Atomistics
import Diagnostics
import Numerics

/// The matrix of Onsager coefficients of a trajectory's species, with its errors.
///
/// Flux law J_i = −Σ_j L_ij ∇μ_j; L_ij = (1/(6 k_B T V)) lim d/dt ⟨ΔR_i(t) · ΔR_j(t)⟩ over collective displacements
/// R_i = Σ_{α∈i} r_α, or the integrals of the currents' correlations, or the currents' spectra at zero frequency.
/// Source: K. D. Fong, H. K. Bergstrom, B. D. McCloskey and K. K. Mandadapu, AIChE J. 66, e17091 (2020).
public struct OnsagerAnalysis {
  let trajectory: Trajectory
  let options: OnsagerOptions
  let spacing: Double
  let charges: [Double]?
  let gradients: [Double]?
  let quantity: MotionQuantity
  /// Frames of the series.
  let frameCount: Int

  /// Checks the options. Collective.
  /// - Throws: `Failure.input`: temperature, species, times.
  init(_ trajectory: Trajectory, _ options: OnsagerOptions) throws {
    (self.trajectory, self.options) = (trajectory, options)
    let species = trajectory.species, path = trajectory.path
    let method = options.method, wanted = options.currents
    (spacing, charges, gradients, quantity) = try trajectory.communicator.together {
      guard options.temperature > 0, options.temperature.isFinite else {
        throw Failure.input("the temperature must be above 0 K", remedy: "give --temperature in K")
      }
      let charges = try options.charges?.inOrder(of: species, in: path)
      let gradients = try options.gradients?.inOrder(of: species, missing: 0, in: path)
      let spacing = try trajectory.time.evenSpacing()
      let first = try trajectory.frame(0, requiresPositions: false)
      let currents = wanted ?? (first.velocities == nil ? .displacementRates : .velocities)
      let quantity = method == .einstein ? MotionQuantity.displacements : currents
      return (spacing, charges, gradients, quantity)
    }
    frameCount = trajectory.frameCount - (quantity == .displacementRates ? 1 : 0)
  }

  /// Collective.
  /// - Throws: `Failure.input`: windows that do not fit the trajectory, and what `Trajectory.forEachSeries` throws.
  public static func run(
    _ trajectory: Trajectory, _ options: OnsagerOptions, progress: (Double) -> Void = { _ in }
  ) throws -> OnsagerReport {
    let analysis = try OnsagerAnalysis(trajectory, options)
    switch options.method {
    case .einstein, .greenKubo: return try analysis.byLags(progress)
    case .cepstral: return try analysis.bySpectra(progress)
    }
  }

  func motion(
    _ statistic: MotionStatistic, blocks: [Range<Int>], largestLags: (whole: Int, blocks: Int),
    _ progress: (Double) -> Void
  ) throws -> CollectiveMotion {
    try trajectory.collectiveMotion(
      quantity, statistic: statistic, in: options.reference, blocks: blocks, largestLags: largestLags,
      memory: options.memory, progress: progress)
  }

  /// Contiguous blocks that are long enough for lags up to `last`.
  func blocks(lastLag last: Int) throws -> [Range<Int>] {
    let isUsual = options.method != .einstein || options.estimator != .blocks
    let standard = isUsual ? min(20, max(5, frameCount / (5 * max(last, 1)))) : 5
    let count = options.blockCount ?? standard
    guard count >= 3 else { throw Failure.input("--blocks must be at least 3", remedy: "5 to 20 are usual") }
    let length = frameCount / count
    guard length >= 2 * last, length >= 4 else {
      throw Failure.input(
        "\(count) blocks of \(Double(length) * spacing) ps are too short for lags up to \(Double(last) * spacing) ps",
        at: Place(file: trajectory.path),
        remedy: "end the window earlier, use fewer --blocks (now \(count)), or analyze a longer trajectory")
    }
    return BlockAverage.ranges(of: frameCount, count: count)
  }

  var thermalEnergy: Double { Units.boltzmann * options.temperature }
}
