import Atomistics
import Foundation

/// What is known of the system beside its trajectory, for quantities that need it.
public struct DiffusionConditions: Sendable {
  /// K.
  public var temperature: Double?
  /// mPa·s.
  public var viscosity: Double?

  public init(temperature: Double? = nil, viscosity: Double? = nil) {
    (self.temperature, self.viscosity) = (temperature, viscosity)
  }

  /// What an infinite system's D has more than that of a periodic cell of a liquid, Å²/ps: ξ k_BT/(6π η L), ξ = 2.837297, for a
  /// cubic cell of edge L. I.-C. Yeh and G. Hummer, J. Phys. Chem. B 108, 15873 (2004).
  func finiteSizeCorrection(volume: Double) -> Double? {
    guard let temperature, let viscosity, volume > 0 else { return nil }
    let energy = Units.boltzmann * temperature * 1.602_176_634e-19, edge = cbrt(volume) * 1e-10
    // m²/s to Å²/ps.
    return 1e8 * 2.837_297 * energy / (6 * .pi * viscosity * 1e-3 * edge)
  }

  func lines(_ diffusion: SelfDiffusion) -> [String] {
    guard let correction = finiteSizeCorrection(volume: diffusion.meanVolume) else { return [] }
    let values = diffusion.species.map { "\($0.element.symbol) \(formatted($0.result.D_A2_per_ps + correction))" }
    return ["infinite liquid (Yeh and Hummer): + \(formatted(correction)) Å²/ps: \(values.joined(separator: ", "))"]
  }
}
