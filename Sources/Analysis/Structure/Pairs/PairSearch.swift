import Numerics

/// What a search does with the candidates of one center. Types that conform are specialized: no call per atom is dynamic.
protocol RunVisitor {
  /// - Parameters:
  ///   - center: its place in the centers' grid.
  ///   - runs: [runCount] pieces of the neighbors' extended arrays, each from a first to before an end; no candidate
  ///     within the radius lies elsewhere.
  mutating func visit(_ center: Int, at position: Vector3, _ runs: UnsafePointer<SIMD2<Int32>>, runCount: Int)
}

/// Walks over all centers and the columns of bins around each: a linked-cell search of a cost that grows with the atoms.
///
/// W. Mattson and B. M. Rice, Comput. Phys. Commun. 119, 135 (1999), with explicit images, so that the innermost loop has
/// neither a minimum image nor an index to follow. Of a column along c only that run is read which the sphere can reach:
///
///            ┌───┐
///        ┌───┼───┼───┐
///        │   │ • │   │   columns of bins that are long in a and b, thin in c; each cut where its edge nearest to the center
///        └───┼───┼───┘   leaves the sphere
///            └───┘
enum PairSearch {
  /// - Parameter isHalf: centers and neighbors are the same atoms and each pair comes once: a center's candidates are those
  ///   after it in its bin and those in bins on one side of it.
  static func visit<Visitor: RunVisitor>(
    _ lattice: BinLattice, centers: AtomGrid, neighbors: AtomGrid, isHalf: Bool = false, _ visitor: inout Visitor
  ) {
    var columns = ColumnRuns(lattice, neighbors, isHalf: isHalf)
    defer { columns.deallocate() }
    let reach = lattice.reach, counts = lattice.counts, extended = lattice.extendedCounts, starts = centers.starts
    var bin = 0
    for i in 0..<counts.x {
      for j in 0..<counts.y {
        for k in 0..<counts.z {
          let first = Int(starts[bin]), end = Int(starts[bin &+ 1])
          bin &+= 1
          if first == end { continue }
          let middle = ((i &+ reach.x) &* extended.y &+ j &+ reach.y) &* extended.z &+ k &+ reach.z
          for center in first..<end {
            let position = Vector3(centers.x[center], centers.y[center], centers.z[center])
            let within = lattice.binCoordinates(position) - Vector3(Double(i), Double(j), Double(k))
            let runCount = columns.find(around: middle, at: within, followers: center &- first &+ 1)
            visitor.visit(center, at: position, columns.runs, runCount: runCount)
          }
        }
      }
    }
  }
}

/// The runs of candidates around a center.
private struct ColumnRuns {
  /// A column of bins beside that of the center.
  struct Column {
    var i, j: Int
    /// From the center's bin to the column's bin at the same height.
    var offset: Int
  }

  let runs: UnsafeMutablePointer<SIMD2<Int32>>
  private let columns: UnsafeMutablePointer<Column>
  private let columnCount: Int
  private let starts: UnsafeMutablePointer<Int32>
  /// Distances to columns along a and along b, by their place from −reach: [2 reach + 1].
  private let gapsA, gapsB: UnsafeMutablePointer<Double>
  private let reach: SIMD3<Int>
  private let widths: Vector3
  private let limit, radius: Double
  private let isOrthogonal, isHalf: Bool

  init(_ lattice: BinLattice, _ neighbors: AtomGrid, isHalf: Bool) {
    let reach = lattice.reach, extended = lattice.extendedCounts
    // The center's own column comes first.
    var found = [Column(i: 0, j: 0, offset: 0)]
    for i in -reach.x...reach.x {
      for j in -reach.y...reach.y where isHalf ? (i, j) > (0, 0) : (i, j) != (0, 0) {
        found.append(Column(i: i, j: j, offset: (i * extended.y + j) * extended.z))
      }
    }
    columnCount = found.count
    columns = .allocate(capacity: columnCount)
    columns.initialize(from: found, count: columnCount)
    runs = .allocate(capacity: columnCount)
    gapsA = .allocate(capacity: 2 * reach.x + 1)
    gapsB = .allocate(capacity: 2 * reach.y + 1)
    (starts, self.reach, self.isHalf) = (neighbors.extendedStarts, reach, isHalf)
    // A little more than the radius: an atom at a bin's edge may have been rounded into the next.
    radius = lattice.radius * (1 + 1e-9) + 1e-9
    limit = radius * radius
    (widths, isOrthogonal) = (lattice.widths, lattice.isOrthogonal)
  }

  func deallocate() {
    runs.deallocate()
    columns.deallocate()
    gapsA.deallocate()
    gapsB.deallocate()
  }

  /// Fills `runs` for a center at `within` (in bins, each from 0 to 1) of the extended bin `middle`; returns their number.
  ///
  /// `followers`: what a half search leaves out of the center's bin, itself and those before it.
  @inline(__always)
  mutating func find(around middle: Int, at within: Vector3, followers: Int) -> Int {
    Self.measure(within.x, widths.x, reach.x, gapsA)
    Self.measure(within.y, widths.y, reach.y, gapsB)
    let perWidth = 1 / widths.z
    var count = 0
    for n in 0..<columnCount {
      let column = columns[n], a = gapsA[column.i &+ reach.x], b = gapsB[column.j &+ reach.y]
      let aside = isOrthogonal ? a * a + b * b : max(a * a, b * b)
      if aside >= limit { continue }
      // In a skewed cell the nearest point of a column says little of how far up and down the sphere reaches.
      let span = (isOrthogonal ? (limit - aside).squareRoot() : radius) * perWidth
      let low = max(Int((within.z - span).rounded(.down)), -reach.z)
      let high = min(Int((within.z + span).rounded(.down)), reach.z)
      let bin = middle &+ column.offset
      var run = SIMD2(starts[bin &+ low], starts[bin &+ high &+ 1])
      if isHalf && n == 0 { run.x = starts[bin] &+ Int32(truncatingIfNeeded: followers) }
      runs[count] = run
      count &+= run.x < run.y ? 1 : 0
    }
    return count
  }

  /// Distances to the bins from −reach to reach along a direction; 0 to its own.
  @inline(__always)
  private static func measure(_ within: Double, _ width: Double, _ reach: Int, _ gaps: UnsafeMutablePointer<Double>) {
    gaps[reach] = 0
    var distance = 1 - within, opposite = within
    for step in 0..<reach {
      gaps[reach &+ step &+ 1] = max(distance, 0) * width
      gaps[reach &- step &- 1] = max(opposite, 0) * width
      distance += 1
      opposite += 1
    }
  }
}
