import Numerics

/// What a search does with the candidates of one center. Types that conform are specialized: no call per atom is dynamic.
protocol RunVisitor {
  /// - Parameters:
  ///   - center: its place in the centers' grid.
  ///   - runs: [runCount] pieces of the neighbors' extended arrays, each from a first to before an end; no candidate within the
  ///     radius lies elsewhere.
  mutating func visit(_ center: Int, at position: Vector3, _ runs: UnsafePointer<SIMD2<Int32>>, runCount: Int)
}

/// Walks over all centers and the bins around each: a linked-cell search whose cost grows with the number of atoms.
///
/// W. Mattson and B. M. Rice, Comput. Phys. Commun. 119, 135 (1999), with bins of half the radius; the images are explicit, so
/// that the innermost loop has neither a minimum image nor an index to follow.
enum PairSearch {
  /// - Parameter isHalf: centers and neighbors are the same atoms and each pair comes once: a center's candidates are those
  ///   after it in its bin and those in bins on one side of it.
  static func visit<Visitor: RunVisitor>(
    _ lattice: BinLattice, centers: AtomGrid, neighbors: AtomGrid, isHalf: Bool = false, _ visitor: inout Visitor
  ) {
    let reach = lattice.reach, counts = lattice.counts, extended = lattice.extendedCounts
    // The columns of bins along c that surround a bin, as offsets; its own first.
    var columns: [Int] = []
    for i in -reach.x...reach.x {
      for j in -reach.y...reach.y where isHalf ? (i, j) > (0, 0) : (i, j) != (0, 0) {
        columns.append((i * extended.y + j) * extended.z)
      }
    }
    let runs = UnsafeMutablePointer<SIMD2<Int32>>.allocate(capacity: columns.count + 1)
    defer { runs.deallocate() }
    let starts = centers.starts, candidateStarts = neighbors.extendedStarts
    var bin = 0
    for i in 0..<counts.x {
      for j in 0..<counts.y {
        for k in 0..<counts.z {
          defer { bin &+= 1 }
          let first = Int(starts[bin]), end = Int(starts[bin &+ 1])
          if first == end { continue }
          let middle = ((i &+ reach.x) &* extended.y &+ j &+ reach.y) &* extended.z &+ k &+ reach.z
          runs[0] = SIMD2(candidateStarts[middle &- reach.z], candidateStarts[middle &+ reach.z &+ 1])
          var runCount = 1
          for column in columns {
            let run = SIMD2(
              candidateStarts[middle &+ column &- reach.z], candidateStarts[middle &+ column &+ reach.z &+ 1])
            runs[runCount] = run
            runCount &+= run.x < run.y ? 1 : 0
          }
          let own = candidateStarts[middle]
          for center in first..<end {
            if isHalf { runs[0].x = own &+ Int32(truncatingIfNeeded: center &- first &+ 1) }
            visitor.visit(
              center, at: Vector3(centers.x[center], centers.y[center], centers.z[center]), runs, runCount: runCount)
          }
        }
      }
    }
  }
}

/// Eight of an array that need not be aligned.
@inline(__always)
func eight(_ pointer: UnsafePointer<Double>, _ index: Int) -> SIMD8<Double> {
  UnsafeRawPointer(pointer + index).loadUnaligned(as: SIMD8<Double>.self)
}
