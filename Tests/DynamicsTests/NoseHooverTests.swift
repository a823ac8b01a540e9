import Atomistics
import Dynamics
import Numerics
import Testing

/// One harmonic oscillator in one dimension: a chain makes it canonical, ⟨x⁴⟩ = 3⟨x²⟩² and ⟨x²⟩ = k_B T/k; a single
/// Nosé–Hoover thermostat does not (W. G. Hoover, Phys. Rev. A 31, 1695 (1985), doi:10.1103/PhysRevA.31.1695).
@Suite(.serialized) struct NoseHooverTests {
  private func moments(chain: Int) throws -> (second: Double, ratio: Double) {
    let stiffness = 1.0, temperature = 100.0
    let frequency = (stiffness * Units.accelerationPerForce / argon.mass).squareRoot()
    let (system, _) = try makeTethered(count: 1, stiffness: stiffness)
    let atoms = system.domain.atoms
    atoms.groups[0] = 1
    let thermal = Units.boltzmann * temperature
    atoms.velocity[0] = SIMD4((thermal * Units.accelerationPerForce / argon.mass).squareRoot(), 0, 0, 0)
    var settings = DynamicsSettings(name: "test", timestep: 0.1 / frequency, length: .steps(10_000_000))
    settings.mobility = Mobility([Mobility.Entry(group: 1, velocity: [nil, 0, 0])])
    settings.thermostats = [
      ThermostatSettings(kind: .noseHoover(chain: chain), time: 1 / frequency, temperature: Ramp(temperature))
    ]
    let md = try MolecularDynamics(settings, system: system)
    try md.begin()
    var second = 0.0, fourth = 0.0
    let steps = 600_000
    for _ in 0..<steps {
      _ = try md.advance(flag: false, onlyForces: true)
      let square = atoms.position[0].x * atoms.position[0].x
      second += square
      fourth += square * square
    }
    second /= Double(steps)
    return (second * stiffness / thermal, fourth / Double(steps) / (second * second))
  }

  @Test func aChainMakesAnOscillatorCanonical() throws {
    let (second, ratio) = try moments(chain: 3)
    #expect(abs(second - 1) < 0.06)
    #expect(abs(ratio - 3) < 0.15)
  }

  @Test func oneThermostatDoesNot() throws {
    let (_, ratio) = try moments(chain: 1)
    #expect(abs(ratio - 3) > 0.5)
  }
}
