import Atomistics
import Communication
import Decomposition
import Diagnostics
import Dynamics
import Numerics
import PairPotentials
import PotentialKit

let argon = Element(symbol: "Ar")!
let epsilon = 0.0104, sigma = 3.405

func lennardJones(cutoff: Double, truncation: Truncation) throws -> any Potential {
  let potential = try LennardJones.makePotential(
    pairs: [PairEntry(argon, argon, .init(epsilon: epsilon, sigma: sigma))],
    options: PairOptions(cutoff: cutoff, truncation: truncation, innerCutoff: truncation == .smooth ? 0.8 * cutoff : nil))
  try potential.bind(elements: [argon])
  return potential
}

func makeSystem(
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
func crystal(_ n: Int, lattice: Double = 5.4) -> (Cell, [Vector3]) {
  var positions: [Vector3] = []
  for i in 0..<n * n * n {
    let corner = Vector3(Double(i / (n * n)), Double(i / n % n), Double(i % n))
    for site in [Vector3(0, 0, 0), Vector3(0, 0.5, 0.5), Vector3(0.5, 0, 0.5), Vector3(0.5, 0.5, 0)] {
      positions.append(lattice * (corner + site))
    }
  }
  return (Cell(vectors: Matrix3(diagonal: Vector3(repeating: lattice * Double(n))), periodic: .all), positions)
}

func hotCrystal(temperature: Double) throws -> SystemState {
  let (cell, positions) = crystal(4)
  let ids = positions.indices.map { Int64($0 + 1) }
  let velocities = maxwellBoltzmannVelocities(
    ids: ids, masses: positions.map { _ in argon.mass }, temperature: temperature, seed: 3)
  return try makeSystem(
    cell: cell, positions: positions, velocities: velocities,
    potential: lennardJones(cutoff: 8.0, truncation: .smooth))
}

extension AtomRecord {
  func unwrapped(_ cell: Cell) -> Vector3 {
    position + Vector3(Double(image.x), Double(image.y), Double(image.z)) * cell.vectors
  }
}

func constantEnergy(_ system: SystemState, timestep: Double) throws -> MolecularDynamics {
  let md = try MolecularDynamics(
    DynamicsSettings(name: "test", timestep: timestep, length: .steps(1_000_000_000)), system: system)
  try md.begin()
  return md
}

/// Atoms that are tied to their sites by springs, each by itself: x, y, z of every atom are harmonic oscillators.
final class Tethers: Potential {
  let sites: [Vector3]
  /// eV/Å².
  let stiffness: Double
  let cutoff = 1.0
  let addsForcesToGhosts = false
  let hasActiveSet = false
  let summary = PotentialSummary(family: "tethers", file: nil, elements: [], details: [])

  init(sites: [Vector3], stiffness: Double) {
    self.sites = sites
    self.stiffness = stiffness
  }

  func bind(elements: [Element]) throws {}

  func evaluate(_ atoms: AtomStore, _ neighbors: NeighborList, halo: any HaloExchange, into output: ForceOutput) throws {
    for i in 0..<atoms.ownedCount {
      let d = atoms.position[i] - SIMD4(sites[Int(atoms.id[i]) - 1], 0)
      output.forces[i] -= stiffness * d
      output.energies[i] += 0.5 * stiffness * (d * d).sum()
    }
  }
}

/// `count` argon atoms at rest on their sites, 20 Å apart, each tied by a spring.
func makeTethered(count: Int, stiffness: Double) throws -> (SystemState, Tethers) {
  let sites = (0..<count).map { (i: Int) -> Vector3 in
    20 * Vector3(Double(i % 10), Double(i / 10 % 10), Double(i / 100))
  }
  let tethers = Tethers(sites: sites, stiffness: stiffness)
  return (try makeSystem(cell: .none, positions: sites, potential: tethers), tethers)
}

/// A system in the state of `domain`, made from what a checkpoint keeps.
func makeSystem(restoring domain: Domain, potential: any Potential, step: Int, time: Double) throws -> SystemState {
  let copy = Domain(
    cell: domain.cell, kindCount: 1, cutoff: potential.cutoff, skin: 0.5, communicator: .world)
  try copy.load(domain.records(), cuts: domain.cuts, isRestart: true, referenceCell: domain.referenceCell)
  let timer = PhaseTimer()
  let system = SystemState(
    domain: copy, forceField: ForceField(domain: copy, potentials: [potential], timer: timer),
    kinds: [AtomKind(element: argon)], atomCount: domain.atomCount, timer: timer)
  (system.step, system.time) = (step, time)
  try system.forceField.compute()
  return system
}
