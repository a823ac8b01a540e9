import Atomistics
import Dynamics
import Numerics
import Testing

@Suite(.serialized) struct ConstraintTests {
  private func run(_ settings: DynamicsSettings, steps: Int) throws -> (SystemState, MolecularDynamics, drift: Double) {
    let system = try coldCrystal()
    let md = try MolecularDynamics(settings, system: system)
    try md.begin()
    let start = md.conservedEnergy!
    for _ in 0..<steps { _ = try md.advance(flag: false, onlyForces: false) }
    return (system, md, (md.conservedEnergy! - start) / 256)
  }

  private func settings(_ thermostats: [ThermostatSettings] = []) -> DynamicsSettings {
    var settings = DynamicsSettings(name: "test", timestep: 4, length: .steps(10_000))
    settings.thermostats = thermostats
    return settings
  }

  private func chain(_ kelvin: Ramp, _ selection: GroupSelection = .all) -> ThermostatSettings {
    ThermostatSettings(kind: .noseHoover(chain: 3), time: 200, temperature: kelvin, selection: selection)
  }

  @Test func frozenAtomsStayWhereTheyAre() throws {
    var settings = settings([chain(Ramp(50))])
    settings.mobility = .frozen([1])
    let before = Dictionary(uniqueKeysWithValues: try coldCrystal().domain.records().map { ($0.id, $0.position) })
    let (system, md, drift) = try run(settings, steps: 500)
    for record in system.domain.records() {
      #expect((record.id <= 128) == (record.position == before[record.id]!))
    }
    #expect(md.thermodynamics.temperature > 10)
    #expect(abs(drift) < 1e-6)
  }

  /// Half of a crystal is dragged through: the atoms go where they are told, and the work is booked.
  @Test func prescribedVelocitiesAndTheirWork() throws {
    var settings = settings()
    settings.timestep = 2
    settings.mobility = Mobility([Mobility.Entry(group: 1, velocity: [0.002, nil, nil])])
    let start = Dictionary(
      uniqueKeysWithValues: try coldCrystal().domain.records().map { ($0.id, $0.position.x) })
    let (system, md, drift) = try run(settings, steps: 400)
    for record in system.domain.records() where record.id <= 128 {
      let x = record.unwrapped(system.domain.cell).x
      #expect(abs(x - start[record.id]! - 1.6) < 1e-9)
    }
    #expect(md.thermodynamics.total > -256)
    #expect(abs(drift) < 2e-6)
  }

  @Test func constantForcesHaveAnEnergy() throws {
    var settings = settings()
    settings.externalForces = [ConstantForce(selection: GroupSelection(any: 1), force: Vector3(2e-3, 0, -1e-3))]
    let (system, _, drift) = try run(settings, steps: 500)
    let momentum = system.domain.records().reduce(Vector3.zero) { $0 + argon.mass * $1.velocity }
    // Δp = Σ F t.
    let expected = 128 * 2000 * Units.accelerationPerForce * Vector3(2e-3, 0, -1e-3)
    #expect((momentum - expected).length < 1e-6 * expected.length)
    #expect(abs(drift) < 1e-6)
  }

  @Test(arguments: [
    Wall.Shape.harmonic(stiffness: 0.1), .lj93(epsilon: 0.05, sigma: 3, cutoff: 7.5),
  ])
  func wallsConserveEnergyAndHold(shape: Wall.Shape) throws {
    let (cell, positions) = crystal(2, lattice: 5.4)
    let open = Cell(vectors: cell.vectors, periodic: Periodicity(true, true, false))
    let ids = positions.indices.map { Int64($0 + 1) }
    let system = try makeSystem(
      cell: open, positions: positions,
      velocities: maxwellBoltzmannVelocities(ids: ids, masses: ids.map { _ in argon.mass }, temperature: 900, seed: 2),
      potential: lennardJones(cutoff: 5.2, truncation: .smooth))
    var settings = settings()
    settings.timestep = 2
    settings.externalForces = [
      Wall(selection: .all, axis: 2, position: -2.6, isFloor: true, shape: shape),
      Wall(selection: .all, axis: 2, position: 14, isFloor: false, shape: shape),
    ]
    let md = try MolecularDynamics(settings, system: system)
    try md.begin()
    let start = md.conservedEnergy!
    for _ in 0..<2000 { _ = try md.advance(flag: false, onlyForces: false) }
    #expect(abs(md.conservedEnergy! - start) / 32 < 2e-4)
    #expect(system.domain.records().allSatisfy { (-4.5...16).contains($0.position.z) })
    try md.end()
    #expect(system.externalForces.isEmpty)
  }

  /// h = h_0 (1 + ε̇ t), with the work that this takes.
  @Test func deformationFollowsItsRateAndBooksItsWork() throws {
    var settings = settings()
    settings.timestep = 2
    settings.strainRate = Matrix3(rows: Vector3(2e-5, 5e-6, 0), Vector3(5e-6, 0, 0), Vector3(0, 0, -1e-5))
    let before = try coldCrystal().domain.cell.vectors
    let (system, md, drift) = try run(settings, steps: 1000)
    let expected = before * (Matrix3.identity + 2000 * settings.strainRate)
    #expect(zip(system.domain.cell.vectors.elements, expected.elements).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(abs(md.thermodynamics.total / 256 - (try coldCrystal()).forceField.potentialEnergy / 256) > 1e-3)
    #expect(abs(drift) < 2e-6)
  }

  @Test func rampsEndWhereTheyShould() throws {
    let system = try coldCrystal()
    var settings = settings([chain(Ramp(from: 50, to: 20))])
    settings.length = .steps(6000)
    let md = try MolecularDynamics(settings, system: system)
    try md.begin()
    let start = md.conservedEnergy!
    var last = 0.0
    while try md.ending() == nil {
      _ = try md.advance(flag: false, onlyForces: false)
      if md.stepsDone > 5500 { last += md.thermodynamics.temperature / 500 }
    }
    #expect(md.stepsDone == 6000 && md.progress == 1)
    #expect(abs(last - 21.25) < 1.5)
    #expect(abs(md.conservedEnergy! - start) / 256 < 1e-6)
  }

  @Test func pressureRampsBookTheirWork() throws {
    var settings = TestEnsemble.triclinic.settings(timestep: 4)
    settings.length = .steps(3000)
    let first = Matrix3(diagonal: Vector3(0, 0, 0))
    let last = Matrix3(rows: Vector3(900, 100, 0), Vector3(100, 300, 0), Vector3(0, 0, 600))
    settings.barostat?.stress = ExternalStress(from: first, to: last, modes: CellMode.triclinic)
    let (system, _, drift) = try run(settings, steps: 3000)
    #expect(system.domain.cell.volume < 256 * 38.5)
    #expect(abs(drift) < 2e-6)
  }

  /// Two atoms nearly on top of each other: with a fixed step they would be lost.
  @Test func theTimestepAdaptsToAViolentStart() throws {
    let system = try makeSystem(
      cell: .none, positions: [[0, 0, 0], [1.7, 0, 0]], potential: lennardJones(cutoff: 12, truncation: .shift))
    var settings = settings()
    settings.length = .duration(500)
    settings.adaptiveTimestep = .init(displacement: 0.002, smallest: 1e-5)
    let md = try MolecularDynamics(settings, system: system)
    try md.begin()
    let start = md.conservedEnergy!
    var previous = system.domain.records(), shortest = Double.infinity
    while try md.ending() == nil {
      let time = system.time
      _ = try md.advance(flag: false, onlyForces: false)
      shortest = min(shortest, system.time - time)
      let now = system.domain.records()
      #expect(zip(previous.sorted { $0.id < $1.id }, now.sorted { $0.id < $1.id }).allSatisfy {
        ($0.position - $1.position).length < 0.00201
      })
      previous = now
    }
    #expect(shortest < 0.2)
    #expect(abs(system.time - 500) < 1e-6)
    #expect(abs(md.conservedEnergy! / start - 1) < 1e-3)
  }

  @Test func conditionsEndAStage() throws {
    var settings = settings([chain(Ramp(300))])
    settings.length = .open
    settings.conditions = [StopCondition(quantity: .temperature, threshold: 120, isAbove: true, averagingTime: 40)]
    let system = try coldCrystal()
    let md = try MolecularDynamics(settings, system: system)
    try md.begin()
    while try md.ending() == nil, md.stepsDone < 5000 { _ = try md.advance(flag: false, onlyForces: true) }
    #expect(try md.ending()?.contains("temperature above 120") == true)
    #expect(md.thermodynamics.temperature > 100)
  }

  @Test func theCenterOfMassStopsDrifting() throws {
    var settings = settings([
      ThermostatSettings(kind: .langevin(seed: 1), time: 100, temperature: Ramp(50))
    ])
    settings.driftRemovalInterval = 1
    let (system, _, _) = try run(settings, steps: 50)
    let momentum = system.domain.records().reduce(Vector3.zero) { $0 + $1.velocity }
    #expect(momentum.length < 1e-12)
  }

  @Test func whatDoesNotFitIsRefused() throws {
    func failure(_ settings: DynamicsSettings, _ system: SystemState) -> String {
      do {
        _ = try MolecularDynamics(settings, system: system)
        return ""
      } catch { return "\(error)" }
    }
    let system = try coldCrystal()
    #expect(failure(settings([chain(Ramp(50), GroupSelection(any: 4))]), system).contains("no atoms that move"))
    let twice = [chain(Ramp(50), GroupSelection(any: 1)), chain(Ramp(50), .all)]
    #expect(failure(settings(twice), system).contains("two thermostats"))
    let (cell, positions) = crystal(3)
    let slab = try makeSystem(
      cell: Cell(vectors: cell.vectors, periodic: Periodicity(true, true, false)), positions: positions,
      potential: lennardJones(cutoff: 7, truncation: .smooth))
    var open = TestEnsemble.anisotropic.settings(timestep: 4)
    #expect(failure(open, slab).contains("direction c, which is not periodic"))
    open.barostat?.modes = [CellMode([SIMD2(0, 0)]), CellMode([SIMD2(1, 1)])]
    #expect(failure(open, slab) == "")
    let cluster = try makeSystem(
      cell: .none, positions: positions, potential: lennardJones(cutoff: 7, truncation: .smooth))
    #expect(failure(open, cluster).contains("needs a volume"))
  }
}
