import Atomistics
import Numerics

/// What acts on the cell from outside: a pressure, and a deviatoric stress that strains the shape.
///
/// Its energy is p V + ½ tr(Σ (G − G_0)) with the metric G = h hᵀ (rows of h are the cell vectors) and
/// Σ = V_0 h_0⁻ᵀ (S − p 1) h_0⁻¹: M. Parrinello and A. Rahman, J. Appl. Phys. 52, 7182 (1981), doi:10.1063/1.328693.
/// So the deviatoric part is held as a thermodynamic tension that refers to the cell at the stage's start; the pressure
/// is the true one. Positive under compression.
public struct ExternalStress: Equatable, Sendable {
  /// p, bar.
  public var pressure: Ramp
  /// S − p 1 at the start and at the end of the stage, bar.
  public var deviator: (from: Matrix3, to: Matrix3)

  public init(pressure: Ramp) {
    self.pressure = pressure
    deviator = (.zero, .zero)
  }

  /// A stress on the components that the modes move, bar. Its pressure is the mean of their diagonal, so that one axis
  /// alone, or all by the same stress, is held at its true value.
  public init(from: Matrix3, to: Matrix3, modes: [CellMode]) {
    let moving = modes.flatMap(\.components).filter { $0.x == $0.y }.map(\.x)
    func mean(_ s: Matrix3) -> Double { moving.reduce(0) { $0 + s[$1, $1] } / Double(max(moving.count, 1)) }
    func rest(_ s: Matrix3) -> Matrix3 {
      var rest = 0.5 * (s + s.transpose)
      for axis in 0..<3 { rest[axis, axis] = moving.contains(axis) ? rest[axis, axis] - mean(s) : 0 }
      return rest
    }
    pressure = Ramp(from: mean(from), to: mean(to))
    deviator = (rest(from), rest(to))
  }

  public var isHydrostatic: Bool { deviator.from == .zero && deviator.to == .zero }

  /// p at this point of the stage, eV/Å³.
  func pressureEnergyDensity(at progress: Double) -> Double {
    pressure.value(at: progress) / Units.barPerEVPerCubicAngstrom
  }

  /// Σ at this point of the stage, eV/Å².
  func tension(at progress: Double, reference: Matrix3) -> Matrix3 {
    if isHydrostatic { return .zero }
    let now = deviator.from == deviator.to ? deviator.from : (1 - progress) * deviator.from + progress * deviator.to
    let inverse = reference.inverse
    return abs(reference.determinant) / Units.barPerEVPerCubicAngstrom * (inverse.transpose * now * inverse)
  }

  public static func == (a: ExternalStress, b: ExternalStress) -> Bool {
    a.pressure == b.pressure && a.deviator == b.deviator
  }
}
