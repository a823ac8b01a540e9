import Atomistics
import Decomposition
import Numerics

/// A group of atoms at one instant.
public struct GroupMeasurement: Equatable, Sendable {
  public var sums: AtomSums
  /// The cell's volume, Å³, to which densities refer, so that those of groups add up; nil where a lattice vector is missing.
  public var cellVolume: Double?
  /// The group's share of the cell's volume by number of atoms, V N_group/N, Å³, to which its stress refers.
  public var volume: Double?

  /// Collective; one reduction.
  ///
  /// - Parameters:
  ///   - group: which atoms.
  ///   - degreesOfFreedom: nil: three an atom.
  ///   - volume: Å³, for the stress; nil: the group's share of the cell by number of atoms.
  ///   - withStress: whether the virial counts to `sums.stressVolume`: of all atoms it always can, of a group only where the
  ///     last evaluation of the forces gave per-atom virials.
  ///   - atRest: velocities are left out: they wait for dynamics while a minimizer moves the atoms.
  public init(
    of system: SystemState, group: GroupSelection = .all, degreesOfFreedom: Int? = nil, volume: Double? = nil,
    withStress: Bool = true, atRest: Bool = false
  ) {
    let cell = system.domain.cell
    let virial = !withStress ? AtomSums.Virial.none : group == .all ? .total : .perAtom
    sums = AtomSums.measure(system, .init(group: group, atRest: atRest, virial: virial))[0]
    if let degreesOfFreedom { sums.degreesOfFreedom = Double(degreesOfFreedom) }
    cellVolume = cell.volume > 0 ? cell.volume : nil
    self.volume = volume ?? cellVolume.flatMap { sums.count > 0 ? $0 * sums.count / Double(system.atomCount) : nil }
  }

  /// σ in bar, positive under compression; nil without a volume.
  public var stress: Matrix3? { volume.map { sums.stress(in: $0) } }
  /// bar; nil without a volume.
  public var pressure: Double? { stress.map { $0.trace / 3 } }
  /// The group's mass over the cell's volume, g/cm³; nil without a volume.
  public var density: Double? { cellVolume.map { sums.density(in: $0) } }
  /// The group's atoms over the cell's volume, 1/Å³; nil without a volume.
  public var numberDensity: Double? { cellVolume.map { sums.count / $0 } }
}
