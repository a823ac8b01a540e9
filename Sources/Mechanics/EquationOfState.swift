import Foundation

/// An equation of state: the energy of a crystal against its volume from four numbers.
///
/// Third-order Birch–Murnaghan, F. Birch, Phys. Rev. 71, 809 (1947), doi:10.1103/PhysRev.71.809, with y = (V0/V)^(2/3),
/// u = y − 1:
///
///     E(V) = E0 + (9/16) B0 V0 [ B0' u³ + (6 − 4y) u² ]
///
/// Vinet et al., J. Geophys. Res. 92, 9319 (1987), doi:10.1029/JB092iB09p09319, with η = (V/V0)^(1/3), k = (3/2)(B0' − 1),
/// w = k(η − 1):
///
///     E(V) = E0 + (9 B0 V0/k²) [ 1 − (1 + w) exp(−w) ]
public enum EquationOfState: String, CaseIterable, Sendable {
  case birchMurnaghan = "birch-murnaghan"
  case vinet

  /// The four numbers of a curve.
  public struct Parameters: Equatable, Sendable {
    /// E0, eV.
    public var energy: Double
    /// V0, Å³.
    public var volume: Double
    /// B0, eV/Å³.
    public var bulkModulus: Double
    /// B0' = dB/dP.
    public var pressureDerivative: Double

    public init(energy: Double, volume: Double, bulkModulus: Double, pressureDerivative: Double) {
      (self.energy, self.volume) = (energy, volume)
      (self.bulkModulus, self.pressureDerivative) = (bulkModulus, pressureDerivative)
    }

    /// E0, V0, B0, B0': the order of gradients and errors.
    var vector: [Double] { [energy, volume, bulkModulus, pressureDerivative] }

    init(vector v: [Double]) {
      self.init(energy: v[0], volume: v[1], bulkModulus: v[2], pressureDerivative: v[3])
    }
  }

  /// eV at `volume` (Å³).
  public func energy(at volume: Double, _ p: Parameters) -> Double {
    let (v0, b0) = (p.volume, p.bulkModulus)
    switch self {
    case .birchMurnaghan:
      let y = pow(v0 / volume, 2.0 / 3), u = y - 1
      return p.energy + 9.0 / 16 * b0 * v0 * (p.pressureDerivative * u * u * u + (6 - 4 * y) * u * u)
    case .vinet:
      let k = 1.5 * (p.pressureDerivative - 1), w = k * (cbrt(volume / v0) - 1)
      return p.energy + 9 * b0 * v0 / (k * k) * (1 - (1 + w) * exp(-w))
    }
  }

  /// −dE/dV, eV/Å³, at `volume` (Å³).
  public func pressure(at volume: Double, _ p: Parameters) -> Double {
    switch self {
    case .birchMurnaghan:
      let y = pow(p.volume / volume, 2.0 / 3), u = y - 1
      // dy/dV = −(2/3) y/V.
      let slope = 3 * p.pressureDerivative * u * u + 2 * u * (6 - 4 * y) - 4 * u * u
      return 9.0 / 16 * p.bulkModulus * p.volume * slope * 2 * y / (3 * volume)
    case .vinet:
      let k = 1.5 * (p.pressureDerivative - 1), eta = cbrt(volume / p.volume)
      return 3 * p.bulkModulus * (1 - eta) / (eta * eta) * exp(k * (1 - eta))
    }
  }

  /// dE/dE0, dE/dV0, dE/dB0, dE/dB0' at `volume`.
  func gradient(at volume: Double, _ p: Parameters) -> [Double] {
    let (v0, b0) = (p.volume, p.bulkModulus)
    switch self {
    case .birchMurnaghan:
      let y = pow(v0 / volume, 2.0 / 3), u = y - 1
      let f = p.pressureDerivative * u * u * u + (6 - 4 * y) * u * u
      let slope = 3 * p.pressureDerivative * u * u + 2 * u * (6 - 4 * y) - 4 * u * u
      // dy/dV0 = (2/3) y/V0.
      return [1, 9.0 / 16 * b0 * (f + slope * 2 * y / 3), 9.0 / 16 * v0 * f, 9.0 / 16 * b0 * v0 * u * u * u]
    case .vinet:
      let k = 1.5 * (p.pressureDerivative - 1), eta = cbrt(volume / v0), w = k * (eta - 1)
      let f = 1 - (1 + w) * exp(-w), slope = w * exp(-w), scale = 9 * b0 * v0 / (k * k)
      // dη/dV0 = −η/(3 V0).
      return [
        1, scale / v0 * (f - slope * k * eta / 3), scale / b0 * f, 1.5 * scale * (slope * (eta - 1) - 2 * f / k),
      ]
    }
  }
}
