import Atomistics
import Dynamics
import Numerics
import Testing

/// Harmonic oscillators under BAOAB, against the exact stationary moments of the discretised dynamics:
/// ⟨x²⟩ = k_B T/(m ω²), ⟨v²⟩ = (k_B T/m)(1 − h²/4) with h = ω Δt, whatever the friction.
@Suite(.serialized) struct LangevinTests {
  @Test(arguments: [(0.6, 0.1), (0.6, 1.0), (1.2, 1.0), (1.2, 10.0)])
  func momentsOfHarmonicOscillators(h: Double, frictionPerFrequency: Double) throws {
    let stiffness = 1.0, temperature = 100.0, count = 125
    let frequency = (stiffness * Units.accelerationPerForce / argon.mass).squareRoot()
    let (system, tethers) = try makeTethered(count: count, stiffness: stiffness)
    var settings = DynamicsSettings(name: "test", timestep: h / frequency, length: .steps(1_000_000))
    settings.thermostats = [
      ThermostatSettings(
        kind: .langevin(seed: 7), time: 1 / (frictionPerFrequency * frequency), temperature: Ramp(temperature))
    ]
    let md = try MolecularDynamics(settings, system: system)
    try md.begin()
    let steps = 20_000, warmup = Int(10 / (h * min(frictionPerFrequency, 1 / frictionPerFrequency)))
    for _ in 0..<warmup { _ = try md.advance(flag: false, onlyForces: true) }
    var xx = 0.0, vv = 0.0
    let atoms = system.domain.atoms
    for _ in 0..<steps {
      _ = try md.advance(flag: false, onlyForces: true)
      for i in 0..<count {
        let d = atoms.position[i] - SIMD4(tethers.sites[Int(atoms.id[i]) - 1], 0)
        xx += (d * d).sum()
        vv += (atoms.velocity[i] * atoms.velocity[i]).sum()
      }
    }
    let samples = Double(3 * count * steps), thermal = Units.boltzmann * temperature
    let x = xx / samples * stiffness / thermal
    let v = vv / samples * argon.mass * Units.energyPerMassVelocitySquared / thermal
    // Samples that are independent: one in a few relaxation times, the slower of 1/γ and γ/ω².
    let relaxation = max(1 / frictionPerFrequency, frictionPerFrequency) / h
    let error = (2 / (samples / max(1, 2 * relaxation))).squareRoot()
    #expect(abs(x - 1) < 5 * error)
    #expect(abs(v - (1 - h * h / 4)) < 5 * error)
    #expect(error < 0.1 * h * h / 4)
  }

  /// Free atoms diffuse with D = (k_B T/m)(Δt/2)(1 + c)/(1 − c).
  @Test func freeDiffusion() throws {
    let (system, _) = try makeTethered(count: 1000, stiffness: 0)
    var settings = DynamicsSettings(name: "test", timestep: 5, length: .steps(10_000))
    settings.thermostats = [ThermostatSettings(kind: .langevin(seed: 3), time: 50, temperature: Ramp(300))]
    let md = try MolecularDynamics(settings, system: system)
    try md.begin()
    for _ in 0..<200 { _ = try md.advance(flag: false, onlyForces: true) }
    let start = Dictionary(uniqueKeysWithValues: system.domain.records().map { ($0.id, $0.position) })
    let steps = 2000
    for _ in 0..<steps { _ = try md.advance(flag: false, onlyForces: true) }
    let square = system.domain.records().reduce(0) { $0 + ($1.position - start[$1.id]!).lengthSquared } / 3000
    let c = 0.904837418035959573  // e^(−0.1)
    let thermal = Units.boltzmann * 300 * Units.accelerationPerForce / argon.mass
    let expected = 2 * Double(steps) * 5 * thermal * 2.5 * (1 + c) / (1 - c)
    // What one relaxation time at either end lacks is 1 %; the statistical error of 3000 squares is 2.6 %.
    #expect(abs(square / expected - 1) < 0.1)
  }

  /// Without friction's heat the energy would be conserved: K + U − ΣΔK shows no drift.
  @Test func heatIsBooked() throws {
    let system = try hotCrystal(temperature: 60)
    var settings = DynamicsSettings(name: "test", timestep: 4, length: .steps(10_000))
    settings.thermostats = [ThermostatSettings(kind: .langevin(seed: 11), time: 500, temperature: Ramp(60))]
    let md = try MolecularDynamics(settings, system: system)
    try md.begin()
    let start = md.conservedEnergy!, energy = md.thermodynamics.total
    for _ in 0..<2000 { _ = try md.advance(flag: false, onlyForces: false) }
    #expect(abs(md.thermodynamics.total - energy) > 0.1)
    #expect(abs(md.conservedEnergy! - start) < 1e-5 * 256)
  }
}
