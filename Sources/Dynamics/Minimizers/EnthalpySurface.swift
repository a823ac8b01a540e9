import Atomistics
import Communication
import Decomposition
import Diagnostics
import Numerics

/// What a minimizer goes down: the enthalpy over the positions of the atoms and the strain of the cell.
///
///     H = U + P V
///     move along (u, S) by t:   x_i ← (x_i + t u_i) exp(t S),   h ← h exp(t S)
///     −∂H/∂u_i = F_i,   ∂H/∂S = −W + P V 1
///
/// Rows of h are the cell's vectors, S is symmetric (no rotation), W is the virial. Each step starts a new exponential map,
/// so that the gradient is that of S = 0, where it needs no derivative of the exponential. E. B. Tadmor et al., Phys. Rev. B
/// 59, 235 (1999), doi:10.1103/PhysRevB.59.235 relax atoms and cell together in this way.
final class EnthalpySurface {
  let system: SystemState
  let options: MinimizerOptions
  /// (−F, −W + P V 1), without what is frozen: eV/Å and eV.
  let gradient: RelaxationVector
  /// Evaluations of the forces so far.
  private(set) var evaluations = 0
  /// eV; of the last evaluation that gave energies.
  private(set) var enthalpy = 0.0
  /// eV; differences of enthalpies below this are rounding.
  private(set) var enthalpyNoise = 0.0
  /// eV/Å; of the atoms that are not frozen.
  private(set) var largestForce = 0.0

  /// Onto the span of the periodic cell vectors.
  private let projector: Matrix3
  private var isStale = true

  /// - Throws: `Failure.input` where the cell shall relax but cannot.
  init(_ system: SystemState, _ options: MinimizerOptions) throws {
    self.system = system
    self.options = options
    projector = try options.cell == .fixed ? .zero : Self.projector(system.domain.cell)
    gradient = RelaxationVector(system.domain)
  }

  var domain: Domain { system.domain }
  var communicator: Communicator { system.domain.communicator }
  private var relaxesCell: Bool { options.cell != .fixed }
  /// eV/Å³.
  private var pressure: Double { options.pressure / Units.barPerEVPerCubicAngstrom }

  /// bar; the largest deviation of a component of W/V from the wanted pressure, of those that relax.
  var stressDeviation: Double {
    guard relaxesCell else { return 0 }
    let largest = gradient.strain.elements.reduce(0) { max($0, abs($1)) }
    return largest / domain.cell.volume * Units.barPerEVPerCubicAngstrom
  }

  /// The strain of all directions that relax, alike.
  var uniformStrain: Matrix3 { projector }

  /// Whether owned atom i keeps its place in the cell.
  @inline(__always)
  func isFrozen(_ i: Int) -> Bool {
    guard let frozen = options.frozen else { return false }
    return frozen.contains(domain.atoms.groups[i])
  }

  // MARK: Moving

  /// Goes on along `direction`, from `start` to `end` times it; `cell` is that at 0.
  func move(along direction: RelaxationVector, from start: Double, to end: Double, cell: Cell) {
    let positions = domain.atoms.position, u = direction.pointer, t = end - start
    guard relaxesCell else {
      for i in 0..<domain.atoms.ownedCount {
        positions[i] += t * SIMD4(u[3 * i], u[3 * i + 1], u[3 * i + 2], 0)
      }
      return
    }
    let total = (end * direction.strain).symmetricExponential, further = (t * direction.strain).symmetricExponential
    for i in 0..<domain.atoms.ownedCount {
      let x = Vector3(positions[i].x, positions[i].y, positions[i].z)
      positions[i] = SIMD4(x * further + t * Vector3(u[3 * i], u[3 * i + 1], u[3 * i + 2]) * total, 0)
    }
    // From 0, so that going back to it gives the same bits.
    domain.setCell(Cell(vectors: end == 0 ? cell.vectors : cell.vectors * total, periodic: cell.periodic))
  }

  /// Forces, and with them the gradient, where the atoms are now. Returns whether any rank raised `flag`. Collective.
  func evaluate(flag: Bool, onlyForces: Bool = false) throws -> Bool {
    let raised = try system.followPositions(flag: flag)
    try system.computeForces(onlyForces: onlyForces)
    evaluations += 1
    isStale = true
    refresh()
    return raised
  }

  /// Goes on from a checkpoint.
  func restore(evaluations: Int) {
    self.evaluations = evaluations
    isStale = true
  }

  func remove() { gradient.remove() }

  // MARK: Reading

  /// Takes the gradient from the forces that are there, unless it has. Collective.
  func refresh() {
    guard isStale else { return }
    isStale = false
    readForces()
    guard system.forceField.hasEnergies else { return }
    let sums = communicator.sum(energiesAndVirial())
    let volume = relaxesCell ? domain.cell.volume : 0
    enthalpy = sums[0] + pressure * volume
    // The error of the sums over neighbors and atoms: some units in the last place of what was added.
    enthalpyNoise = 32 * Double.ulpOfOne * (sums[1] + abs(pressure) * volume)
    guard relaxesCell else { return }
    let virial = Matrix3(elements: Array(sums[2...])).symmetrized
    let free = projector * ((-1 * virial) + (pressure * volume) * Matrix3.identity) * projector
    gradient.strain = options.cell == .full ? free : (free.trace / projector.trace) * projector
  }

  private func readForces() {
    let atoms = domain.atoms, force = atoms.force, g = gradient.pointer
    for i in 0..<atoms.ownedCount {
      let f = isFrozen(i) ? .zero : force[i]
      (g[3 * i], g[3 * i + 1], g[3 * i + 2]) = (-f.x, -f.y, -f.z)
    }
    largestForce = gradient.longest
  }

  /// This rank's shares of U, Σ|U_i| and W.
  private func energiesAndVirial() -> [Double] {
    let energies = system.forceField.energies
    var magnitudes = 0.0
    for i in 0..<domain.atoms.ownedCount { magnitudes += abs(energies[i]) }
    return [system.forceField.potentialEnergy + system.externalEnergy, magnitudes] + system.forceField.virial.elements
  }

  private static func projector(_ cell: Cell) throws -> Matrix3 {
    let periodic = (0..<3).filter { cell.periodic[$0] }, vectors = cell.vectors
    guard !periodic.isEmpty, cell.volume > 0 else {
      throw Failure.input(
        "the cell cannot relax: it has no volume that a pressure could act on",
        remedy: "keep the cell fixed, or give it a vector in every direction and let one be periodic")
    }
    switch periodic.count {
    case 3: return .identity
    case 2:
      let normal = vectors[periodic[0]].cross(vectors[periodic[1]]), unit = normal / normal.length
      return .identity - .outer(unit, unit)
    default:
      let unit = vectors[periodic[0]] / vectors[periodic[0]].length
      return .outer(unit, unit)
    }
  }
}
