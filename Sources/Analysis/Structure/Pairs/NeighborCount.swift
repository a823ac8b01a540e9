import Numerics

/// Counts each center's neighbors within a radius.
struct NeighborCount: RunVisitor {
  private let candidates: Candidates
  private let limit: SIMD8<Double>
  /// 1 where centers and neighbors are the same atoms: the center is at distance zero of itself.
  private let own: Int64
  /// [centers], in the order of their grid; written, not added to.
  private let counts: UnsafeMutablePointer<Int32>

  /// - Parameter isLike: centers and neighbors are the same atoms, and an atom is no neighbor of itself.
  init(neighbors: AtomGrid, radius: Double, isLike: Bool, counts: UnsafeMutablePointer<Int32>) {
    (candidates, limit) = (Candidates(neighbors), SIMD8(repeating: radius * radius))
    (own, self.counts) = (isLike ? 1 : 0, counts)
  }

  @inline(__always)
  mutating func visit(_ center: Int, at position: Vector3, _ runs: UnsafePointer<SIMD2<Int32>>, runCount: Int) {
    let origin = Center(position)
    var sum = SIMD8<Int64>.zero
    for run in 0..<runCount {
      var index = Int(runs[run].x)
      let end = Int(runs[run].y)
      while index < end {
        sum &+= candidates.squares(origin, index, end: end).flags(below: limit)
        index &+= 8
      }
    }
    counts[center] = Int32(truncatingIfNeeded: sum.wrappedSum() &- own)
  }

  func finish() { candidates.deallocate() }
}
