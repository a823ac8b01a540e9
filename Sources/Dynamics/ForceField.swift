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
  /// This rank's share of W, eV, of the last `compute`.
  public private(set) var virial = Matrix3.zero

  /// This rank's atoms of the last `compute` that lie outside what a potential was made for.
  public private(set) var outOfRangeCount = 0

  /// Whether the last `compute` gave energies and virial, too.
  public private(set) var hasEnergies = false

  private let energyBuffer = PerAtomBuffer<Double>()
  private let gradeBuffer = PerAtomBuffer<Double>()
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
  /// - Parameter onlyForces: energies and virial are not wanted and may be left out; the forces are the same bits.
  public func compute(onlyForces: Bool = false, withGrades: Bool = false) throws {
    let atoms = domain.atoms
    energyBuffer.reserve(atoms.ownedCount)
    energyBuffer.clear(atoms.ownedCount)
    if withGrades {
      gradeBuffer.reserve(atoms.ownedCount)
      gradeBuffer.clear(atoms.ownedCount)
    }
    atoms.force.update(repeating: .zero, count: atoms.totalCount)
    let output = ForceOutput(
      forces: atoms.force, energies: energyBuffer.pointer, grades: withGrades ? gradeBuffer.pointer : nil)
    output.needsOnlyForces = onlyForces
    try timer.measure(.kernel) {
      for potential in potentials {
        try potential.evaluate(atoms, domain.neighbors, halo: domain, into: output)
      }
    }
    virial = output.virial
    outOfRangeCount = output.outOfRangeCount
    hasEnergies = !onlyForces
    if returnsGhostForces { domain.returnForces() }
  }

  /// This rank's share of the potential energy, eV.
  public var potentialEnergy: Double {
    UnsafeBufferPointer(start: energies, count: domain.atoms.ownedCount).reduce(0, +)
  }
}
