import Atomistics
import Communication
import Decomposition
import Diagnostics
import Dynamics
import Numerics
import PairPotentials
import Testing

/// What both minimizers promise in a cell that stays.
@Suite(.serialized) struct MinimizerTests {
  /// The icosahedron of 13 atoms has −44.326801 ε (J. A. Northby, J. Chem. Phys. 87, 6166 (1987)).
  @Test(arguments: Algorithm.allCases, [1, 2, 3, 4] as [UInt32])
  func thirteenAtomsBecomeAnIcosahedron(_ algorithm: Algorithm, _ seed: UInt32) throws {
    let golden = (1 + 5.0.squareRoot()) / 2
    var positions: [Vector3] = [.zero]
    for a in [-1.0, 1.0] {
      for b in [-golden, golden] { positions += [Vector3(0, a, b), Vector3(a, b, 0), Vector3(b, 0, a)] }
    }
    let system = try makeSystem(
      cell: .none, positions: shaken(positions.map { 0.62 * sigma * $0 }, by: 0.25, seed: seed),
      potential: lennardJones(cutoff: 100, truncation: .cut))
    let result = try minimize(system, MinimizerOptions(forceTolerance: 1e-7), by: algorithm)
    #expect(result.ending.hasPrefix("converged"))
    #expect(result.evaluations < (algorithm == .fire ? 400 : 50))
    #expect(abs(Thermodynamics(of: system, atRest: true).potential / epsilon + 44.326801) < 1e-5)
  }

  @Test(arguments: Algorithm.allCases) func aShakenCrystalBecomesPerfect(_ algorithm: Algorithm) throws {
    let (cell, positions) = crystal(3, lattice: 5.3)
    let system = try makeSystem(
      cell: cell, positions: shaken(positions, by: 0.15, seed: 2),
      potential: lennardJones(cutoff: 8, truncation: .smooth))
    try minimize(system, MinimizerOptions(forceTolerance: 1e-8), by: algorithm)
    let displacements = zip(sortedPositions(system), positions).map { $0 - $1 }
    let shift = displacements.reduce(Vector3.zero, +) / Double(positions.count)
    for displacement in displacements { #expect((displacement - shift).length < 1e-5) }
  }

  @Test(arguments: Algorithm.allCases) func noAtomMovesFartherThanAllowed(_ algorithm: Algorithm) throws {
    let system = try makeSystem(
      cell: .none, positions: [[0, 0, 0], [2.2, 0, 0], [2, 3, 4]],
      potential: lennardJones(cutoff: 12, truncation: .shift))
    var previous = sortedPositions(system), longest = 0.0
    try minimize(system, MinimizerOptions(forceTolerance: 1e-6, maximumDisplacement: 0.05), by: algorithm) {
      let now = sortedPositions(system)
      longest = max(longest, zip(previous, now).map { ($0 - $1).length }.max()!)
      previous = now
    }
    #expect(longest < 0.05 + 1e-9)
    #expect(longest > 0.04)
  }

  @Test(arguments: Algorithm.allCases, CellRelaxation.allCases)
  func frozenAtomsKeepTheirPlace(_ algorithm: Algorithm, _ cell: CellRelaxation) throws {
    let system = try strainedCrystal(3, by: Matrix3(diagonal: [1.02, 1, 1]), shakenBy: 0.1)
    let atoms = system.domain.atoms
    for i in 0..<atoms.ownedCount where atoms.id[i] % 5 == 0 { atoms.groups[i] = 0b100 }
    func places() -> [Vector3] { sortedPositions(system).map { $0 * system.domain.cell.vectors.inverse } }
    let before = places()
    let result = try minimize(
      system, MinimizerOptions(forceTolerance: 1e-4, cell: cell, frozen: GroupSelection(any: 0b100)), by: algorithm)
    #expect(result.ending.hasPrefix("converged"))
    #expect(system.largestForce() > 1e-3)
    for (k, (old, new)) in zip(before, places()).enumerated() {
      if (k + 1) % 5 == 0 { #expect((old - new).length < 1e-13) } else { #expect((old - new).length > 1e-5) }
    }
  }

  @Test(arguments: Algorithm.allCases) func velocitiesStayAsTheyAre(_ algorithm: Algorithm) throws {
    let (cell, positions) = crystal(3)
    let system = try makeSystem(
      cell: cell, positions: shaken(positions, by: 0.1, seed: 3), velocities: positions.map { 1e-3 * $0 },
      potential: lennardJones(cutoff: 8, truncation: .smooth))
    try minimize(system, MinimizerOptions(forceTolerance: 1e-3), by: algorithm)
    for record in system.domain.records() { #expect(record.velocity == 1e-3 * positions[Int(record.id) - 1]) }
  }

  @Test(arguments: Algorithm.allCases) func theLastWordIsHonest(_ algorithm: Algorithm) throws {
    let few = try minimize(
      strainedCrystal(3, by: .identity, shakenBy: 0.1), MinimizerOptions(forceTolerance: 1e-9, maximumSteps: 3),
      by: algorithm)
    #expect(few.ending.hasPrefix("NOT converged after 3 steps"))
    #expect(few.ending.contains("tolerance 1e-09"))
  }

  /// Below what rounding allows L-BFGS stops by itself and says so; the forces are as small as they can be.
  @Test func roundingEndsTheDescent() throws {
    let system = try strainedCrystal(3, by: .identity, shakenBy: 0.1)
    let result = try minimize(system, MinimizerOptions(forceTolerance: 1e-30, maximumSteps: 1000))
    #expect(result.ending.contains("NOT converged") && result.ending.contains("rounding"))
    #expect(system.largestForce() < 1e-12)
    #expect(result.evaluations < 120)
  }

  /// Where energies and forces contradict each other the last word does not blame rounding.
  @Test func wrongForcesAreNotTakenForRounding() throws {
    let sites = [Vector3(0, 0, 0), Vector3(20, 0, 0)]
    let tethers = Tethers(sites: sites, stiffness: 1)
    let system = try makeSystem(
      cell: .none, positions: sites.map { $0 + [0.3, 0.2, 0.1] }, potential: ContraryForces(potential: tethers))
    let result = try minimize(system, MinimizerOptions())
    #expect(result.ending.contains("NOT converged") && result.ending.contains("does not fall along the forces"))
    #expect((sortedPositions(system)[0] - [0.3, 0.2, 0.1]).length < 1e-12)
  }

  /// Each step lowers the enthalpy, from far away, with the cell moving, down to rounding.
  @Test func theEnthalpyFallsInEveryStep() throws {
    let system = try strainedCrystal(
      3, by: Matrix3(rows: [1.1, 0.05, 0], [0, 0.95, 0.02], [0.03, 0, 1.05]), shakenBy: 0.3)
    let pressure = 5000.0
    func enthalpy() -> Double {
      let now = Thermodynamics(of: system, atRest: true)
      return now.potential + pressure / Units.barPerEVPerCubicAngstrom * now.volume!
    }
    var previous = Double.infinity
    let result = try minimize(
      system, MinimizerOptions(forceTolerance: 1e-7, cell: .full, pressure: pressure, stressTolerance: 0.01)
    ) {
      let now = enthalpy()
      #expect(now < previous + 1e-12)
      previous = now
    }
    #expect(result.ending.hasPrefix("converged"))
  }

  /// A long crystal with a vacancy, bent by a long wave: what makes descent slow, and what the preconditioner is for.
  @Test func thePreconditionerSavesEvaluations() throws {
    func evaluations(_ algorithm: Algorithm) throws -> (Int, Double) {
      let a = 5.28, cells = SIMD3(3, 3, 30)
      var positions: [Vector3] = []
      for i in 0..<cells.x * cells.y * cells.z {
        let corner = Vector3(Double(i % 3), Double(i / 3 % 3), Double(i / 9))
        for site in [Vector3(0, 0, 0), Vector3(0, 0.5, 0.5), Vector3(0.5, 0, 0.5), Vector3(0.5, 0.5, 0)] {
          positions.append(a * (corner + site))
        }
      }
      positions.remove(at: positions.count / 2)
      let height = a * Double(cells.z)
      let bent = shaken(positions, by: 0.05, seed: 7).map { $0 + wave($0.z / height) * Vector3(0.6, 0, 0.4) }
      let system = try makeSystem(
        cell: Cell(vectors: Matrix3(diagonal: [3 * a, 3 * a, height]), periodic: .all), positions: bent,
        potential: lennardJones(cutoff: 7.5, truncation: .smooth))
      let result = try minimize(system, MinimizerOptions(forceTolerance: 1e-6), by: algorithm)
      #expect(result.ending.hasPrefix("converged"))
      return (result.evaluations, Thermodynamics(of: system, atRest: true).potential)
    }
    let (fire, fireEnergy) = try evaluations(.fire), (lbfgs, lbfgsEnergy) = try evaluations(.lbfgs)
    #expect(abs(fireEnergy - lbfgsEnergy) < 1e-6)
    #expect(8 * lbfgs < fire)
  }

  /// A smooth periodic wave: a parabola in each half.
  private func wave(_ x: Double) -> Double {
    let f = x - x.rounded(.down)
    return f < 0.5 ? 16 * f * (0.5 - f) : -16 * (f - 0.5) * (1 - f)
  }
}
