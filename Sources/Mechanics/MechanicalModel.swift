import Atomistics
import Numerics

/// What this room asks of whoever computes energies: an engine over many ranks, or a formula in a test.
///
/// Where several ranks compute together, all of them call with the same configuration and get the same answer.
public protocol MechanicalModel {
  /// The energy (eV) and the virial W = Σ r ⊗ F = −dE/dε (eV) of `configuration`, whose cell is periodic in all directions.
  func evaluate(_ configuration: Configuration) throws -> Response

  /// `configuration` with the atoms where its forces vanish, in the same cell and in the same order.
  func relaxingAtoms(of configuration: Configuration) throws -> Configuration
}

/// What a configuration answers to a deformation.
public struct Response: Equatable, Sendable {
  /// eV.
  public var energy: Double
  /// −dE/dε, eV.
  public var virial: Matrix3

  public init(energy: Double, virial: Matrix3) { (self.energy, self.virial) = (energy, virial) }
}

extension Configuration {
  /// The configuration under a homogeneous deformation: lattice vectors and positions r become r F (rows times matrix).
  public func deformed(by gradient: Matrix3) -> Configuration {
    var result = self
    result.cell.vectors = cell.vectors * gradient
    result.positions = positions.map { $0 * gradient }
    return result
  }
}
