import Atomistics
import Diagnostics
import Foundation
import Numerics

/// Velocity autocorrelation functions of the species, their integrals and their spectra.
///
/// C(t) = ⟨v(0) · v(t)⟩ over atoms and origins of time; D = (1/3) ∫₀^∞ C dt; the density of vibrational states, per atom
/// normalized to one, g(f) = 4 ∫₀^∞ C(t)/C(0) cos(2πft) dt. J. M. Dickey and A. Paskin, Phys. Rev. 188, 1407 (1969).
public struct VelocityCorrelation: Sendable {
  public let trajectory: TrajectoryFacts
  public let frame: ReferenceFrame
  public let quantity: MotionQuantity
  public let species: [Element]
  public let counts: [Int]
  /// [species], amu.
  public let masses: [Double]
  /// ps.
  public let lags: [Double]
  /// [species][lags], Å²/ps².
  public let correlations: [[Double]]
  /// [species][lags], Å²/ps: D as the integral up to each lag, and standard errors.
  public let running, runningErrors: [[Double]]
  /// [species]: the last lag of D.
  public let ends: [Int]
  /// Å²/ps.
  public let diffusion: [Estimate]
  public let blockCount: Int
  /// THz.
  public let frequencies: [Double]
  /// [species][frequencies], 1/THz.
  public let densities: [[Double]]
  public let warnings: [String]

  public struct Options: Sendable {
    public var frame = ReferenceFrame.raw
    /// nil: velocities where the file has them.
    public var currents: MotionQuantity?
    /// ps; nil: a tenth of the trajectory.
    public var maximumLag: Double?
    /// ps; nil: where the correlation is lost in noise.
    public var integrateTo: Double?
    public var blockCount = 10
    public var memory = 1 << 30

    public init() {}
  }

  /// Collective.
  /// - Throws: `Failure.input`: no even times, lags that do not fit.
  public static func run(
    _ trajectory: Trajectory, _ options: Options, progress: (Double) -> Void = { _ in }
  ) throws -> VelocityCorrelation {
    let frames = trajectory.frameCount
    let (quantity, last) = try trajectory.communicator.together { () throws -> (MotionQuantity, Int) in
      let spacing = try trajectory.time.evenSpacing()
      let hasVelocities = try trajectory.frame(0, requiresPositions: false).velocities != nil
      let quantity = options.currents ?? (hasVelocities ? .velocities : .displacementRates)
      let longest = (frames - 1) / max(options.blockCount, 1)
      let wanted = options.maximumLag.map { ($0 / spacing).rounded() } ?? Double(longest - 1)
      guard options.blockCount >= 3, wanted >= 2, wanted < Double(longest) else {
        throw Failure.input(
          "lags up to \(wanted * spacing) ps do not fit into \(options.blockCount) blocks of "
            + "\(Double(longest) * spacing) ps",
          at: Place(file: trajectory.path),
          remedy: "give a smaller --max-lag, at least 3 and fewer --blocks, or a longer trajectory")
      }
      return (quantity, Int(wanted))
    }
    let count = frames - (quantity == .displacementRates ? 1 : 0)
    let motion = try trajectory.collectiveMotion(
      quantity, statistic: .correlations, in: options.frame,
      blocks: BlockAverage.ranges(of: count, count: options.blockCount), largestLags: (last, last),
      memory: options.memory, progress: progress)
    return VelocityCorrelation(trajectory, motion, options)
  }

  private init(_ trajectory: Trajectory, _ motion: CollectiveMotion, _ options: Options) {
    self.trajectory = TrajectoryFacts(trajectory)
    (frame, quantity, blockCount) = (options.frame, motion.quantity, options.blockCount)
    (species, counts, masses) = (motion.species, motion.counts, motion.masses)
    let spacing = motion.spacing
    let perAtom = motion.selfParts.map { zip($0, motion.counts).map { values, n in values.map { $0 / Double(n) } } }
    let integrals = perAtom.map { $0.map { runningIntegral($0, spacing: spacing).map { $0 / 3 } } }
    correlations = perAtom[0]
    running = integrals[0]
    lags = correlations[0].indices.map { Double($0) * spacing }
    runningErrors = species.indices.map { s in
      integrals[0][s].indices.map { lag in BlockAverage(integrals.dropFirst().map { $0[s][lag] }).standardError }
    }
    let last = lags.count - 1
    var warnings = motion.warning.map { [$0] } ?? []
    ends = species.indices.map { s in
      if let end = options.integrateTo { return min(last, max(1, Int((end / spacing).rounded()))) }
      return DefaultWindow.decay([perAtom[0][s]], frameCount: motion.frameCount * motion.counts[s]) ?? last
    }
    let factor = StudentT.quantile975(degreesOfFreedom: Double(options.blockCount - 1))
    diffusion = zip(species.indices, ends).map { [running, runningErrors] s, end in
      Estimate(value: running[s][end], standardError: runningErrors[s][end], halfWidth95: factor * runningErrors[s][end])
    }
    for (s, element) in species.enumerated() where ends[s] == last && options.integrateTo == nil {
      warnings.append(
        "the velocities of \(element.symbol) correlate over all lags: D has not converged; give a larger --max-lag")
    }
    self.warnings = warnings
    frequencies = (0...last).map { 0.5 * Double($0) / (Double(last) * spacing) }
    densities = correlations.map { Self.density($0, spacing: spacing) }
  }

  /// 4 ∫ C/C(0) cos dt by a cosine transform under a Hann window, which ends at the last lag.
  private static func density(_ correlation: [Double], spacing: Double) -> [Double] {
    let last = correlation.count - 1, transform = RealFourierTransform(length: 2 * last)
    for t in 0...last {
      let window = 0.5 * (1 + cos(.pi * Double(t) / Double(last)))
      let value = correlation[0] > 0 ? window * correlation[t] / correlation[0] : 0
      transform.real[t] = value
      if t > 0 { transform.real[2 * last - t] = value }
    }
    transform.forward()
    return (0...last).map { 2 * spacing * transform.spectrum[$0].x }
  }

  /// Of all atoms, weighted by their masses: the density of states of the system, 1/THz.
  public var totalDensity: [Double] {
    let weights = species.indices.map { Double(counts[$0]) * masses[$0] * correlations[$0][0] }
    let total = weights.reduce(0, +)
    return frequencies.indices.map { k in
      total > 0 ? zip(weights, densities).reduce(0) { $0 + $1.0 * $1.1[k] } / total : 0
    }
  }
}

/// ∫₀^t by the trapezoidal rule.
func runningIntegral(_ values: [Double], spacing: Double) -> [Double] {
  var sum = 0.0
  return values.indices.map { i in
    if i > 0 { sum += 0.5 * spacing * (values[i - 1] + values[i]) }
    return sum
  }
}
