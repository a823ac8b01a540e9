import Atomistics
import Foundation

/// What is known of the system beside its trajectory, for quantities that need it.
public struct DiffusionConditions: Sendable {
  /// K.
  public let temperature: Double?
  /// mPa·s.
  public let viscosity: Double?
  /// e, of the species in their order.
  public let charges: [Double]?

  /// - Throws: `Failure.input` where charges and species do not match.
  public init(
    temperature: Double? = nil, viscosity: Double? = nil, charges: SpeciesValues? = nil, of trajectory: Trajectory
  ) throws {
    (self.temperature, self.viscosity) = (temperature, viscosity)
    self.charges = try charges?.inOrder(of: trajectory.species, in: trajectory.path)
  }

  /// What an infinite system's D has more than that of a periodic cell of a liquid, Å²/ps: ξ k_BT/(6π η L) with ξ = 2.837297,
  /// for a cubic cell of edge L. I.-C. Yeh and G. Hummer, J. Phys. Chem. B 108, 15873 (2004).
  func finiteSizeCorrection(volume: Double) -> Double? {
    guard let temperature, let viscosity, volume > 0 else { return nil }
    let energy = Units.boltzmann * temperature * 1.602_176_634e-19, edge = cbrt(volume) * 1e-10
    // m²/s to Å²/ps.
    return 1e8 * 2.837_297 * energy / (6 * .pi * viscosity * 1e-3 * edge)
  }

  /// The Nernst–Einstein conductivity e²/(k_BT V) Σ N z² D of ions that move independently, S/m, and its standard error.
  func conductivity(_ diffusion: SelfDiffusion) -> (value: Double, error: Double?)? {
    guard let temperature, let charges, diffusion.meanVolume > 0 else { return nil }
    let scale = IonicTransport.siemensPerMeter / (Units.boltzmann * temperature * diffusion.meanVolume)
    let parts = zip(diffusion.species, charges).map { (one: $0, weight: scale * Double($0.atomCount) * $1 * $1) }
    let value = parts.reduce(0) { $0 + $1.weight * $1.one.result.D_A2_per_ps }
    let errors = parts.filter { $0.weight > 0 }.map { part in part.one.result.D_stderr.map { part.weight * $0 } }
    guard errors.allSatisfy({ $0 != nil }) else { return (value, nil) }
    return (value, errors.reduce(0) { $0 + $1! * $1! }.squareRoot())
  }

  func lines(_ diffusion: SelfDiffusion) -> [String] {
    var lines: [String] = []
    if let (value, error) = conductivity(diffusion) {
      lines.append("Nernst–Einstein conductivity: \(formatted(value)) ± \(formatted(error)) S/m")
    }
    if let correction = finiteSizeCorrection(volume: diffusion.meanVolume) {
      let values = diffusion.species.map { "\($0.element.symbol) \(formatted($0.result.D_A2_per_ps + correction))" }
      lines.append("infinite liquid (Yeh and Hummer): + \(formatted(correction)) Å²/ps: \(values.joined(separator: ", "))")
    }
    return lines
  }
}
