import Atomistics
import Communication
import Diagnostics
import Numerics

/// Net flux of each species through planes across an axis of the cell:
///
///     J = Σ_atoms (k_{t+1} − k_t) / (A Δt),   k_t = ⌊(u_t − z_0)/L⌋
///
/// with u the unwrapped coordinate along the cell's normal, L the cell's height and A its area (1/(Å² ps), positive along
/// the axis); the error is that of independent crossings, √(up + down)/(A Δt). The planes move with the cell where it
/// changes, and with the reference frame where one is chosen.
public struct FluxAnalysis: Sendable {
  /// 0 to 2: the normal is that of the faces which a, b or c pierces.
  public var axis: Int
  /// Å along the normal, in the first frame.
  public var planes: [Double]
  /// Steps between frames that are counted together at `planes`.
  public var block = 1
  /// Planes of the profile, at the middles of as many slices; 0: no profile.
  public var profilePlanes = 0
  /// Steps between frames that are counted together in the profile; nil: so many that there are about 50 intervals.
  public var profileBlock: Int?
  public var reference = ReferenceFrame.raw

  public init(axis: Int, planes: [Double]) { (self.axis, self.planes) = (axis, planes) }

  /// Collective. Each rank reads a stretch of the frames, which overlaps with the next by one; nothing else is kept.
  /// - Throws: `Failure.input`: one frame, uneven times, no cell, blocks longer than the trajectory.
  public func run(_ trajectory: Trajectory, progress: (Double) -> Void = { _ in }) throws -> FluxReport {
    let world = trajectory.communicator
    let setup = try world.together { try Setup(self, trajectory) }
    let counters = setup.counters
    let drift = try drift(of: trajectory, progress)
    var largestStep = 0.0, area = 0.0
    try world.together {
      var walk = AxisWalk(axis: axis)
      try forEachOwnFrame(of: trajectory, progress) { number, frame, isFirst in
        walk.advance(to: frame)
        if let drift { walk.shift(by: drift[number]) }
        if isFirst {
          for counter in counters { counter.start(at: walk.places) }
        } else {
          for counter in counters { counter.move(to: walk.places, step: number - 1) }
        }
        // A frame that two ranks read counts on the one where it is not the first.
        if !isFirst || number == 0 { area += frame.cell.volume / frame.cell.heights[axis] }
      }
      largestStep = walk.largestStep
    }
    for counter in counters { counter.combine { world.sum($0) } }
    var summary = SeriesSummary()
    summary.largestStep = world.max(largestStep)
    return FluxReport(
      self, setup, trajectory, area: world.sum(area) / Double(trajectory.frameCount), warning: summary.warning)
  }

  /// Local.
  private func forEachOwnFrame(
    of trajectory: Trajectory, _ progress: (Double) -> Void, _ body: (Int, Configuration, Bool) throws -> Void
  ) throws {
    let world = trajectory.communicator, steps = Trajectory.share(of: trajectory.frameCount - 1, world.rank, world.size)
    guard !steps.isEmpty else { return }
    for number in steps.lowerBound...steps.upperBound {
      try body(number, try trajectory.frame(number), number == steps.lowerBound)
      progress(Double(number - steps.lowerBound) / Double(steps.count))
    }
  }

  /// By what part of the cell the reference frame has moved since the first frame: [frames]; nil for the cell itself.
  private func drift(of trajectory: Trajectory, _ progress: (Double) -> Void) throws -> [Double]? {
    let world = trajectory.communicator
    guard let weights = try world.together({ try reference.weights(of: trajectory) }) else { return nil }
    var steps = [Double](repeating: 0, count: trajectory.frameCount)
    try world.together {
      var walk = AxisWalk(axis: axis), last = 0.0
      try forEachOwnFrame(of: trajectory, progress) { number, frame, isFirst in
        walk.advance(to: frame)
        let place = zip(weights, walk.places).reduce(0) { $0 + $1.0 * $1.1 }
        if !isFirst { steps[number] = place - last }
        last = place
      }
    }
    steps = world.sum(steps)
    for number in steps.indices.dropFirst() { steps[number] += steps[number - 1] }
    return steps
  }

  /// What is known before the atoms are read.
  struct Setup {
    /// Å, of the first frame.
    let height: Double
    /// Of the planes in the order of `order`, then of the profile where there is one.
    let counters: [PlaneCrossings]
    /// The places of `planes` among the ascending ones that are counted.
    let order: [Int]
    let profileBlock: Int
    /// ps; nil where the file does not say its times: crossings are counted all the same.
    let spacing: Double?

    init(_ analysis: FluxAnalysis, _ trajectory: Trajectory) throws {
      let isTimeless = trajectory.time.times.isEmpty && trajectory.frameCount > 1
      spacing = isTimeless ? nil : try trajectory.time.evenSpacing()
      let cell = try trajectory.frame(0).cell, steps = trajectory.frameCount - 1
      guard cell.vectors.determinant != 0 else {
        throw Failure.input("a flux is per area, but the trajectory has no cell", at: Place(file: trajectory.path))
      }
      guard (1...steps).contains(analysis.block), (1...steps).contains(analysis.profileBlock ?? 1) else {
        throw Failure.input("--block must be from 1 to \(steps), the number of steps between frames")
      }
      guard !analysis.planes.isEmpty || analysis.profilePlanes > 0 else {
        throw Failure.input("there is no plane to count at", remedy: "give --plane Z, --planes N, or both")
      }
      let height = cell.heights[analysis.axis], isPeriodic = cell.periodic[analysis.axis]
      self.height = height
      let fractions = analysis.planes.map { place -> Double in
        let part = place / height
        return isPeriodic ? part - part.rounded(.down) : part
      }
      let ascending = fractions.indices.sorted { (fractions[$0], $0) < (fractions[$1], $1) }
      order = fractions.indices.map { ascending.firstIndex(of: $0) ?? 0 }
      profileBlock = analysis.profileBlock ?? max(1, steps / 50)
      func counter(_ planes: [Double], block: Int) -> PlaneCrossings {
        PlaneCrossings(
          planes: planes, isPeriodic: isPeriodic, stepCount: steps, blockLength: block, species: trajectory.kinds,
          speciesCount: trajectory.species.count)
      }
      let slices = analysis.profilePlanes, middles = (0..<slices).map { (Double($0) + 0.5) / Double(slices) }
      counters = [(ascending.map { fractions[$0] }, analysis.block), (middles, profileBlock)]
        .filter { !$0.0.isEmpty }.map { counter($0.0, block: $0.1) }
    }
  }
}
