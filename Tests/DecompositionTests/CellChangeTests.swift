import Atomistics
import Communication
import Decomposition
import Diagnostics
import Numerics
import Testing

@Suite(.serialized)
struct CellChangeTests {
  private let cell = Cell(
    vectors: Matrix3(rows: Vector3(8, 0, 0), Vector3(2, 9, 0), Vector3(-1, 3, 7)),
    periodic: Periodicity(true, true, false))

  private func sample(_ cell: Cell, atoms: Int = 60, seed: UInt32 = 9) throws -> Domain {
    try domain(cell, unitPoints(atoms, seed: seed).map { $0 * cell.vectors }, cutoff: 3, skin: 0.6)
  }

  private func failure(_ body: () throws -> Void) -> Failure? {
    do { try body() } catch { return error as? Failure }
    return nil
  }

  /// Two atoms that are just too far apart to be listed, in the direction in which the cell shrinks most, and come
  /// together as far as the criterion lets them: it is neither too lax nor more careful than it must be.
  @Test(arguments: [0.9, 1, 1.25]) func theCriterionIsSharp(stretch: Double) throws {
    let vectors = Matrix3(diagonal: Vector3(12, 12, 12))
    let start = [Vector3(1, 2, 3), Vector3(1, 5.6 + 1e-7, 3)]
    let pair = try domain(Cell(vectors: vectors, periodic: .all), start, cutoff: 3, skin: 0.6)
    #expect(pair.statistics.neighborCount == 0)
    strain(pair, by: Matrix3(diagonal: Vector3(1.3, stretch, 1.3)))
    let limit = 0.5 * (stretch * 3.6 - 3)
    for i in 0..<2 { pair.atoms.position[i].y += (pair.atoms.id[i] == 1 ? 1 : -1) * (limit - 1e-9) }
    #expect(pair.needsRebuild(flag: false).rebuild == false)
    pair.updateGhosts()
    try pair.checkCoverage()
    for i in 0..<2 { pair.atoms.position[i].y += (pair.atoms.id[i] == 1 ? 1 : -1) * 1e-6 }
    #expect(pair.needsRebuild(flag: false).rebuild)
    pair.updateGhosts()
    #expect(failure { try pair.checkCoverage() }?.message.contains("misses neighbor") == true)
    try pair.rebuild()
    #expect(pair.statistics.neighborCount == 2)
  }

  @Test func aCellThatShrinksAloneAsksForARebuild() throws {
    let domain = try sample(cell)
    strain(domain, by: Matrix3(diagonal: Vector3(1, 3 / 3.6 + 1e-9, 1)))
    #expect(domain.needsRebuild(flag: false).rebuild == false)
    strain(domain, by: Matrix3(diagonal: Vector3(1, 1 - 2e-9, 1)))
    #expect(domain.needsRebuild(flag: false).rebuild)
  }

  /// Random strains and displacements to the very limit of the criterion against brute force.
  @Test(arguments: 0..<8) func everyPairWithinTheCutoffStaysListed(flags: Int) throws {
    let periodic = Periodicity(flags & 1 > 0, flags & 2 > 0, flags & 4 > 0)
    let random = CounterRandom(.test, seed: 40)
    var held = 0
    for trial in 0..<12 {
      let domain = try sample(Cell(vectors: cell.vectors, periodic: periodic), seed: UInt32(trial))
      let rows = (0..<3).map { 0.04 * random.normals(step: UInt64(8 * trial + flags), id: $0) }
      let matrix = Matrix3.identity + Matrix3(rows: rows[0], rows[1], rows[2])
      strain(domain, by: matrix)
      let limit = 0.5 * (matrix.smallestSingularValue * 3.6 - 3)
      for i in 0..<domain.atoms.ownedCount where limit > 0 {
        let way = random.normals(step: UInt64(1000 + trial), id: UInt64(domain.atoms.id[i]))
        domain.atoms.position[i] += SIMD4((limit - 1e-9) / way.length * way, 0)
      }
      #expect(domain.needsRebuild(flag: false).rebuild == (limit < 0))
      guard limit > 0 else { continue }
      held += 1
      domain.updateGhosts()
      try domain.checkCoverage()
      try domain.checkInvariants()
    }
    #expect(held > 5)
  }

  /// Smaller, longer and more skewed cells than the first, past the cutoff: the list is that of a domain which starts so.
  @Test(arguments: [
    Matrix3(diagonal: Vector3(repeating: 0.5)), Matrix3(diagonal: Vector3(0.3, 1, 2)),
    Matrix3(diagonal: Vector3(6, 0.9, 0.25)), Matrix3(rows: Vector3(1, 0, 0), Vector3(3, 1, 0), Vector3(-2, 4, 1)),
    Matrix3(rows: Vector3(0, 1, 0), Vector3(0, 0, 1), Vector3(1, 0, 0)),
  ])
  func anyCellIsRebuilt(_ matrix: Matrix3) throws {
    for periodic in [cell.periodic, .all, Periodicity(false, false, true)] {
      let domain = try sample(Cell(vectors: cell.vectors, periodic: periodic))
      strain(domain, by: matrix)
      // The last one only turns everything.
      #expect(domain.needsRebuild(flag: false).rebuild == (matrix.smallestSingularValue < 0.8))
      try domain.rebuild()
      #expect(domain.referenceCell == domain.cell)
      try domain.checkInvariants()
      let fresh = Domain(cell: domain.cell, kindCount: 1, cutoff: 3, skin: 0.6, communicator: .world)
      try fresh.load(domain.records(), cuts: nil, isRestart: false)
      #expect(coordination(fresh) == coordination(domain))
      #expect(fresh.atoms.ghostCount == domain.atoms.ghostCount)
    }
  }

  @Test func theSameCellChangesNoBit() throws {
    let domain = try sample(cell)
    let before = (0..<domain.atoms.totalCount).map { domain.atoms.position[$0] }
    strain(domain, by: Matrix3(diagonal: Vector3(1.01, 1, 1)))
    domain.setCell(cell)
    for i in 0..<domain.atoms.ownedCount { domain.atoms.position[i] = before[i] }
    domain.updateGhosts()
    #expect((0..<domain.atoms.totalCount).map { domain.atoms.position[$0] } == before)
    #expect(domain.needsRebuild(flag: false).rebuild == false)
  }

  @Test(arguments: [
    (Matrix3(diagonal: Vector3(1, 0, 1)), "flat"), (Matrix3(diagonal: Vector3(1, -1, 1)), "left-handed"),
    (Matrix3(diagonal: Vector3(1, .nan, 1)), "not finite"), (Matrix3(diagonal: Vector3(1, 1, .infinity)), "not finite"),
    (Matrix3(diagonal: Vector3(0.2, 0.2, 0.2)), "is left for an atom"),
    (Matrix3(diagonal: Vector3(1e-3, 1e-3, 3e6)), "images of itself"),
  ])
  func aCollapsedCellIsRefused(_ matrix: Matrix3, _ reason: String) throws {
    let domain = try sample(Cell(vectors: cell.vectors, periodic: .all))
    let before = coordination(domain)
    domain.setCell(Cell(vectors: domain.cell.vectors * matrix, periodic: .all))
    #expect(domain.needsRebuild(flag: false).rebuild)
    let error = failure { try domain.rebuild() }
    #expect(error?.kind == .runtime && error?.remedy?.contains("barostat") == true)
    #expect(error?.message.contains("collapsed") == true && error?.message.contains(reason) == true)
    // The domain is as before: it goes on with the cell that it had.
    domain.setCell(Cell(vectors: cell.vectors, periodic: .all))
    #expect(domain.needsRebuild(flag: false).rebuild == false)
    try domain.rebuild()
    #expect(coordination(domain) == before)
  }

  @Test func aRestartNeedsCellsThatCanBeSimulated() throws {
    let domain = try sample(cell)
    let flat = Cell(vectors: cell.vectors * Matrix3(diagonal: Vector3(1, 0, 1)), periodic: cell.periodic)
    for (now, then) in [(cell, flat), (flat, cell)] {
      let other = Domain(cell: now, kindCount: 1, cutoff: 3, skin: 0.6, communicator: .world)
      let error = failure {
        try other.load(domain.records(), cuts: domain.cuts, isRestart: true, referenceCell: then)
      }
      #expect(error?.kind == .input)
    }
  }
}
