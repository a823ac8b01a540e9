import Atomistics
import Communication
import Decomposition
import Diagnostics
import Numerics
import PotentialKit

extension Domain: HaloExchange {}

/// The potentials of a run, added up over the atoms of one domain.
public final class ForceField {
  public let domain: Domain
  public let potentials: [any Potential]
  /// Per owned atom, eV, of the last `compute`.
  public var energies: UnsafeMutablePointer<Double> { energyBuffer.pointer }
  /// Per owned atom, of the last `compute` that asked for them.
  public var grades: UnsafeMutablePointer<Double> { gradeBuffer.pointer }
  /// Per owned atom W_i, [owned][9] row by row, eV, of the last `compute` that gave them (see `ForceOutput.virials`).
  public var virials: UnsafeMutablePointer<Double> { virialBuffer.pointer }
  /// This rank's share of W, eV, of the last `compute`.
  public private(set) var virial = Matrix3.zero

  /// This rank's atoms of the last `compute` that lie outside what a potential was made for.
  public private(set) var outOfRangeCount = 0

  /// Whether the last `compute` gave energies and virial, too.
  public private(set) var hasEnergies = false
  /// Whether the last `compute` gave per-atom virials, too.
  public private(set) var hasVirials = false
  /// Whether the last `compute` gave grades, too.
  public private(set) var hasGrades = false
  /// Whether every `compute` shall give per-atom virials, whoever calls it: set before a step after which they are read.
  public var wantsVirials = false
  /// Likewise for grades.
  public var wantsGrades = false

  private let energyBuffer = PerAtomBuffer<Double>()
  private let gradeBuffer = PerAtomBuffer<Double>()
  private let virialBuffer = PerAtomBuffer<Double>()
  private let timer: PhaseTimer
  private let returnsGhostForces: Bool

  public init(domain: Domain, potentials: [any Potential], timer: PhaseTimer) {
    self.domain = domain
    self.potentials = potentials
    self.timer = timer
    returnsGhostForces = potentials.contains { $0.addsForcesToGhosts }
  }

  /// Forces of all owned atoms, complete; energies and virial of this rank's share. Collective.
  ///
  /// - Parameters:
  ///   - onlyForces: energies and virial are not wanted and may be left out; the forces are the same bits.
  ///   - withVirials: per-atom virials are wanted; all else is the same bits. Potentials that have none add none.
  public func compute(onlyForces: Bool = false, withGrades: Bool = false, withVirials: Bool = false) throws {
    let atoms = domain.atoms, withVirials = withVirials || wantsVirials, withGrades = withGrades || wantsGrades
    energyBuffer.reserve(atoms.ownedCount)
    energyBuffer.clear(atoms.ownedCount)
    if withGrades {
      gradeBuffer.reserve(atoms.ownedCount)
      gradeBuffer.clear(atoms.ownedCount)
    }
    if withVirials {
      virialBuffer.reserve(9 * atoms.ownedCount)
      virialBuffer.clear(9 * atoms.ownedCount)
    }
    atoms.force.update(repeating: .zero, count: atoms.totalCount)
    let output = ForceOutput(
      forces: atoms.force, energies: energyBuffer.pointer, grades: withGrades ? gradeBuffer.pointer : nil,
      virials: withVirials ? virialBuffer.pointer : nil)
    output.needsOnlyForces = onlyForces
    try timer.measure(.kernel) {
      for potential in potentials {
        try potential.evaluate(atoms, domain.neighbors, halo: domain, into: output)
      }
    }
    virial = output.virial
    outOfRangeCount = output.outOfRangeCount
    hasEnergies = !onlyForces
    hasVirials = withVirials
    hasGrades = withGrades
    if returnsGhostForces { domain.returnForces() }
  }

  /// This rank's share of the potential energy, eV.
  public var potentialEnergy: Double {
    UnsafeBufferPointer(start: energies, count: domain.atoms.ownedCount).reduce(0, +)
  }
}
