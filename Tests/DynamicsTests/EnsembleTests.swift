import Atomistics
import Dynamics
import Numerics
import Testing

/// The ensembles that a crystal of argon at 50 K is propagated in.
enum TestEnsemble: String, CaseIterable {
  case nve, chain, chains, rescaling, berendsen, isotropic, anisotropic, triclinic, coupled, stress, piston

  func settings(timestep: Double, pressure: Double = 0) -> DynamicsSettings {
    var settings = DynamicsSettings(name: rawValue, timestep: timestep, length: .steps(1_000_000))
    let ramp = Ramp(50)
    func thermostat(_ kind: ThermostatSettings.Kind, _ selection: GroupSelection = .all) -> ThermostatSettings {
      ThermostatSettings(kind: kind, time: 400, temperature: ramp, selection: selection)
    }
    func barostat(_ modes: [CellMode], _ kind: BarostatSettings.Kind = .noseHoover(chain: 3)) -> BarostatSettings {
      BarostatSettings(
        kind: kind, time: 2000, temperature: ramp, stress: ExternalStress(pressure: Ramp(pressure)), modes: modes)
    }
    settings.thermostats = self == .nve ? [] : [thermostat(.noseHoover(chain: 3))]
    switch self {
    case .nve, .chain: break
    case .chains:
      settings.thermostats = [
        thermostat(.noseHoover(chain: 3), GroupSelection(any: 1)),
        thermostat(.noseHoover(chain: 2), GroupSelection(none: 1)),
      ]
    case .rescaling: settings.thermostats = [thermostat(.stochasticRescaling(seed: 2))]
    case .berendsen: settings.thermostats = [thermostat(.berendsen)]
    case .isotropic: settings.barostat = barostat(CellMode.isotropic)
    case .anisotropic: settings.barostat = barostat(CellMode.anisotropic)
    case .triclinic: settings.barostat = barostat(CellMode.triclinic)
    case .coupled: settings.barostat = barostat(CellMode.coupled(0, 1))
    case .stress:
      settings.barostat = barostat(CellMode.triclinic)
      let stress = Matrix3(rows: Vector3(200, 30, 0), Vector3(30, -100, 20), Vector3(0, 20, 50))
      settings.barostat?.stress = ExternalStress(from: stress, to: stress, modes: CellMode.triclinic)
    case .piston:
      settings.thermostats = [thermostat(.langevin(seed: 4))]
      settings.barostat = barostat(CellMode.triclinic, .langevin(seed: 4))
    }
    return settings
  }
}

/// 256 atoms near zero pressure, half of them in group 0.
func coldCrystal() throws -> SystemState {
  let (cell, positions) = crystal(4, lattice: 5.42)
  let velocities = maxwellBoltzmannVelocities(
    ids: positions.indices.map { Int64($0 + 1) }, masses: positions.map { _ in argon.mass }, temperature: 100, seed: 3)
  let system = try makeSystem(
    cell: cell, positions: positions, velocities: velocities, potential: lennardJones(cutoff: 8.0, truncation: .smooth))
  let atoms = system.domain.atoms
  for i in 0..<atoms.ownedCount where atoms.id[i] <= 128 { atoms.groups[i] = 1 }
  return system
}

@Suite(.serialized) struct EnsembleTests {
  /// Root mean square deviation and drift of the conserved quantity, eV an atom, over `time` fs.
  private func deviation(_ ensemble: TestEnsemble, timestep: Double, time: Double) throws -> (rms: Double, drift: Double) {
    let system = try coldCrystal()
    let md = try MolecularDynamics(ensemble.settings(timestep: timestep), system: system)
    try md.begin()
    let steps = Int(time / timestep)
    for _ in 0..<steps / 5 { _ = try md.advance(flag: false, onlyForces: true) }
    var values: [Double] = []
    for _ in 0..<steps {
      _ = try md.advance(flag: false, onlyForces: false)
      values.append(md.conservedEnergy! / 256)
    }
    let mean = values.reduce(0, +) / Double(values.count)
    let rms = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
    let half = values.count / 2
    let drift = (values[half...].reduce(0, +) - values[..<half].reduce(0, +)) / Double(half)
    return (rms, drift)
  }

  /// Symmetric and of second order: the conserved quantity's error is bounded and falls with the square of the step.
  @Test(arguments: [.nve, .chain, .chains, .isotropic, .anisotropic, .triclinic, .coupled, .stress] as [TestEnsemble])
  func conservedQuantity(ensemble: TestEnsemble) throws {
    let coarse = try deviation(ensemble, timestep: 8, time: 8000), fine = try deviation(ensemble, timestep: 4, time: 8000)
    #expect(fine.rms < 3e-7, "\(ensemble) \(coarse) \(fine)")
    #expect(abs(fine.drift) < 1e-7, "\(ensemble) \(coarse) \(fine)")
    #expect((2.8...5.6).contains(coarse.rms / fine.rms), "\(ensemble) \(coarse) \(fine)")
  }

  /// Thermostats that exchange heat at random, or by force: what they took is booked to the step's order.
  @Test(arguments: [.rescaling, .berendsen, .piston] as [TestEnsemble])
  func bookedHeat(ensemble: TestEnsemble) throws {
    let fine = try deviation(ensemble, timestep: 4, time: 8000)
    #expect(fine.rms < 2e-6, "\(ensemble) \(fine)")
  }

  /// A stage that is taken up from its state goes on with the same bits.
  @Test(arguments: TestEnsemble.allCases)
  func restoresBitForBit(ensemble: TestEnsemble) throws {
    let settings = ensemble.settings(timestep: 4)
    let whole = try coldCrystal()
    let first = try MolecularDynamics(settings, system: whole)
    try first.begin()
    for _ in 0..<37 { _ = try first.advance(flag: false, onlyForces: true) }
    let state = first.state, domain = whole.domain
    let copy = try makeSystem(
      restoring: domain, potential: lennardJones(cutoff: 8.0, truncation: .smooth), step: whole.step, time: whole.time)
    let second = try MolecularDynamics(settings, system: copy)
    try second.restore(state)
    for _ in 0..<40 {
      _ = try first.advance(flag: false, onlyForces: true)
      _ = try second.advance(flag: false, onlyForces: true)
    }
    #expect(domain.cell == copy.domain.cell)
    let (a, b) = (domain.records().sorted { $0.id < $1.id }, copy.domain.records().sorted { $0.id < $1.id })
    #expect(zip(a, b).allSatisfy { $0.position == $1.position && $0.velocity == $1.velocity })
    #expect(first.state == second.state)
  }

  /// The mean pressure of NPT is the one asked for, and the mean temperature, too.
  @Test(arguments: [.isotropic, .triclinic, .piston] as [TestEnsemble])
  func meansAreThoseAskedFor(ensemble: TestEnsemble) throws {
    let system = try coldCrystal()
    let md = try MolecularDynamics(ensemble.settings(timestep: 8, pressure: 500), system: system)
    try md.begin()
    var pressure = 0.0, temperature = 0.0, shear = 0.0
    let steps = 12_000
    for k in 0..<steps + 3000 {
      _ = try md.advance(flag: false, onlyForces: false)
      guard k >= 3000 else { continue }
      let t = md.thermodynamics
      pressure += t.pressure!
      temperature += t.temperature
      shear += t.stress![0, 1]
    }
    #expect(abs(pressure / Double(steps) - 500) < 12, "\(ensemble) \(pressure / Double(steps))")
    #expect(abs(temperature / Double(steps) - 50) < 1, "\(ensemble) \(temperature / Double(steps))")
    #expect(abs(shear / Double(steps)) < 12, "\(ensemble) \(shear / Double(steps))")
  }
}
