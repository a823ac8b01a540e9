import Atomistics
import Communication
import Decomposition
import Diagnostics
import Dynamics
import Numerics
import PairPotentials
import TestSupport

/// A shaken, sheared fcc crystal with a vacancy.
private func shakenCrystal(_ communicator: Communicator) throws -> SystemState {
  let argon = Element(symbol: "Ar")!, a = 5.4
  let deformation = Matrix3(rows: Vector3(1.02, 0.06, 0), Vector3(0, 0.99, 0.03), Vector3(0.02, 0, 1.01))
  var dice = Dice(5), records: [AtomRecord] = []
  for i in 0..<4 * 3 * 5 {
    let corner = Vector3(Double(i % 4), Double(i / 4 % 3), Double(i / 12))
    for site in [Vector3(0, 0, 0), Vector3(0, 0.5, 0.5), Vector3(0.5, 0, 0.5), Vector3(0.5, 0.5, 0)] {
      let noise = 0.8 * (dice.unitVector3() - Vector3(repeating: 0.5))
      let position = (a * (corner + site)) * deformation + noise
      records.append(AtomRecord(id: Int64(records.count + 1), kind: 0, position: position))
    }
  }
  records.remove(at: 100)
  let potential = try LennardJones.makePotential(
    pairs: [PairEntry(argon, argon, .init(epsilon: 0.0104, sigma: 3.405))],
    options: PairOptions(cutoff: 7, truncation: .shiftedForce))
  try potential.bind(elements: [argon])
  let cell = Cell(
    vectors: Matrix3(diagonal: Vector3(4 * a, 3 * a, 5 * a)) * deformation, periodic: .all)
  let domain = Domain(cell: cell, kindCount: 1, cutoff: potential.cutoff, skin: 0.4, communicator: communicator)
  try domain.load(communicator.isRoot ? records : [], cuts: nil, isRestart: false)
  let timer = PhaseTimer()
  let system = SystemState(
    domain: domain, forceField: ForceField(domain: domain, potentials: [potential], timer: timer),
    kinds: [AtomKind(element: argon)], atomCount: records.count, timer: timer)
  try system.computeForces()
  return system
}

private func makeMinimizer(_ name: String, _ system: SystemState, _ cell: CellRelaxation) throws -> any StageProcess {
  let options = MinimizerOptions(forceTolerance: 1e-6, maximumSteps: 1000, cell: cell, stressTolerance: 0.05)
  let minimizer: any StageProcess =
    name == "FIRE" ? try FIREMinimizer(system, options: options) : try LBFGSMinimizer(system, options: options)
  try minimizer.begin()
  return minimizer
}

/// Unwrapped, by ids, and the cell, on every rank.
private func places(_ system: SystemState) -> [Vector3] {
  let domain = system.domain, h = domain.cell.vectors
  let all = domain.communicator.allGather(domain.records()).flatMap { $0 }.sorted { $0.id < $1.id }
  return [h[0], h[1], h[2]] + all.map { record in
    record.position + Vector3(Double(record.image.x), Double(record.image.y), Double(record.image.z)) * h
  }
}

private func largestDistance(_ a: [Vector3], _ b: [Vector3]) -> Double { zip(a, b).map { ($0 - $1).length }.max()! }

/// Minimizers find the same minimum on any number of ranks, by the same way up to rounding, and on the same ranks by the
/// same bits.
func checkMinimizers(_ world: Communicator) throws {
  for name in ["FIRE", "L-BFGS"] {
    for cell in CellRelaxation.allCases {
      let systems = try [world, world, .alone].map { try shakenCrystal($0) }
      let minimizers = try systems.map { try makeMinimizer(name, $0, cell) }
      let title = "\(name), cell \(cell.rawValue)"
      for _ in 0..<5 {
        for minimizer in minimizers { _ = try minimizer.advance(flag: false, onlyForces: false) }
      }
      let early = largestDistance(places(systems[0]), places(systems[2]))
      try expect(early < 1e-9, "\(title): after 5 steps \(early) Å from one rank's", world)
      for minimizer in minimizers {
        while try minimizer.ending() == nil { _ = try minimizer.advance(flag: false, onlyForces: false) }
        let ending = try minimizer.ending() ?? ""
        try expect(ending.hasPrefix("converged"), "\(title): \(ending)", world)
        try minimizer.end()
      }
      let ends = systems.map(places)
      try expect(ends[0] == ends[1], "\(title): the same ranks twice give other bits", world)
      let late = largestDistance(ends[0], ends[2])
      try expect(late < 1e-3, "\(title): ends \(late) Å from one rank's", world)
    }
  }
}
