import Atomistics
import Communication
import Decomposition
import Diagnostics
import Numerics
import Testing

@Suite(.serialized)
struct DomainTests {
  private let cell = Cell(
    vectors: Matrix3(rows: Vector3(8, 0, 0), Vector3(2, 9, 0), Vector3(-1, 3, 7)),
    periodic: Periodicity(true, true, false))

  private func sample(skin: Double = 0.6) throws -> Domain {
    try domain(cell, unitPoints(60, seed: 9).map { $0 * cell.vectors }, cutoff: 3, skin: skin)
  }

  private func failure(_ body: () throws -> Void) -> Failure? {
    do { try body() } catch { return error as? Failure }
    return nil
  }

  @Test func wrappingKeepsUnwrappedPositionsAndOpenDirections() throws {
    let positions = unitPoints(50, seed: 2).map { (20 * $0 - 10) * cell.vectors }
    let domain = try domain(cell, positions, cutoff: 3)
    for record in domain.records() {
      let image = record.image
      let f = record.position * cell.vectors.inverse
      let unwrapped = record.position + Vector3(Double(image.x), Double(image.y), Double(image.z)) * cell.vectors
      #expect((unwrapped - positions[Int(record.id) - 1]).length < 1e-12)
      #expect(f.x > -1e-12 && f.x < 1 + 1e-12 && f.y > -1e-12 && f.y < 1 + 1e-12 && image.z == 0)
      #expect(record.reference == record.position)
    }
  }

  @Test func displacementTestTurnsAtHalfTheSkin() throws {
    let domain = try sample(skin: 0.6)
    #expect(domain.needsRebuild(flag: false) == (false, false))
    #expect(domain.needsRebuild(flag: true) == (false, true))
    // Several atoms moved along different axes: the bound by components alone would exceed the limit.
    for axis in 0..<3 { domain.atoms.position[axis][axis] += 0.2999 }
    #expect(domain.needsRebuild(flag: false).rebuild == false)
    domain.atoms.position[31] += SIMD4(0.1733, -0.1733, 0.1733, 0)
    #expect(domain.needsRebuild(flag: false).rebuild)
    try domain.rebuild()
    #expect(domain.needsRebuild(flag: false).rebuild == false)
  }

  @Test(arguments: [Double.nan, .infinity, -1e300]) func aLostAtomIsNamed(value: Double) throws {
    let domain = try sample()
    let id = domain.atoms.id[17]
    domain.atoms.position[17].y = value
    #expect(domain.needsRebuild(flag: false).rebuild)
    let error = failure { try domain.rebuild() }
    #expect(error?.kind == .runtime)
    #expect(error?.message.contains("atom \(id) ") == true)
  }

  @Test func badAtomsAndCellsAreInputErrors() throws {
    func load(_ cell: Cell, _ records: [AtomRecord], cutoff: Double = 3, skin: Double = 0) -> Failure? {
      failure {
        try Domain(cell: cell, kindCount: 2, cutoff: cutoff, skin: skin, communicator: .world).load(
          records, cuts: nil, isRestart: false)
      }
    }
    let good = AtomRecord(id: 1, kind: 0, position: .zero)
    #expect(load(cell, [good]) == nil)
    #expect(load(cell, [])?.kind == .input)
    for kind in [-1, 2, Int32.max] {
      #expect(load(cell, [AtomRecord(id: 4, kind: kind, position: .zero)])?.kind == .input)
    }
    for bad in [Double.nan, .infinity, 1e12] {
      let error = load(cell, [good, AtomRecord(id: 4, kind: 0, position: Vector3(0, bad, 0))])
      #expect(error?.kind == .input && error?.message.contains("atom 4 ") == true)
    }
    #expect(load(cell, [good, good])?.kind == .input)
    for cutoff in [0, -1, Double.nan, .infinity] { #expect(load(cell, [good], cutoff: cutoff)?.kind == .input) }
    #expect(load(cell, [good], skin: -0.1)?.kind == .input)
    let flat = Cell(vectors: Matrix3(rows: Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(1, 1, 0)), periodic: .all)
    #expect(load(flat, [good])?.kind == .input)
    let speck = Cell(vectors: Matrix3(diagonal: Vector3(repeating: 1e-3)), periodic: .all)
    #expect(load(speck, [good])?.kind == .input)
  }

  @Test func exchangeIsAdjoint() throws {
    let domain = try sample()
    let atoms = domain.atoms
    let width = 5
    #expect(atoms.ghostCount > 60)
    var x = (0..<atoms.totalCount * width).map { Double(($0 * 7919) % 1013) / 1013 }
    var y = (0..<atoms.totalCount * width).map { Double(($0 * 104729) % 2011) / 2011 }
    x.withUnsafeMutableBufferPointer { domain.forward($0.baseAddress!, width: width) }
    let left = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
    y.withUnsafeMutableBufferPointer { domain.reverse($0.baseAddress!, width: width) }
    let right = (0..<atoms.ownedCount * width).reduce(0) { $0 + x[$1] * y[$1] }
    #expect(abs(left - right) < 1e-9 * abs(left))
  }

  @Test func forcesReturnToOwners() throws {
    let domain = try sample()
    let atoms = domain.atoms
    for i in 0..<atoms.totalCount { atoms.force[i] = SIMD4(1, 0, Double(atoms.id[i]), 0) }
    domain.returnForces()
    for i in 0..<atoms.ownedCount {
      let copies = (0..<atoms.totalCount).filter { atoms.id[$0] == atoms.id[i] }.count
      #expect(atoms.force[i] == SIMD4(Double(copies), 0, Double(copies) * Double(atoms.id[i]), 0))
    }
  }

  @Test func updatedGhostsFollowTheirOwners() throws {
    let domain = try sample()
    let atoms = domain.atoms
    let before = (0..<atoms.totalCount).map { atoms.position[$0] }
    for i in 0..<atoms.ownedCount { atoms.position[i] += SIMD4(0.01 * Double(atoms.id[i]), 0.5, -1, 0) }
    domain.updateGhosts()
    for i in 0..<atoms.totalCount {
      let moved = atoms.position[i] - before[i] - SIMD4(0.01 * Double(atoms.id[i]), 0.5, -1, 0)
      #expect((moved * moved).sum() < 1e-24 && atoms.position[i].w == 0)
    }
  }

  @Test func orderDoesNotDependOnTheInputs() throws {
    let one = try sample()
    let other = Domain(cell: cell, kindCount: 1, cutoff: 3, skin: 0.6, communicator: .world)
    try other.load(one.records().reversed(), cuts: nil, isRestart: false)
    #expect(one.records().map(\.id) == other.records().map(\.id))
  }

  @Test func gatheredByIdWithGaps() throws {
    let domain = Domain(cell: cell, kindCount: 1, cutoff: 3, skin: 0, communicator: .world)
    let ids: [Int64] = [90, 7, 1 << 40, -3, 12]
    try domain.load(
      ids.map { AtomRecord(id: $0, kind: 0, position: Vector3(Double($0 % 8), 1, 1)) }, cuts: nil, isRestart: false)
    #expect(domain.gatherIdsToRoot() == ids.sorted())
    #expect(domain.gatherToRoot(domain.atoms.id) == ids.sorted())
    let pairs = (0..<5).flatMap { [Double(domain.atoms.id[$0]), 0.5] }
    #expect(domain.gatherToRoot(pairs, width: 2) == ids.sorted().flatMap { [Double($0), 0.5] })
  }

  @Test func cutsSurviveACheckpointAndDamagedOnesDoNot() throws {
    let cuts = try sample().cuts
    #expect(try Cuts(encoded: cuts.encoded) == cuts)
    let three: [Double] = [3, 1.25, 10, 20, 30, 0, 0.25, 2, -7.5]
    #expect(try Cuts(encoded: three).encoded == three)
    for damaged: [Double] in [
      [], [0, 1, 1, 1, 1], [-1, 1, 1, 1, 1], [1], [1, 1], [2, 1, 1, 1, 1], [.nan, 1, 1, 1, 1], [1e300, 1, 1, 1, 1],
      [3, 1, 1, 1, 1, 0, 0.25], [2, 1, 1, 1, 1, 3, 0.5], [2, 1, 1, 1, 1, 0.5, 0.5], [2, 1, 1, 1, 1, 0, .nan],
      [2, 1, 1, 1, 1, 1, .infinity], [1, 1, 1, 1, 1, 0], [1, .nan, 1, 1, 1], [1, 0.5, 1, 1, 1], [1, 1, 1, 0, 1],
      [1, 1, 1, 1, .nan], [1, 1, -1, 1, 1],
    ] {
      #expect(failure { _ = try Cuts(encoded: damaged) }?.kind == .input)
    }
  }
}
