import Atomistics
import Communication
import Decomposition
import Diagnostics
import Dynamics
import Mechanics
import Numerics
import PotentialKit

/// One crystal and its potentials, as `Mechanics` asks for them: every rank holds the configuration, all of them compute.
public final class EngineModel: MechanicalModel {
  /// The crystal as it was read, atoms in the file's order, the same on every rank.
  public let reference: Configuration
  /// eV/Å: where the largest force is below it, the atoms are relaxed.
  public var forceTolerance = 1e-7
  public var maximumSteps = 20_000

  private let potentials: [any Potential]
  private let kinds: [AtomKind]
  private let communicator: Communicator
  private let timer = PhaseTimer()
  /// Å: atoms that relax move little.
  private static let skin = 0.3

  /// Reads the crystal, which root alone does, and binds the potentials. Collective.
  /// - Throws: `Failure.input`, on every rank the same, also where the crystal is not periodic in all directions.
  public init(_ source: ModelSource, communicator: Communicator = .world) throws {
    self.communicator = communicator
    let input = try communicator.together { try source.loadInput() }
    let initial = try InitialSystem(communicator: communicator) {
      var frame = try source.readFrame(input)
      frame.ids = nil
      frame.velocities = nil
      return frame
    }
    guard initial.cell.isFullyPeriodic else {
      throw Failure.input(
        "the structure is not periodic in all directions", at: Place(file: source.structurePath(input)),
        remedy: "strain and volume mean something for crystals only: give a cell that is periodic along a, b and c")
    }
    kinds = initial.kinds
    let index = communicator.broadcast(initial.records.map { Int($0.kind) })
    var frame = Configuration(
      cell: initial.cell, elements: index.map { initial.kinds[$0].element },
      positions: communicator.broadcast(initial.records.map(\.position)))
    let masses = index.map { initial.kinds[$0].mass }
    if zip(masses, frame.elements).contains(where: { $0 != $1.mass }) { frame.masses = masses }
    reference = frame
    potentials = try communicator.together { [kinds] in try source.makePotentials(input, kinds: kinds) }
  }

  /// "Li16 S8": the number of atoms of each element.
  public var composition: String {
    Set(reference.elements).sorted().map { element in
      "\(element)\(reference.elements.count { $0 == element })"
    }.joined(separator: " ")
  }

  /// Collective.
  public func evaluate(_ configuration: Configuration) throws -> Response {
    let system = try makeSystem(configuration)
    let sums = communicator.sum([system.forceField.potentialEnergy] + system.forceField.virial.elements)
    guard sums.allSatisfy(\.isFinite) else { throw Self.notFinite }
    return Response(energy: sums[0], virial: Matrix3(elements: Array(sums[1...])))
  }

  /// Collective. Where the atoms do not come to rest within `maximumSteps` it throws `Failure.runtime`.
  public func relaxingAtoms(of configuration: Configuration) throws -> Configuration {
    let system = try makeSystem(configuration)
    let minimizer = try LBFGSMinimizer(
      system, options: MinimizerOptions(forceTolerance: forceTolerance, maximumSteps: maximumSteps))
    try minimizer.begin()
    var ending = try minimizer.ending()
    while ending == nil {
      _ = try minimizer.advance(flag: false, onlyForces: false)
      ending = try minimizer.ending()
    }
    let force = system.largestForce()
    guard force.isFinite else { throw Self.notFinite }
    // Where rounding ends the search a little above the tolerance, nothing better is to be had.
    guard force <= 10 * forceTolerance else {
      throw Failure.runtime(
        "the atoms do not come to rest: \(ending ?? "")",
        remedy: "allow larger forces with --force-tolerance, or relax the structure beforehand")
    }
    var relaxed = configuration
    relaxed.positions = communicator.broadcast(FrameGatherer(system: system).configuration(.init())?.positions ?? [])
    return relaxed
  }

  private static let notFinite = Failure.runtime(
    "the potential gives an energy or a force that is not finite",
    remedy: "check the structure for atoms that are too close")

  /// The atoms over the ranks, with their forces.
  private func makeSystem(_ configuration: Configuration) throws -> SystemState {
    let initial = try InitialSystem(communicator: communicator) {
      try configuration.cell.validate()
      return configuration
    }
    let domain = Domain(
      cell: initial.cell, kindCount: kinds.count, cutoff: potentials.map(\.cutoff).max() ?? 0, skin: Self.skin,
      communicator: communicator)
    try domain.load(initial.records, cuts: nil, isRestart: false)
    let system = SystemState(
      domain: domain, forceField: ForceField(domain: domain, potentials: potentials, timer: timer), kinds: kinds,
      atomCount: initial.atomCount, timer: timer)
    try system.forceField.compute()
    return system
  }
}
