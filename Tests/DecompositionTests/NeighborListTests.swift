import Atomistics
import Decomposition
import Numerics
import Testing

// One MPI process: its calls must not run at the same time.
@Suite(.serialized)
struct NeighborListTests {
  @Test func oneAtomSeesItsOwnImages() throws {
    // Lattice points of a simple cubic lattice within 2.05: 6 + 12 + 8 + 6.
    let cube = try domain(Cell(vectors: .identity, periodic: .all), [.zero], cutoff: 2, skin: 0.05)
    #expect(coordination(cube) == [1: 32])
    let chain = try domain(
      Cell(vectors: Matrix3(diagonal: Vector3(1, 0, 0)), periodic: Periodicity(true, false, false)),
      [Vector3(0.3, 7, -4)],
      cutoff: 10.5)
    #expect(coordination(chain) == [1: 20])
    #expect(coordination(try domain(.none, [Vector3(5, 5, 5)], cutoff: 100)) == [1: 0])
  }

  @Test func skewedAndStraightCellsOfOneLatticeAgree() throws {
    // The same simple cubic lattice by very skewed vectors: lattice points within 3.1 number 122.
    let skewed = Matrix3(rows: Vector3(1, 0, 0), Vector3(3, 1, 0), Vector3(-5, 4, 1))
    #expect(
      coordination(try domain(Cell(vectors: skewed, periodic: .all), [Vector3(9, 9, 9)], cutoff: 3.1)) == [1: 122])
    #expect(coordination(try domain(Cell(vectors: .identity, periodic: .all), [.zero], cutoff: 3.1)) == [1: 122])
  }

  @Test(arguments: [2, 5, 9]) func shellsOfACrystal(n: Int) throws {
    let crystal = fcc(n, a: 4)
    let list = try domain(crystal.cell, crystal.positions, cutoff: 4.2, skin: 0.1)
    #expect(list.atoms.ownedCount == 4 * n * n * n)
    #expect(coordination(list).values.allSatisfy { $0 == 18 })
    let shells = distances(list, of: 3)
    #expect(shells.prefix(12).allSatisfy { abs($0 - 8.0.squareRoot()) < 1e-12 })
    #expect(shells.suffix(6).allSatisfy { abs($0 - 4) < 1e-12 })
  }

  @Test(arguments: 0..<8, [1.0, 40.0]) func everyPeriodicityAgainstBruteForce(flags: Int, stretch: Double) throws {
    let vectors = Matrix3(rows: Vector3(9, 0, 0), Vector3(-4, 8, 1), Vector3(3, 5, 7))
    let periodic = Periodicity(flags & 1 > 0, flags & 2 > 0, flags & 4 > 0)
    let positions = unitPoints(150, seed: UInt32(flags)).map { ($0 * Vector3(stretch, 1, 1)) * vectors }
    let kinds = positions.indices.map { Int32($0 % 3) }
    let list = try domain(Cell(vectors: vectors, periodic: periodic), positions, kinds: kinds, cutoff: 4, skin: 0.5)
    let expected = bruteForce(vectors, periodic, positions, reach: 4.5)
    for (index, distance) in expected.enumerated() {
      let found = distances(list, of: Int64(index + 1))
      #expect(found.count == distance.count)
      #expect(zip(found, distance).allSatisfy { abs($0 - $1) < 1e-9 * stretch })
    }
    try list.checkInvariants()
  }

  /// Sorted distances of each atom to all images within reach: a plain sum over shifts, independent of the engine.
  private func bruteForce(_ vectors: Matrix3, _ periodic: Periodicity, _ positions: [Vector3], reach: Double)
    -> [[Double]]
  {
    let inverse = vectors.inverse
    let wrapped = positions.map { p in
      let f = p * inverse
      return Vector3((0..<3).map { periodic[$0] ? f[$0] - f[$0].rounded(.down) : f[$0] }) * vectors
    }
    func shifts(_ axis: Int) -> ClosedRange<Int> { periodic[axis] ? -4...4 : 0...0 }
    return wrapped.indices.map { i in
      var all: [Double] = []
      for a in shifts(0) {
        for b in shifts(1) {
          for c in shifts(2) {
            let shift = Vector3(Double(a), Double(b), Double(c)) * vectors
            for j in wrapped.indices where i != j || a != 0 || b != 0 || c != 0 {
              let d = (wrapped[j] + shift - wrapped[i]).length
              if d <= reach { all.append(d) }
            }
          }
        }
      }
      return all.sorted()
    }
  }

  @Test func farOutliersCostOneRow() throws {
    // Two dense clusters and single atoms, up to 10^8 Å apart along the diagonal.
    let cloud = unitPoints(4000, seed: 1).map { $0 * 16 }
    let far = Vector3(repeating: 1e8)
    let single = [Vector3(1e6, 0, 0), Vector3(0, -1e6, 3e7), Vector3(5, 5, 9e8)]
    let together = try domain(.none, cloud + cloud.map { $0 + far } + single, cutoff: 2, skin: 0.2)
    let alone = coordination(try domain(.none, cloud, cutoff: 2, skin: 0.2))
    let both = coordination(together)
    #expect(alone.allSatisfy { both[$0.key] == $0.value })
    // Far off, coordinates are rounded to 10^-8 Å: pairs at the very edge may differ.
    let second = both.filter { 4001...8000 ~= $0.key }.values.reduce(0, +)
    let first: Int = alone.values.reduce(0, +)
    #expect(abs(second - first) < 10)
    for id: Int64 in 8001...8003 { #expect(both[id] == 0) }
    #expect(together.statistics.bytes < 2000 * 8003)
  }

  @Test func sparseGasOverAHugeCell() throws {
    let cell = Cell(vectors: Matrix3(diagonal: Vector3(repeating: 1e7)), periodic: .all)
    let positions = unitPoints(3000, seed: 4).map { $0 * 1e7 }
    let gas = try domain(cell, positions + positions.prefix(1500).map { $0 + Vector3(0.5, 0.5, 0) }, cutoff: 1)
    let bonds = coordination(gas)
    for id: Int64 in 1...3000 { #expect(bonds[id] == (id <= 1500 ? 1 : 0)) }
    #expect(gas.statistics.bytes < 2000 * 4500)
  }

  @Test func manyAtomsOnOneSpot() throws {
    let heap = try domain(.none, Array(repeating: Vector3(1, 2, 3), count: 300), cutoff: 1)
    #expect(coordination(heap).values.allSatisfy { $0 == 299 })
    // Ties in position are broken by id.
    #expect((0..<300).allSatisfy { heap.atoms.id[$0] == Int64($0 + 1) })
  }

  @Test func neighborsAndCentersAreGroupedByKind() throws {
    let crystal = fcc(4, a: 3)
    let kinds = crystal.positions.indices.map { Int32($0 % 5) }
    let list = try domain(crystal.cell, crystal.positions, kinds: kinds, cutoff: 3.5)
    let neighbors = list.neighbors
    let kind = list.atoms.kind
    for i in 0..<neighbors.centerCount {
      let found = (neighbors.offsets[i]..<neighbors.offsets[i + 1]).map { kind[Int(neighbors.neighbors[$0])] }
      #expect(found == found.sorted())
    }
    #expect((0..<5).allSatisfy { neighbors.kindOffsets[$0 + 1] - neighbors.kindOffsets[$0] > 0 })
    for k in 0..<5 {
      let centers = (neighbors.kindOffsets[k]..<neighbors.kindOffsets[k + 1]).map { neighbors.centers[$0] }
      #expect(centers == centers.sorted() && centers.allSatisfy { kind[Int($0)] == Int32(k) })
    }
  }
}
