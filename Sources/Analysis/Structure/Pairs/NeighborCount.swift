import Numerics

/// Counts each center's neighbors within a radius.
struct NeighborCount: RunVisitor {
  private let x, y, z: UnsafeMutablePointer<Double>
  /// Squares of distances are above `least` and below `limit`.
  private let least, limit: Double
  /// [centers], in the order of their grid; written, not added to.
  private let counts: UnsafeMutablePointer<Int32>

  /// - Parameter isLike: centers and neighbors are the same atoms, and an atom is no neighbor of itself, which is at distance
  ///   zero.
  init(neighbors: AtomGrid, radius: Double, isLike: Bool, counts: UnsafeMutablePointer<Int32>) {
    (x, y, z) = (neighbors.extendedX, neighbors.extendedY, neighbors.extendedZ)
    (limit, least, self.counts) = (radius * radius, isLike ? 0 : -1, counts)
  }

  @inline(__always)
  mutating func visit(_ center: Int, at position: Vector3, _ runs: UnsafePointer<SIMD2<Int32>>, runCount: Int) {
    let cx = SIMD8(repeating: position.x), cy = SIMD8(repeating: position.y), cz = SIMD8(repeating: position.z)
    let lanes = SIMD8<Int64>(0, 1, 2, 3, 4, 5, 6, 7)
    var sum = SIMD8<Int64>.zero
    for run in 0..<runCount {
      var index = Int(runs[run].x)
      let end = Int(runs[run].y)
      while index < end {
        let dx = eight(x, index) - cx, dy = eight(y, index) - cy, dz = eight(z, index) - cz
        let squares = dx * dx + dy * dy + dz * dz
        let isNeighbor = (squares .< limit) .& (squares .> least) .& (lanes .< Int64(end &- index))
        sum = sum.replacing(with: sum &+ 1, where: isNeighbor)
        index &+= 8
      }
    }
    counts[center] = Int32(truncatingIfNeeded: sum.wrappedSum())
  }
}
