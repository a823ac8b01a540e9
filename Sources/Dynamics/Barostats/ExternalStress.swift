import Atomistics
import Numerics

/// What acts on the cell from outside: a pressure, and a deviatoric stress that strains the shape.
///
/// Its energy is p V + ½ tr(Σ (G − G_0)) with the metric G = h hᵀ (rows of h are the cell vectors) and
/// Σ = V_0 h_0⁻ᵀ (S − p 1) h_0⁻¹: M. Parrinello and A. Rahman, J. Appl. Phys. 52, 7182 (1981), doi:10.1063/1.328693.
/// So the deviatoric part is held as a thermodynamic tension that refers to the cell at the stage's start; the pressure
/// is the true one. Positive under compression.
public struct ExternalStress: Equatable, Sendable {
  /// p, bar: the mean of the diagonal.
  public var pressure: Ramp
  /// S − p 1, bar.
  public var deviator: Matrix3

  public init(pressure: Ramp) { (self.pressure, deviator) = (pressure, .zero) }

  /// A constant stress, bar.
  public init(_ stress: Matrix3) {
    let mean = stress.trace / 3
    pressure = Ramp(mean)
    deviator = 0.5 * (stress + stress.transpose) - Matrix3(diagonal: Vector3(repeating: mean))
  }

  /// p at this point of the stage, eV/Å³.
  func pressureEnergyDensity(at progress: Double) -> Double {
    pressure.value(at: progress) / Units.barPerEVPerCubicAngstrom
  }

  /// Σ, eV/Å².
  func tension(reference: Matrix3) -> Matrix3 {
    if deviator == .zero { return .zero }
    let inverse = reference.inverse
    return abs(reference.determinant) / Units.barPerEVPerCubicAngstrom * (inverse.transpose * deviator * inverse)
  }
}
