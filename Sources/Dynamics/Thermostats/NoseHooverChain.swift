import Atomistics
import Numerics

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A Nosé–Hoover chain of M thermostats on a kinetic energy K with N_f degrees of freedom:
///
///     ξ̇_k = v_k;  Q_1 v̇_1 = 2K − N_f k_B T − Q_1 v_1 v_2;  Q_k v̇_k = Q_{k−1} v²_{k−1} − k_B T − Q_k v_k v_{k+1}
///     Q_1 = N_f k_B T τ²,  Q_k = k_B T τ²
///     stored energy: Σ ½ Q_k v_k² + N_f k_B T ξ_1 + k_B T Σ_{k≥2} ξ_k
///
/// G. J. Martyna, M. L. Klein and M. E. Tuckerman, J. Chem. Phys. 97, 2635 (1992), doi:10.1063/1.463940; the
/// Suzuki–Yoshida factorisation of G. J. Martyna et al., Mol. Phys. 87, 1117 (1996), doi:10.1080/00268979600100761.
/// Under a ramp of T the masses stay those of its mean, and the stored energy is the integral along the ramp.
public struct NoseHooverChain {
  public let degreesOfFreedom: Double
  /// v_k, 1/fs.
  public private(set) var velocities: [Double]
  /// N_f ∫ k_B T dξ_1 + Σ_{k≥2} ∫ k_B T dξ_k, eV.
  public private(set) var potential = 0.0
  /// Q_k, eV fs².
  let masses: [Double]

  /// Weights of the three-fold factorisation of fourth order: w, 1 − 2w, w with w = 1/(2 − ∛2).
  private static let weights = [1.3512071919596578, -1.7024143839193153, 1.3512071919596578]

  /// - Parameters:
  ///   - temperature: K; the mean over the stage.
  ///   - time: τ, fs.
  ///   - length: M, at least 1.
  public init(degreesOfFreedom: Double, temperature: Double, time: Double, length: Int) {
    self.degreesOfFreedom = degreesOfFreedom
    let unit = Units.boltzmann * temperature * time * time
    masses = (0..<length).map { $0 == 0 ? degreesOfFreedom * unit : unit }
    velocities = [Double](repeating: 0, count: length)
  }

  /// eV.
  public var energy: Double { potential + zip(masses, velocities).reduce(0) { $0 + 0.5 * $1.0 * $1.1 * $1.1 } }

  /// Propagates the chain.
  /// - Parameters:
  ///   - kinetic: K, eV.
  ///   - temperature: K.
  ///   - duration: fs.
  /// - Returns: the factor of the velocities whose kinetic energy this is.
  public mutating func propagate(kinetic: Double, temperature: Double, duration: Double) -> Double {
    let thermal = Units.boltzmann * temperature
    var twiceKinetic = 2 * kinetic, scale = 1.0
    for weight in Self.weights {
      let step = weight * duration
      pushInwards(twiceKinetic, thermal, step)
      let factor = exp(-velocities[0] * step)
      scale *= factor
      twiceKinetic *= factor * factor
      potential += step * thermal * (degreesOfFreedom * velocities[0] + velocities.dropFirst().reduce(0, +))
      pushOutwards(twiceKinetic, thermal, step)
    }
    return scale
  }

  /// Half a step of the velocities from the last of the chain to the first.
  private mutating func pushInwards(_ twiceKinetic: Double, _ thermal: Double, _ step: Double) {
    for k in velocities.indices.reversed() { push(k, twiceKinetic, thermal, step) }
  }

  /// Half a step of the velocities from the first to the last: the mirror image.
  private mutating func pushOutwards(_ twiceKinetic: Double, _ thermal: Double, _ step: Double) {
    for k in velocities.indices { push(k, twiceKinetic, thermal, step) }
  }

  private mutating func push(_ k: Int, _ twiceKinetic: Double, _ thermal: Double, _ step: Double) {
    let drive =
      k == 0
      ? twiceKinetic - degreesOfFreedom * thermal
      : masses[k - 1] * velocities[k - 1] * velocities[k - 1] - thermal
    let drag = k + 1 < velocities.count ? exp(-0.25 * step * velocities[k + 1]) : 1
    velocities[k] = drag * (drag * velocities[k] + 0.5 * step * drive / masses[k])
  }

  /// Velocities, then the stored potential.
  var state: [Double] {
    get { velocities + [potential] }
    set {
      velocities = Array(newValue.dropLast())
      potential = newValue.last ?? 0
    }
  }
}
