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
    visitor.found.deallocate()
  }
}

private struct NeighborListing: RunVisitor {
  let table: NeighborTable
  let neighbors: AtomGrid
  private let least, limit: Double
  /// Places in the extended arrays of one center's neighbors.
  let found: UnsafeMutablePointer<Int32>
  private let x, y, z: UnsafeMutablePointer<Double>

  init(table: NeighborTable, neighbors: AtomGrid, radius: Double, isLike: Bool) {
    (self.table, self.neighbors) = (table, neighbors)
    (limit, least) = (radius * radius, isLike ? 0 : -1)
    (x, y, z) = (neighbors.extendedX, neighbors.extendedY, neighbors.extendedZ)
    found = .allocate(capacity: neighbors.extendedCount + 8)
  }

  @inline(__always)
  mutating func visit(_ center: Int, at position: Vector3, _ runs: UnsafePointer<SIMD2<Int32>>, runCount: Int) {
    let cx = SIMD8(repeating: position.x), cy = SIMD8(repeating: position.y), cz = SIMD8(repeating: position.z)
    var count = 0
    for run in 0..<runCount {
      var index = Int(runs[run].x)
      let end = Int(runs[run].y)
      while index < end {
        let dx = eight(x, index) - cx, dy = eight(y, index) - cy, dz = eight(z, index) - cz
        let squares = dx * dx + dy * dy + dz * dz
        let last = end &- index
        for lane in 0..<8 {
          found[count] = Int32(truncatingIfNeeded: index &+ lane)
          let square = squares[lane]
          count &+= square < limit && square > least && lane < last ? 1 : 0
        }
        index &+= 8
      }
    }
    for n in 0..<count {
      let place = Int(found[n])
      let vector = Vector3(x[place], y[place], z[place]) - position
      table.atoms.append(neighbors.extendedAtoms[place])
      table.vectors.append(SIMD4(vector, vector.lengthSquared))
    }
    table.starts.append(table.atoms.count)
  }
}
