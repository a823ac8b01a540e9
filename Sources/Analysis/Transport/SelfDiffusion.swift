import Atomistics
import Communication
import Diagnostics
import Foundation

/// Mean-square displacement and self-diffusion coefficient of each species.
///
/// ⟨|u(t+m) − u(t)|²⟩ over all windows of the trajectory and all atoms of a species = 6 D t + b at long times.
/// A. Einstein, Ann. Phys. 322, 549 (1905).
public struct SelfDiffusion {
  public struct Options: Sendable {
    public var reference = ReferenceFrame.raw
    /// nil: from where the displacement is a straight line to a tenth of the trajectory, for each species.
    public var window: FitWindow?
    public var estimator = DiffusionEstimator.gls
    /// ps; nil: half the trajectory.
    public var largestLag: Double?
    public var blockCount = 5
    /// Bytes a rank may use for the atoms' histories.
    public var memory = 1 << 30

    public init() {}
  }

  /// Lags of the fits by generalized least squares, at most.
  static let pointCount = 60

  /// ps, from 0.
  public let lags: [Double]
  public let species: [SpeciesDiffusion]
  public let options: Options
  /// Å³.
  public let meanVolume: Double
  /// What the user should know of the trajectory.
  public let warnings: [String]

  /// Collective.
  /// - Throws: `Failure.input`: one frame, no even times, an absent species, a window that the trajectory does not have.
  public init(of trajectory: Trajectory, options: Options, progress: (Double) -> Void = { _ in }) throws {
    self.options = options
    let plan = try LagPlan(trajectory, options)
    let communicator = trajectory.communicator
    let correlator = LagCorrelator(frameCount: trajectory.frameCount, largestLag: plan.largest)
    let motions = trajectory.species.map { element in
      SpeciesMotion(
        element, correlator: correlator, lags: plan.momentLags, blockCount: options.blockCount, testLag: plan.testLag)
    }
    let owner = trajectory.kinds
    let summary = try trajectory.forEachSeries(
      of: .displacements, in: options.reference, memory: options.memory, progress: progress
    ) { batch in
      for atom in batch.atoms { motions[owner[atom]].add(batch, atom: atom) }
    }
    motions.forEach { $0.combine(over: communicator) }
    lags = (0...plan.largest).map { Double($0) * plan.spacing }
    species = try communicator.together { try motions.map { try SpeciesDiffusion($0, plan, options) } }
    meanVolume = summary.meanVolume
    warnings = summary.warning.map { [$0] } ?? []
  }
}

/// Which lags are looked at, in frames.
struct LagPlan {
  /// ps.
  let spacing: Double
  let largest: Int
  /// Where moments are summed.
  let momentLags: [Int]
  /// As the user gave it.
  let window: ClosedRange<Int>?
  /// The end of a window that is found.
  let end: Int
  /// Short enough for many independent windows.
  let testLag: Int

  init(_ trajectory: Trajectory, _ options: SelfDiffusion.Options) throws {
    spacing = try trajectory.time.evenSpacing()
    let count = trajectory.frameCount, place = Place(file: trajectory.path)
    guard count >= 10 else {
      throw Failure.input(
        "there are \(count) frames, and a diffusion coefficient needs 10 at least", at: place,
        remedy: "write frames more often, or run longer")
    }
    guard options.blockCount >= 2, options.blockCount <= count / 4 else {
      throw Failure.input("\(options.blockCount) blocks are not possible", remedy: "use from 2 to \(count / 4), such as 5")
    }
    if let asked = options.largestLag {
      guard asked.isFinite, asked >= 3 * spacing * (1 - 1e-6), asked <= Double(count - 1) * spacing * (1 + 1e-6) else {
        throw Failure.input(
          "the largest lag must be from \(formatted(3 * spacing)) to \(formatted(Double(count - 1) * spacing)) ps", at: place,
          remedy: "leave out --max-lag: half the trajectory is the default")
      }
      largest = min(count - 1, Int((asked / spacing + 1e-6).rounded(.down)))
    } else {
      largest = count / 2
    }
    end = min(largest, max(4, count / 10))
    if let given = options.window {
      let lags = try given.lags(spacing: spacing, largest: largest)
      window = lags
      momentLags = FitWindow.thinned(lags, to: SelfDiffusion.pointCount)
      testLag = min(lags.lowerBound, max(1, count / 100))
    } else {
      window = nil
      momentLags = DiffusiveRegime.logarithmic(1...end, count: SelfDiffusion.pointCount, ratio: 1)
      testLag = max(1, count / 100)
    }
  }
}
