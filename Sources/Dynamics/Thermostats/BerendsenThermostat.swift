import Atomistics

/// Weak coupling: dT/dt = (T_0 − T)/τ, by the factor √(1 + (t/τ)(T_0/T − 1)) each time t.
///
/// H. J. C. Berendsen et al., J. Chem. Phys. 81, 3684 (1984), doi:10.1063/1.448118. It brings a system to its
/// temperature, but what it samples is no ensemble: the kinetic energy fluctuates too little.
struct BerendsenThermostat: ScalingThermostat {
  let degreesOfFreedom: Double
  /// τ, fs.
  let time: Double
  private var taken = 0.0

  init(degreesOfFreedom: Double, time: Double) {
    self.degreesOfFreedom = degreesOfFreedom
    self.time = time
  }

  mutating func factor(kinetic: Double, temperature: Double, half: HalfStep) -> Double {
    guard kinetic > 0 else { return 1 }
    let target = 0.5 * degreesOfFreedom * Units.boltzmann * temperature
    let square = max(0, 1 + half.duration / time * (target / kinetic - 1))
    taken -= (square - 1) * kinetic
    return square.squareRoot()
  }

  var energy: Double { taken }
  var state: [Double] {
    get { [taken] }
    set { taken = newValue.first ?? 0 }
  }
}
