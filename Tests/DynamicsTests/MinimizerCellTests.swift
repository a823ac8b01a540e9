import Atomistics
import Decomposition
import Diagnostics
import Dynamics
import Numerics
import PairPotentials
import Testing

/// The cell relaxes, too: against sums over static lattices.
@Suite(.serialized) struct MinimizerCellTests {
  private let lattice = StaticLattice(cutoff: 8)

  /// Wrong lattice constants, a shear, a shear with shaken atoms.
  private static let deformations: [Matrix3] = [
    Matrix3(diagonal: [1.08, 1.08, 1.08]), Matrix3(diagonal: [0.93, 0.93, 0.93]),
    Matrix3(rows: [1, 0.12, 0], [0.02, 1.04, 0], [-0.06, 0, 0.97]),
  ]

  @Test(arguments: Algorithm.allCases, [0, 1, 2])
  func aStrainedCrystalFindsItsLatticeConstant(_ algorithm: Algorithm, _ deformation: Int) throws {
    let system = try strainedCrystal(3, by: Self.deformations[deformation], shakenBy: deformation == 2 ? 0.1 : 0)
    let result = try minimize(
      system, MinimizerOptions(forceTolerance: 1e-6, cell: .full, stressTolerance: 0.1), by: algorithm)
    #expect(result.ending.hasPrefix("converged"))
    let length = 3 * lattice.latticeConstant(at: 0), h = system.domain.cell.vectors
    for i in 0..<3 {
      for j in 0..<3 { #expect(abs(h[i].dot(h[j]) - (i == j ? length * length : 0)) < 1e-4 * length) }
    }
    #expect(abs(Thermodynamics(of: system, atRest: true).pressure!) < 0.1)
  }

  /// One atom has no forces, whatever the cell: images alone make the crystal.
  @Test(arguments: Algorithm.allCases) func onePrimitiveCellIsEnough(_ algorithm: Algorithm) throws {
    let vectors = 2.65 * Matrix3(rows: [0, 1, 1], [1, 0, 1], [1, 1, 0])
    let system = try makeSystem(
      cell: Cell(vectors: vectors * Matrix3(rows: [1.02, 0.02, 0], [0, 1, -0.05], [0, 0, 1.04]), periodic: .all),
      positions: [[0.3, 0.4, 0.5]], potential: lennardJones(cutoff: 8, truncation: .shiftedForce))
    let result = try minimize(system, MinimizerOptions(cell: .full, stressTolerance: 0.1), by: algorithm)
    #expect(result.ending.hasPrefix("converged"))
    let h = system.domain.cell.vectors, a = lattice.latticeConstant(at: 0)
    for i in 0..<3 {
      for j in 0..<3 { #expect(abs(h[i].dot(h[j]) - (i == j ? a * a / 2 : a * a / 4)) < 1e-3) }
    }
  }

  /// At 20 kbar: every component of the stress is the pressure, and the volume is that at which −dE/dV is.
  @Test(arguments: Algorithm.allCases) func thePressureIsTheOneWanted(_ algorithm: Algorithm) throws {
    let system = try strainedCrystal(3, by: Matrix3(rows: [1.03, 0.02, 0], [0, 1, 0], [0, 0.01, 0.98]), shakenBy: 0.05)
    try minimize(
      system, MinimizerOptions(forceTolerance: 1e-6, cell: .full, pressure: 20_000, stressTolerance: 0.5), by: algorithm)
    let stress = Thermodynamics(of: system, atRest: true).stress!
    for i in 0..<3 {
      for j in 0..<3 { #expect(abs(stress[i, j] - (i == j ? 20_000 : 0)) < 0.5) }
    }
    let a = lattice.latticeConstant(at: 20_000)
    #expect(abs(system.domain.cell.volume - 27 * a * a * a) < 1e-5 * 27 * a * a * a)
  }

  @Test(arguments: Algorithm.allCases) func hydrostaticKeepsTheShape(_ algorithm: Algorithm) throws {
    let system = try strainedCrystal(3, by: Matrix3(rows: [1.03, 0.02, 0], [0, 1, 0], [0, 0.01, 0.9]), shakenBy: 0.05)
    let before = system.domain.cell.vectors
    try minimize(
      system, MinimizerOptions(forceTolerance: 1e-5, cell: .hydrostatic, pressure: 300, stressTolerance: 0.5),
      by: algorithm)
    let after = system.domain.cell.vectors, ratio = after[0, 0] / before[0, 0]
    #expect(abs(ratio - 1) > 0.005)
    for (old, new) in zip(before.elements, after.elements) { #expect(abs(new - ratio * old) < 1e-12) }
    let now = Thermodynamics(of: system, atRest: true)
    #expect(abs(now.pressure! - 300) < 0.5)
    #expect(abs(now.stress![0, 0] - 300) > 50)
  }

  /// A free film: it finds its own lattice in the plane, and nothing happens across it.
  @Test(arguments: Algorithm.allCases) func anOpenDirectionDoesNotRelax(_ algorithm: Algorithm) throws {
    let (cell, positions) = crystal(3, lattice: 5.3), stretch = Matrix3(rows: [1.04, 0.03, 0], [0, 0.97, 0], [0, 0, 1])
    var vectors = cell.vectors * stretch
    vectors[2] = [0, 0, 40]
    let system = try makeSystem(
      cell: Cell(vectors: vectors, periodic: Periodicity(true, true, false)), positions: positions.map { $0 * stretch },
      potential: lennardJones(cutoff: 8, truncation: .shiftedForce))
    let result = try minimize(
      system, MinimizerOptions(forceTolerance: 1e-6, cell: .full, stressTolerance: 0.005), by: algorithm)
    #expect(result.ending.hasPrefix("converged"))
    let h = system.domain.cell.vectors
    #expect(h[2] == [0, 0, 40])
    #expect(h[0].z == 0 && h[1].z == 0)
    // A film of six layers contracts.
    let length = h[0].length / 3
    #expect(length < lattice.latticeConstant(at: 0) - 0.005 && length > 5.15)
    #expect(abs(h[1].length / 3 - length) < 1e-4 && abs(h[0].dot(h[1])) < 1e-3)
  }

  @Test(arguments: Algorithm.allCases) func aClusterHasNoCellToRelax(_ algorithm: Algorithm) throws {
    let system = try makeSystem(
      cell: .none, positions: [[0, 0, 0], [4, 0, 0]], potential: lennardJones(cutoff: 10, truncation: .cut))
    #expect(throws: Failure.self) { try algorithm.make(system, MinimizerOptions(cell: .full)) }
    do { _ = try algorithm.make(system, MinimizerOptions(cell: .hydrostatic)) } catch let failure as Failure {
      #expect(failure.kind == .input && failure.message.contains("volume"))
    }
  }
}
