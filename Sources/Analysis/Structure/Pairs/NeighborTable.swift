import Numerics

/// The neighbors of each center within a radius, with the vectors to them.
///
/// Rows are in the order of the centers' grid.
final class NeighborTable {
  /// Where a row starts: [rows + 1].
  fileprivate(set) var starts: [Int] = [0]
  /// [entries], indices in the frame.
  fileprivate(set) var atoms: [Int32] = []
  /// [entries], from the center to the neighbor, Å; the fourth lane is the square of the distance.
  fileprivate(set) var vectors: [SIMD4<Double>] = []

  func row(_ row: Int) -> Range<Int> { starts[row]..<starts[row + 1] }

  /// Finds the neighbors of all centers anew; `isLike` as for `NeighborCount`.
  func fill(_ lattice: BinLattice, centers: AtomGrid, neighbors: AtomGrid, radius: Double, isLike: Bool) {
    starts.removeAll(keepingCapacity: true)
    atoms.removeAll(keepingCapacity: true)
    vectors.removeAll(keepingCapacity: true)
    starts.append(0)
    var visitor = NeighborListing(table: self, neighbors: neighbors, radius: radius, isLike: isLike)
    PairSearch.visit(lattice, centers: centers, neighbors: neighbors, &visitor)
    visitor.deallocate()
  }
}

private struct NeighborListing: RunVisitor {
  private let table: NeighborTable
  private let neighbors: AtomGrid
  private let candidates: Candidates
  private let limit: SIMD8<Double>
  private let isLike: Bool
  /// Places in the extended arrays of one center's neighbors.
  private let found: UnsafeMutablePointer<Int32>

  init(table: NeighborTable, neighbors: AtomGrid, radius: Double, isLike: Bool) {
    (self.table, self.neighbors, self.isLike) = (table, neighbors, isLike)
    (candidates, limit) = (Candidates(neighbors), SIMD8(repeating: radius * radius))
    found = .allocate(capacity: neighbors.extendedCount + 8)
  }

  func deallocate() {
    found.deallocate()
    candidates.deallocate()
  }

  @inline(__always)
  mutating func visit(_ center: Int, at position: Vector3, _ runs: UnsafePointer<SIMD2<Int32>>, runCount: Int) {
    let origin = Center(position)
    var count = 0
    for run in 0..<runCount {
      var index = Int(runs[run].x)
      let end = Int(runs[run].y)
      while index < end {
        let isNear = candidates.squares(origin, index, end: end).flags(below: limit)
        for lane in 0..<8 {
          found[count] = Int32(truncatingIfNeeded: index &+ lane)
          count &+= Int(isNear[lane])
        }
        index &+= 8
      }
    }
    for n in 0..<count {
      let place = Int(found[n]), vector = candidates[place] - position
      let square = vector.lengthSquared
      if isLike && square == 0 { continue }
      table.atoms.append(neighbors.extendedAtoms[place])
      table.vectors.append(SIMD4(vector, square))
    }
    table.starts.append(table.atoms.count)
  }
}
