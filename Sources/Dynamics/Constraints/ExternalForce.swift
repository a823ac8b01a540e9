import Atomistics
import Decomposition
import Numerics

/// Forces from outside the system: walls, constant forces. They have an energy, so that it can be seen to be conserved.
public protocol ExternalForce: Sendable {
  /// Adds the forces on this rank's owned atoms and returns their energy, eV. Local.
  func add(to atoms: AtomStore, cell: Cell) -> Double
}

/// The same force on each atom of a group; energy −F · r of the unwrapped positions.
public struct ConstantForce: ExternalForce {
  public var selection: GroupSelection
  /// eV/Å.
  public var force: Vector3

  public init(selection: GroupSelection, force: Vector3) {
    self.selection = selection
    self.force = force
  }

  public func add(to atoms: AtomStore, cell: Cell) -> Double {
    let lanes = SIMD4(force, 0)
    // An image's shift adds −F · (n h): the vector of these products, once.
    let perImage = SIMD4(force.dot(cell.vectors[0]), force.dot(cell.vectors[1]), force.dot(cell.vectors[2]), 0)
    var energy = 0.0
    for i in 0..<atoms.ownedCount where selection.contains(atoms.groups[i]) {
      atoms.force[i] += lanes
      energy -= (lanes * atoms.position[i]).sum() + (perImage * SIMD4<Double>(atoms.image[i])).sum()
    }
    return energy
  }
}

/// A plane that atoms cannot pass: the force depends on an atom's distance d from it, on its inner side.
///
///     harmonic: E = ½ k d² for d < 0: an atom that is behind the plane is pulled back
///     lj93:     E = ε [2/15 (σ/d)^9 − (σ/d)^3] − E(r_c) for d < r_c (E. Schrödinger's integral over a half space of
///               Lennard-Jones atoms: W. A. Steele, Surf. Sci. 36, 317 (1973), doi:10.1016/0039-6028(73)90264-1)
public struct Wall: ExternalForce {
  public enum Shape: Equatable, Sendable {
    /// k, eV/Å².
    case harmonic(stiffness: Double)
    /// ε (eV), σ (Å), r_c (Å).
    case lj93(epsilon: Double, sigma: Double, cutoff: Double)
  }

  public var selection: GroupSelection
  /// 0, 1, 2: x, y, z.
  public var axis: Int
  /// Å along the axis.
  public var position: Double
  /// Whether atoms stay above the plane (a floor) or below it (a lid).
  public var isFloor: Bool
  public var shape: Shape

  public init(selection: GroupSelection, axis: Int, position: Double, isFloor: Bool, shape: Shape) {
    self.selection = selection
    self.axis = axis
    self.position = position
    self.isFloor = isFloor
    self.shape = shape
  }

  public func add(to atoms: AtomStore, cell: Cell) -> Double {
    let inward = isFloor ? 1.0 : -1.0
    var energy = 0.0
    for i in 0..<atoms.ownedCount where selection.contains(atoms.groups[i]) {
      let (e, f) = Self.energyAndForce(inward * (atoms.position[i][axis] - position), shape)
      energy += e
      atoms.force[i][axis] += inward * f
    }
    return energy
  }

  /// Energy (eV) and force away from the wall (eV/Å) at the distance d (Å).
  static func energyAndForce(_ d: Double, _ shape: Shape) -> (Double, Double) {
    switch shape {
    case .harmonic(let stiffness):
      let overlap = max(0, -d)
      return (0.5 * stiffness * overlap * overlap, stiffness * overlap)
    case .lj93(let epsilon, let sigma, let cutoff):
      guard d < cutoff else { return (0, 0) }
      // An atom at or behind the plane has no finite energy: the force of a hundredth of σ pushes it back.
      let distance = max(d, 0.01 * sigma)
      let (energy, force) = lj93(distance, epsilon, sigma)
      return (energy - lj93(cutoff, epsilon, sigma).0, force)
    }
  }

  private static func lj93(_ d: Double, _ epsilon: Double, _ sigma: Double) -> (Double, Double) {
    let s = sigma / d, s3 = s * s * s, s9 = s3 * s3 * s3
    return (epsilon * (2.0 / 15 * s9 - s3), epsilon * (1.2 * s9 - 3 * s3) / d)
  }
}
