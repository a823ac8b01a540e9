import Atomistics
import Numerics

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The Ornstein–Uhlenbeck part of Langevin dynamics, exact over a time t, in the middle of the drift (BAOAB):
///
///     v ← c v + √((1 − c²) k_B T/m) η,  c = e^{−γ t}
///
/// B. Leimkuhler and C. Matthews, Appl. Math. Res. Express 2013, 34, doi:10.1093/amrx/abs010; J. Chem. Phys. 138, 174102
/// (2013), doi:10.1063/1.4802990. Configurations are sampled to high order; the kinetic temperature that the end of a
/// step shows is low by (ω Δt)²/4 for a mode of frequency ω, by design. The noise is a function of seed, step and the
/// atom's id.
struct LangevinThermostat {
  let settings: ThermostatSettings
  private let random: CounterRandom

  init(_ settings: ThermostatSettings, seed: UInt32) {
    self.settings = settings
    random = CounterRandom(.langevin, seed: seed)
  }

  /// Acts on the owned atoms that are its own, on their mobile components. Local.
  /// - Parameters:
  ///   - masses: of each kind, amu.
  ///   - temperature: K.
  ///   - duration: fs.
  /// - Returns: the kinetic energy that these atoms gained, eV.
  func apply(
    to atoms: AtomStore, masses: [Double], mobility: Mobility, temperature: Double, duration: Double, step: Int
  ) -> Double {
    let c = exp(-duration / settings.time)
    let noise = masses.map { mass in
      ((1 - c * c) * Units.boltzmann * temperature * Units.accelerationPerForce / mass).squareRoot()
    }
    let selection = settings.selection
    let velocity = atoms.velocity, kind = atoms.kind, id = atoms.id, groups = atoms.groups
    var gained = 0.0
    noise.withUnsafeBufferPointer { noise in
      masses.withUnsafeBufferPointer { masses in
        for i in 0..<atoms.ownedCount where selection.contains(groups[i]) {
          let k = Int(kind[i]), old = velocity[i]
          let normals = random.normals(step: UInt64(step), id: UInt64(bitPattern: id[i]))
          var new = c * old + noise[k] * SIMD4(normals, 0)
          if !mobility.isFull { new = mobility.blend(new, old, groups[i]) }
          velocity[i] = new
          gained += masses[k] * (new * new - old * old).sum()
        }
      }
    }
    return 0.5 * gained * Units.energyPerMassVelocitySquared
  }
}
