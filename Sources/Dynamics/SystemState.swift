import Atomistics
import Decomposition
import Diagnostics
import Numerics

/// What moves: the atoms of this rank with their forces, and how far the run has come.
public final class SystemState {
  public let domain: Domain
  public let forceField: ForceField
  public let kinds: [AtomKind]
  /// Number of atoms over all ranks.
  public let atomCount: Int
  /// Steps since the run began, over all stages.
  public var step = 0
  /// fs since the run began; minimizers do not count.
  public var time = 0.0
  /// Act on the atoms besides the potentials, as long as a stage has them.
  public internal(set) var externalForces: [any ExternalForce] = []
  /// This rank's share of their energy, eV, of the last evaluation.
  public private(set) var externalEnergy = 0.0

  let timer: PhaseTimer

  public init(domain: Domain, forceField: ForceField, kinds: [AtomKind], atomCount: Int, timer: PhaseTimer) {
    self.domain = domain
    self.forceField = forceField
    self.kinds = kinds
    self.atomCount = atomCount
    self.timer = timer
  }

  /// After the positions changed: brings ghosts and, where an atom has moved too far, the neighbor list up to date.
  /// - Parameter flag: any rank's wish to be heard (a signal); the same reduction carries it.
  /// - Returns: whether any rank raised its flag.
  @discardableResult
  func followPositions(flag: Bool = false) throws -> Bool {
    let decision = domain.needsRebuild(flag: flag)
    if decision.rebuild {
      try domain.rebuild()
    } else {
      domain.updateGhosts()
    }
    return decision.flag
  }

  /// Forces of the potentials and of all that acts from outside. Collective.
  /// - Parameters: as those of `ForceField.compute`.
  public func computeForces(onlyForces: Bool = false, withGrades: Bool = false, withVirials: Bool = false) throws {
    try forceField.compute(onlyForces: onlyForces, withGrades: withGrades, withVirials: withVirials)
    externalEnergy = externalForces.reduce(0) { $0 + $1.add(to: domain.atoms, cell: domain.cell) }
  }

  /// The largest force on any atom, eV/Å. Collective.
  public func largestForce() -> Double {
    let atoms = domain.atoms
    var largest = 0.0
    for i in 0..<atoms.ownedCount {
      let f = atoms.force[i]
      largest = max(largest, (f * f).sum())
    }
    return domain.communicator.max(largest).squareRoot()
  }

  /// amu, of each kind.
  var masses: [Double] { kinds.map(\.mass) }

  /// amu, of all atoms on all ranks. Collective when it is first asked for: atoms come and go between ranks, not otherwise.
  ///
  /// From the numbers of atoms, so that it has the same bits however the atoms are ordered.
  private(set) lazy var totalMass: Double = {
    let atoms = domain.atoms
    var counts = [Int64](repeating: 0, count: kinds.count)
    for i in 0..<atoms.ownedCount { counts[Int(atoms.kind[i])] += 1 }
    return zip(domain.communicator.sum(counts), masses).reduce(0) { $0 + Double($1.0) * $1.1 }
  }()
}
