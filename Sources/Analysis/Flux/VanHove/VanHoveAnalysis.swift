import Atomistics
import Communication
import Diagnostics

/// Self and distinct van Hove functions at some lags.
public struct VanHoveAnalysis: Sendable {
  /// Self parts; empty: all species.
  public var species: [Element] = []
  /// Distinct parts.
  public var pairs: [SpeciesPair] = []
  /// ps.
  public var lags: [Double]
  /// Å.
  public var rMax = 8.0
  public var binCount = 160
  /// Time origins of the distinct parts, at most.
  public var originCount = 100
  /// For the self parts; distinct parts are in the cell's frame.
  public var reference = ReferenceFrame.raw
  public var memory = 1 << 30

  public init(lags: [Double]) { self.lags = lags }

  /// Collective.
  /// - Throws: `Failure.input`: no even times, lags that are not in the trajectory, elements that are absent.
  public func run(_ trajectory: Trajectory, progress: (Double) -> Void = { _ in }) throws -> VanHoveReport {
    let world = trajectory.communicator
    let (spacing, steps, members) = try world.together {
      let spacing = try trajectory.time.evenSpacing()
      let species = species.isEmpty ? trajectory.species : species
      return (
        spacing, try lagSteps(trajectory, spacing), try species.map { try trajectory.atoms(of: $0) }
      )
    }
    let width = rMax / Double(binCount)
    var parts = members.map { SelfVanHove(lags: steps, binCount: binCount, binWidth: width, atomCount: $0.count) }
    // The place of each atom's species among those asked for, and of the atom in its species.
    var places = [(part: Int, member: Int)?](repeating: nil, count: trajectory.atomCount)
    for (part, atoms) in members.enumerated() {
      for (member, atom) in atoms.enumerated() { places[atom] = (part, member) }
    }
    let summary = try trajectory.forEachSeries(
      of: .displacements, in: reference, memory: memory, progress: progress
    ) { batch in
      for atom in batch.atoms {
        if let place = places[atom] { parts[place.part].add(atom, member: place.member, of: batch) }
      }
    }
    for part in parts.indices { parts[part].combine(over: world) }
    let selfParts = members.indices.map { (trajectory.elements[members[$0][0]], parts[$0].results(spacing: spacing)) }
    return VanHoveReport(
      self, trajectory, lags: steps.map { Double($0) * spacing }, selfParts: selfParts,
      distinct: try distinctParts(trajectory, steps, progress), warning: summary.warning)
  }

  private func distinctParts(
    _ trajectory: Trajectory, _ steps: [Int], _ progress: (Double) -> Void
  ) throws -> [(SpeciesPair, [DistinctDensity])] {
    guard !pairs.isEmpty else { return [] }
    var distinct = try trajectory.communicator.together {
      try DistinctVanHove(
        pairs, lags: steps, radius: rMax, binCount: binCount, originCount: originCount, trajectory: trajectory)
    }
    try distinct.run(trajectory, progress: progress)
    return pairs.indices.map { (pairs[$0], distinct.result($0)) }
  }

  /// Ascending.
  private func lagSteps(_ trajectory: Trajectory, _ spacing: Double) throws -> [Int] {
    guard rMax > 0, rMax.isFinite, (1...1_000_000).contains(binCount), originCount > 0, !lags.isEmpty else {
      throw Failure.input("--rmax, --bins, --origins and --lags must be above 0")
    }
    let longest = Double(trajectory.frameCount - 1) * spacing
    let steps = try lags.map { lag -> Int in
      guard lag > 0, lag <= longest * (1 + 1e-9), lag >= 0.5 * spacing else {
        throw Failure.input(
          "the lag of \(lag) ps is not within the trajectory", at: Place(file: trajectory.path),
          remedy: "give lags from \(spacing) to \(longest) ps")
      }
      return Int((lag / spacing).rounded())
    }
    return Array(Set(steps)).sorted()
  }
}
