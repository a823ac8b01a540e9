import Atomistics
import Numerics

/// Sums over a set of atoms, of which temperature, stress and density are ratios. Sums over disjoint sets add up, and so do those
/// of one set at several instants.
///
///     T = 2K/(f k_B),  σ = (1/V) Σ_i (m_i v_i ⊗ v_i + W_i),  p = tr σ/3
///
/// with the centers' virials W_i of `ForceOutput.virials`. σ is positive under compression. The kinetic term and the choice of a
/// volume: A. P. Thompson, S. J. Plimpton, W. Mattson, J. Chem. Phys. 131, 154107 (2009), doi:10.1063/1.3245303.
public struct AtomSums: Equatable, Sendable {
  /// Number of atoms; over several instants, a sum.
  public var count = 0.0
  /// Three an atom, unless whoever measures knows better.
  public var degreesOfFreedom = 0.0
  /// amu.
  public var mass = 0.0
  /// Σ m r, amu Å, of unwrapped positions.
  public var massMoment = Vector3.zero
  /// Σ m v, amu Å/fs.
  public var momentum = Vector3.zero
  /// eV.
  public var kineticEnergy = 0.0
  /// eV.
  public var potentialEnergy = 0.0
  /// Σ (m v ⊗ v + W), eV: stress times volume.
  public var stressVolume = Matrix3.zero

  public init() {}

  /// K; nil without degrees of freedom.
  public var temperature: Double? {
    degreesOfFreedom > 0 ? 2 * kineticEnergy / (degreesOfFreedom * Units.boltzmann) : nil
  }

  /// The center of mass, Å, unwrapped; nil without atoms.
  public var centerOfMass: Vector3? { mass > 0 ? massMoment / mass : nil }

  /// The velocity of the center of mass, Å/fs; nil without atoms.
  public var velocity: Vector3? { mass > 0 ? momentum / mass : nil }

  /// σ in bar, positive under compression.
  /// - Parameter volume: Å³, that of the atoms.
  public func stress(in volume: Double) -> Matrix3 { (Units.barPerEVPerCubicAngstrom / volume) * stressVolume }

  /// g/cm³.
  /// - Parameter volume: Å³.
  public func density(in volume: Double) -> Double {
    mass / volume * Units.gramsPerCubicCentimeter
  }

  public static func + (a: AtomSums, b: AtomSums) -> AtomSums {
    var sum = a
    sum.count += b.count
    sum.degreesOfFreedom += b.degreesOfFreedom
    sum.mass += b.mass
    sum.massMoment += b.massMoment
    sum.momentum += b.momentum
    sum.kineticEnergy += b.kineticEnergy
    sum.potentialEnergy += b.potentialEnergy
    sum.stressVolume += b.stressVolume
    return sum
  }

  /// Of the motion relative to the center of mass, which leaves three degrees of freedom fewer: none to one atom alone.
  public var withoutFlow: AtomSums {
    guard let velocity else { return self }
    var rest = self
    rest.kineticEnergy -= 0.5 * momentum.dot(velocity) * Units.energyPerMassVelocitySquared
    rest.stressVolume = stressVolume - Units.energyPerMassVelocitySquared * Matrix3.outer(momentum, velocity)
    rest.degreesOfFreedom = max(0, degreesOfFreedom - 3)
    // What rounding leaves of atoms that all move alike.
    if rest.degreesOfFreedom == 0 || rest.kineticEnergy < 0 { rest.kineticEnergy = 0 }
    return rest
  }
}

extension AtomSums {
  /// How many numbers `numbers` has.
  public static let width = 20

  /// All sums as numbers; `init(numbers:)` takes them back.
  public var numbers: [Double] {
    [count, degreesOfFreedom, mass] + [massMoment.x, massMoment.y, massMoment.z, momentum.x, momentum.y, momentum.z]
      + [kineticEnergy, potentialEnergy] + stressVolume.elements
  }

  /// - Parameter numbers: `width` of them.
  public init(numbers: some RandomAccessCollection<Double>) {
    let n = Array(numbers)
    (count, degreesOfFreedom, mass) = (n[0], n[1], n[2])
    massMoment = Vector3(n[3], n[4], n[5])
    momentum = Vector3(n[6], n[7], n[8])
    (kineticEnergy, potentialEnergy) = (n[9], n[10])
    stressVolume = Matrix3(elements: Array(n[11..<20]))
  }
}
