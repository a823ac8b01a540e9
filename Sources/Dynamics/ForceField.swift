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
  /// Whether grades are those of configurations.
  public let gradesConfigurations: Bool
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
  /// Whether the last `compute` gave grades, too: of atoms, or the one of the configuration.
  public private(set) var hasGrades = false
  /// The grade of the configuration as a whole, of the last `compute` that gave grades, the same on every rank; nil where
  /// grades are of atoms.
  public private(set) var configurationGrade: Double?
  /// Whether the last `compute` gave grades of atoms.
  public var hasAtomGrades: Bool { hasGrades && !gradesConfigurations }
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
    gradesConfigurations = potentials.contains { ($0 as? any ConfigurationGrading)?.gradesConfigurations ?? false }
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
    configurationGrade = nil
    for potential in potentials {
      guard withGrades, let grading = potential as? any ConfigurationGrading, grading.gradesConfigurations else {
        try timer.measure(.kernel) { try potential.evaluate(atoms, domain.neighbors, halo: domain, into: output) }
        continue
      }
      let rows = timer.measure(.kernel) { grading.evaluateWithRowSum(atoms, domain.neighbors, into: output) ?? [] }
      configurationGrade = max(configurationGrade ?? 0, grade(of: rows, by: grading))
    }
    virial = output.virial
    outOfRangeCount = output.outOfRangeCount
    hasEnergies = !onlyForces
    hasVirials = withVirials
    hasGrades = withGrades
    if returnsGhostForces { domain.returnForces() }
  }

  /// From this rank's sum of rows; infinite where one is not a number. Collective.
  private func grade(of rows: [Double], by potential: any ConfigurationGrading) -> Double {
    let sums = domain.communicator.sum(rows + [Double(domain.atoms.ownedCount)])
    guard let atomCount = sums.last, sums.allSatisfy(\.isFinite) else { return .infinity }
    return potential.configurationGrade(rowSum: sums.dropLast(), atomCount: Int(atomCount)) ?? .infinity
  }

  /// This rank's share of the potential energy, eV.
  public var potentialEnergy: Double {
    UnsafeBufferPointer(start: energies, count: domain.atoms.ownedCount).reduce(0, +)
  }
}
