import Atomistics
import Decomposition
import Dynamics
import Numerics
import PairPotentials
import PotentialKit
import Testing

enum Algorithm: CaseIterable {
  case fire, lbfgs

  func make(_ system: SystemState, _ options: MinimizerOptions) throws -> any Minimizer {
    switch self {
    case .fire: try FIREMinimizer(system, options: options)
    case .lbfgs: try LBFGSMinimizer(system, options: options)
    }
  }
}

protocol Minimizer: StageProcess {
  var evaluations: Int { get }
}

extension FIREMinimizer: Minimizer {}
extension LBFGSMinimizer: Minimizer {}

/// Runs to the end and gives the last word.
@discardableResult
func run(_ process: any StageProcess, eachStep: () throws -> Void = {}) throws -> String {
  try process.begin()
  while true {
    if let ending = try process.ending() {
      try process.end()
      return ending
    }
    _ = try process.advance(flag: false, onlyForces: false)
    try eachStep()
  }
}

@discardableResult
func minimize(
  _ system: SystemState, _ options: MinimizerOptions, by algorithm: Algorithm = .lbfgs, eachStep: () throws -> Void = {}
) throws -> (ending: String, evaluations: Int) {
  let process = try algorithm.make(system, options)
  let ending = try run(process, eachStep: eachStep)
  return (ending, process.evaluations)
}

/// Positions with a random displacement of about `amplitude` (Å) each.
func shaken(_ positions: [Vector3], by amplitude: Double, seed: UInt32) -> [Vector3] {
  let random = CounterRandom(.test, seed: seed)
  return positions.enumerated().map { $1 + amplitude * random.normals(step: 0, id: UInt64($0)) }
}

/// By ids, Å.
func sortedPositions(_ system: SystemState) -> [Vector3] {
  system.domain.records().sorted { $0.id < $1.id }.map { $0.unwrapped(system.domain.cell) }
}

/// Static fcc argon with the shifted-force Lennard-Jones potential, by sums over lattice shells.
struct StaticLattice {
  let cutoff: Double

  /// V(r) − V(c) − (r − c) V'(c), eV.
  private func pairEnergy(_ r: Double) -> Double {
    func energy(_ r: Double) -> Double {
      let s6 = power(sigma / r, 6)
      return 4 * epsilon * (s6 * s6 - s6)
    }
    let s6 = power(sigma / cutoff, 6)
    let slope = -24 * epsilon * (2 * s6 * s6 - s6) / cutoff
    return r < cutoff ? energy(r) - energy(cutoff) - (r - cutoff) * slope : 0
  }

  private func power(_ x: Double, _ n: Int) -> Double { (0..<n).reduce(1) { y, _ in y * x } }

  /// eV an atom, for the cubic lattice constant `a` in Å.
  func energy(_ a: Double) -> Double {
    let reach = Int((2 * cutoff / a).rounded(.up)) + 1
    var total = 0.0
    for i in -reach...reach {
      for j in -reach...reach {
        for k in -reach...reach where (i + j + k) % 2 == 0 && (i, j, k) != (0, 0, 0) {
          total += 0.5 * pairEnergy(0.5 * a * Double(i * i + j * j + k * k).squareRoot())
        }
      }
    }
    return total
  }

  /// bar.
  func pressure(_ a: Double) -> Double {
    let h = 1e-4
    func volume(_ a: Double) -> Double { a * a * a / 4 }
    return -(energy(a + h) - energy(a - h)) / (volume(a + h) - volume(a - h)) * Units.barPerEVPerCubicAngstrom
  }

  /// The lattice constant at which the crystal has this pressure (bar), Å, by bisection.
  func latticeConstant(at wanted: Double) -> Double {
    var low = 4.6, high = 5.6
    while high - low > 1e-9 {
      let middle = 0.5 * (low + high)
      if pressure(middle) > wanted { low = middle } else { high = middle }
    }
    return 0.5 * (low + high)
  }
}

/// `crystal` with its cell and its atoms strained alike.
func strainedCrystal(_ n: Int, by deformation: Matrix3, shakenBy amplitude: Double = 0) throws -> SystemState {
  let (cell, positions) = crystal(n, lattice: 5.3)
  return try makeSystem(
    cell: Cell(vectors: cell.vectors * deformation, periodic: .all),
    positions: shaken(positions.map { $0 * deformation }, by: amplitude, seed: 6),
    potential: lennardJones(cutoff: 8, truncation: .shiftedForce))
}

/// Another potential with its forces turned round.
final class ContraryForces: Potential {
  private let potential: any Potential

  init(potential: any Potential) { self.potential = potential }

  var summary: PotentialSummary { potential.summary }
  var cutoff: Double { potential.cutoff }
  var addsForcesToGhosts: Bool { potential.addsForcesToGhosts }
  var hasActiveSet: Bool { false }

  func bind(elements: [Element]) throws { try potential.bind(elements: elements) }

  func evaluate(_ atoms: AtomStore, _ neighbors: NeighborList, halo: any HaloExchange, into output: ForceOutput) throws {
    try potential.evaluate(atoms, neighbors, halo: halo, into: output)
    for i in 0..<atoms.ownedCount { output.forces[i] *= -1 }
  }
}
