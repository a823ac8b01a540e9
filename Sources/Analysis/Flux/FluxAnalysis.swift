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
  /// Bytes that a rank may use for histories.
  public var memory = 1 << 30

  public init(axis: Int, planes: [Double]) { (self.axis, self.planes) = (axis, planes) }

  /// Collective.
  /// - Throws: `Failure.input`: no even times, no cell, blocks longer than the trajectory.
  public func run(_ trajectory: Trajectory, progress: (Double) -> Void = { _ in }) throws -> FluxReport {
    let world = trajectory.communicator
    let setup = try world.together { try Setup(self, trajectory) }
    var counts = trajectory.species.map { _ in setup.counts }
    let species = trajectory.elements.map { element in trajectory.species.firstIndex(of: element) ?? 0 }
    let summary = try trajectory.forEachSeries(
      of: .coordinates, in: reference, memory: memory, progress: progress
    ) { batch in
      for atom in batch.atoms {
        let series = UnsafePointer(batch.series(atom: atom, axis: axis))
        for place in counts[species[atom]].indices {
          counts[species[atom]][place].add(series, frameCount: batch.frameCount)
        }
      }
    }
    for element in counts.indices {
      for place in counts[element].indices { counts[element][place].combine { world.sum($0) } }
    }
    return FluxReport(self, setup, trajectory, counts, summary)
  }

  /// What is known before the atoms are read.
  struct Setup {
    /// Å, of the first frame.
    let height: Double
    /// Of the planes in the order of `order`, then of the profile where there is one; nothing counted yet.
    let counts: [PlaneCrossings]
    /// The places of `planes` among the ascending ones that are counted.
    let order: [Int]
    let profileBlock: Int
    /// ps
    let spacing: Double

    init(_ analysis: FluxAnalysis, _ trajectory: Trajectory) throws {
      spacing = try trajectory.time.evenSpacing()
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
      var counts: [PlaneCrossings] = []
      if !ascending.isEmpty {
        counts.append(
          PlaneCrossings(
            planes: ascending.map { fractions[$0] }, isPeriodic: isPeriodic, stepCount: steps, blockLength: analysis.block))
      }
      if analysis.profilePlanes > 0 {
        let middles = (0..<analysis.profilePlanes).map { (Double($0) + 0.5) / Double(analysis.profilePlanes) }
        counts.append(
          PlaneCrossings(planes: middles, isPeriodic: isPeriodic, stepCount: steps, blockLength: profileBlock))
      }
      self.counts = counts
    }
  }
}
