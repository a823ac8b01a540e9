import Atomistics
import Communication
import Decomposition
import Diagnostics
import Dynamics
import Numerics
import PairPotentials
import PotentialKit
import Testing

private let argon = Element(symbol: "Ar")!
private let epsilon = 0.0104, sigma = 3.405

private func lennardJones(cutoff: Double, truncation: Truncation) throws -> any Potential {
  let potential = try LennardJones.makePotential(
    pairs: [PairEntry(argon, argon, .init(epsilon: epsilon, sigma: sigma))],
    options: PairOptions(cutoff: cutoff, truncation: truncation, innerCutoff: truncation == .smooth ? 0.8 * cutoff : nil))
  try potential.bind(elements: [argon])
  return potential
}

private func makeSystem(
  cell: Cell, positions: [Vector3], velocities: [Vector3]? = nil, potential: any Potential
) throws -> SystemState {
  let domain = Domain(
    cell: cell, kindCount: 1, cutoff: potential.cutoff, skin: 0.5, communicator: .world)
  let records = positions.indices.map {
    AtomRecord(id: Int64($0 + 1), kind: 0, position: positions[$0], velocity: velocities?[$0] ?? .zero)
  }
  try domain.load(records, cuts: nil, isRestart: false)
  let timer = PhaseTimer()
  let system = SystemState(
    domain: domain, forceField: ForceField(domain: domain, potentials: [potential], timer: timer),
    kinds: [AtomKind(element: argon)], atomCount: positions.count, timer: timer)
  try system.forceField.compute()
  return system
}

/// fcc argon, `n`³ cubic cells.
private func crystal(_ n: Int, lattice: Double = 5.4) -> (Cell, [Vector3]) {
  var positions: [Vector3] = []
  for i in 0..<n * n * n {
    let corner = Vector3(Double(i / (n * n)), Double(i / n % n), Double(i % n))
    for site in [Vector3(0, 0, 0), Vector3(0, 0.5, 0.5), Vector3(0.5, 0, 0.5), Vector3(0.5, 0.5, 0)] {
      positions.append(lattice * (corner + site))
    }
  }
  return (Cell(vectors: Matrix3(diagonal: Vector3(repeating: lattice * Double(n))), periodic: .all), positions)
}

private func hotCrystal(temperature: Double) throws -> SystemState {
  let (cell, positions) = crystal(4)
  let ids = positions.indices.map { Int64($0 + 1) }
  let velocities = maxwellBoltzmannVelocities(
    ids: ids, masses: positions.map { _ in argon.mass }, temperature: temperature, seed: 3)
  return try makeSystem(
    cell: cell, positions: positions, velocities: velocities,
    potential: lennardJones(cutoff: 8.0, truncation: .smooth))
}

@Suite(.serialized) struct VelocityVerletTests {
  /// The error of the total energy of a symplectic integrator is bounded and falls with the square of the time step.
  @Test func energyErrorFallsWithTheSquareOfTheTimestep() throws {
    func spread(_ timestep: Double) throws -> Double {
      let system = try hotCrystal(temperature: 80)
      let integrator = VelocityVerlet(timestep: timestep)
      let start = Thermodynamics(of: system).total
      var sum = 0.0
      let steps = Int((800 / timestep).rounded())
      for _ in 0..<steps {
        _ = try integrator.advance(system, flag: false)
        let error = Thermodynamics(of: system).total - start
        sum += error * error
      }
      return (sum / Double(steps)).squareRoot()
    }
    let coarse = try spread(8), fine = try spread(4)
    #expect(coarse < 1e-4 * 256)
    #expect(abs(coarse / fine - 4) < 0.6)
  }

  @Test func runsBackwards() throws {
    let system = try hotCrystal(temperature: 80)
    let before = Dictionary(uniqueKeysWithValues: system.domain.records().map { ($0.id, $0.unwrapped(system.domain.cell)) })
    let integrator = VelocityVerlet(timestep: 4)
    for _ in 0..<200 { _ = try integrator.advance(system, flag: false) }
    let moved = system.domain.records().map { ($0.unwrapped(system.domain.cell) - before[$0.id]!).length }.max()!
    #expect(moved > 0.3)
    for i in 0..<system.domain.atoms.ownedCount { system.domain.atoms.velocity[i] *= -1 }
    for _ in 0..<200 { _ = try integrator.advance(system, flag: false) }
    for record in system.domain.records() {
      #expect((record.unwrapped(system.domain.cell) - before[record.id]!).length < 1e-8)
    }
  }

  @Test func momentumStaysZero() throws {
    let system = try hotCrystal(temperature: 300)
    for _ in 0..<100 { _ = try VelocityVerlet(timestep: 4).advance(system, flag: false) }
    let total = system.domain.records().reduce(Vector3.zero) { $0 + $1.velocity }
    #expect(total.length < 1e-12)
  }

  /// Two atoms in a harmonic-like well: the period of small vibrations against ω² = 2 V''(r0) / m.
  @Test func aDimerVibratesAtItsFrequency() throws {
    let distance = sigma * 1.122_462_048_309_373
    let amplitude = 1e-3
    let system = try makeSystem(
      cell: .none, positions: [[0, 0, 0], [distance + amplitude, 0, 0]],
      potential: lennardJones(cutoff: 12, truncation: .shift))
    let curvature = 72 * epsilon / (sigma * sigma) / 1.259_921_049_894_873
    let period = 2 * Double.pi / (2 * curvature / argon.mass * Units.accelerationPerForce).squareRoot()
    let timestep = period / 2000
    var crossings: [Double] = [], previous = amplitude
    while crossings.count < 9 {
      _ = try VelocityVerlet(timestep: timestep).advance(system, flag: false)
      let records = system.domain.records().sorted { $0.id < $1.id }
      let stretch = (records[1].position - records[0].position).length - distance
      if previous > 0, stretch <= 0 { crossings.append(system.time - timestep * stretch / (stretch - previous)) }
      previous = stretch
    }
    #expect(abs((crossings[8] - crossings[0]) / 8 / period - 1) < 1e-4)
  }
}

@Suite(.serialized) struct MinimizerTests {
  /// The icosahedron of 13 atoms has −44.326801 ε (J. A. Northby, J. Chem. Phys. 87, 6166 (1987)).
  @Test func thirteenAtomsBecomeAnIcosahedron() throws {
    let golden = (1 + 5.0.squareRoot()) / 2
    var positions: [Vector3] = [.zero]
    for a in [-1.0, 1.0] {
      for b in [-golden, golden] { positions += [Vector3(0, a, b), Vector3(a, b, 0), Vector3(b, 0, a)] }
    }
    let random = CounterRandom(.test, seed: 5)
    positions = positions.enumerated().map { 0.62 * sigma * $1 + 0.1 * random.normals(step: 0, id: UInt64($0)) }
    let system = try makeSystem(
      cell: .none, positions: positions, potential: lennardJones(cutoff: 100, truncation: .cut))
    var minimizer = FIRE()
    var steps = 0
    while FIRE.largestForce(system) > 1e-7, steps < 3000 {
      _ = try minimizer.advance(system, flag: false)
      steps += 1
    }
    #expect(steps < 1500)
    #expect(abs(Thermodynamics(of: system, atRest: true).potential / epsilon + 44.326801) < 1e-5)
  }

  @Test func noAtomMovesFartherThanAllowed() throws {
    let system = try makeSystem(
      cell: .none, positions: [[0, 0, 0], [2.2, 0, 0]], potential: lennardJones(cutoff: 12, truncation: .shift))
    var minimizer = FIRE(maximumDisplacement: 0.05)
    var previous = system.domain.records()
    for _ in 0..<50 {
      _ = try minimizer.advance(system, flag: false)
      let now = system.domain.records()
      for (a, b) in zip(previous.sorted { $0.id < $1.id }, now.sorted { $0.id < $1.id }) {
        #expect((a.position - b.position).length < 0.05 + 1e-9)
      }
      previous = now
    }
  }
}

@Suite(.serialized) struct ThermodynamicsTests {
  /// Atoms out of each other's reach: p V = N k T with the 3N − 3 degrees of freedom that T counts.
  @Test func idealGas() throws {
    let cell = Cell(vectors: Matrix3(diagonal: [200, 200, 200]), periodic: .all)
    let positions = (0..<27).map { (i: Int) -> Vector3 in
      60 * Vector3(Double(i % 3), Double(i / 3 % 3), Double(i / 9))
    }
    let velocities = maxwellBoltzmannVelocities(
      ids: (1...27).map { Int64($0) }, masses: positions.map { _ in argon.mass }, temperature: 500, seed: 9)
    let system = try makeSystem(
      cell: cell, positions: positions, velocities: velocities, potential: lennardJones(cutoff: 10, truncation: .cut))
    let t = Thermodynamics(of: system)
    #expect(abs(t.temperature - 500) < 1e-9)
    let expected = 78.0 / 3 * Units.boltzmann * 500 / 8e6 * Units.barPerEVPerCubicAngstrom
    #expect(abs(t.pressure! - expected) < 1e-9 * expected)
    #expect(t.potential == 0)
  }

  /// p = −dE/dV for a static crystal.
  @Test func pressureIsTheVolumeDerivativeOfTheEnergy() throws {
    func energy(_ lattice: Double) throws -> Thermodynamics {
      let (cell, positions) = crystal(3, lattice: lattice)
      return Thermodynamics(
        of: try makeSystem(
          cell: cell, positions: positions, potential: lennardJones(cutoff: 7.5, truncation: .smooth)))
    }
    let h = 1e-4
    let low = try energy(5.2 - h), high = try energy(5.2 + h), middle = try energy(5.2)
    let slope = -(high.potential - low.potential) / (high.volume! - low.volume!) * Units.barPerEVPerCubicAngstrom
    #expect(abs(middle.pressure! / slope - 1) < 1e-6)
  }

  @Test func openCellsHaveNoPressure() throws {
    let system = try makeSystem(
      cell: .none, positions: [[0, 0, 0], [4, 0, 0]], potential: lennardJones(cutoff: 10, truncation: .cut))
    #expect(Thermodynamics(of: system).pressure == nil)
  }
}

@Suite struct VelocityTests {
  @Test func exactTemperatureAndNoMomentum() {
    let count = 1000
    let ids = (0..<count).map { Int64(3 * $0 + 1) }
    let masses = ids.map { $0 % 2 == 0 ? 6.94 : 32.06 }
    let velocities = maxwellBoltzmannVelocities(ids: ids, masses: masses, temperature: 600, seed: 42)
    let momentum = zip(velocities, masses).reduce(Vector3.zero) { $0 + $1.1 * $1.0 }
    #expect(momentum.length < 1e-10)
    let kinetic = zip(velocities, masses).reduce(0) { $0 + 0.5 * $1.1 * $1.0.lengthSquared }
      * Units.energyPerMassVelocitySquared
    #expect(abs(2 * kinetic / (Double(3 * count - 3) * Units.boltzmann) - 600) < 1e-9)
    // Equipartition between light and heavy: each half's temperature is within five standard errors.
    let light = zip(velocities, masses).filter { $0.1 < 10 }
    let lightKinetic = light.reduce(0) { $0 + 0.5 * $1.1 * $1.0.lengthSquared } * Units.energyPerMassVelocitySquared
    let lightTemperature = 2 * lightKinetic / (3 * Double(light.count) * Units.boltzmann)
    #expect(abs(lightTemperature / 600 - 1) < 5 * (2 / (3 * Double(light.count))).squareRoot())
    // An atom's draw depends on its id alone.
    let reversed = maxwellBoltzmannVelocities(ids: ids.reversed(), masses: masses.reversed(), temperature: 600, seed: 42)
    #expect(zip(velocities, reversed.reversed()).allSatisfy { ($0 - $1).length < 1e-12 })
    #expect(velocities != maxwellBoltzmannVelocities(ids: ids, masses: masses, temperature: 600, seed: 43))
  }
}

extension AtomRecord {
  fileprivate func unwrapped(_ cell: Cell) -> Vector3 {
    position + Vector3(Double(image.x), Double(image.y), Double(image.z)) * cell.vectors
  }
}
