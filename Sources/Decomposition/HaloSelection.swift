import Atomistics
import Numerics

/// What every rank tells the others of its owned atoms before ghosts are chosen.
struct RankSummary: BitwiseCopyable {
  /// Where its atoms are: fractional, and Cartesian (Å).
  var fractional = Box()
  var cartesian = Box()
  var count = 0
}

/// Finds the owned atoms, and the periodic shifts of them, that other ranks need as ghosts.
///
/// A rank needs every image within reach of the box around its atoms, in fractional coordinates (margins of reach / height) and in
/// Cartesian ones (rounded corners). Boxes of the atoms, not of the domains, so that vacuum and empty ranks cost nothing.
struct HaloSelection {
  private(set) var segments: [Halo.Segment] = []
  private(set) var list: [Int32] = []

  /// Atoms whose box is tested before they are: consecutive in the order of rows, so they lie close together.
  private static let blockSize = 32

  private let lattice: Lattice
  private let position: UnsafePointer<SIMD4<Double>>
  private let count: Int
  private var blocks: [Box] = []

  init(lattice: Lattice, position: UnsafePointer<SIMD4<Double>>, count: Int) {
    self.lattice = lattice
    self.position = position
    self.count = count
  }

  /// Fills `segments` (by rank, then shift) and `list` for receivers described by `summaries`.
  mutating func select(for summaries: [RankSummary], rank: Int, reach: Double) {
    segments.removeAll(keepingCapacity: true)
    list.removeAll(keepingCapacity: true)
    guard count > 0 else { return }
    boundBlocks()
    let own = summaries[rank].fractional
    // A millionth more than the reach, so that rounding loses no ghost: the distance test of the list decides.
    let generous = reach * (1 + 1e-6), margin = generous / lattice.heights
    for (receiver, summary) in summaries.enumerated() where summary.count > 0 {
      let region = summary.fractional.grown(by: margin)
      let shifts = (0..<3).map { axis in
        lattice.periodic[axis]
          ? Int((region.low[axis] - own.high[axis]).rounded(.up))...max(
            Int((region.low[axis] - own.high[axis]).rounded(.up)), Int((region.high[axis] - own.low[axis]).rounded(.down)))
          : 0...0
      }
      for a in shifts[0] {
        for b in shifts[1] {
          for c in shifts[2] where receiver != rank || a != 0 || b != 0 || c != 0 {
            select(shift: SIMD3(a, b, c), region, summary.cartesian, generous, receiver)
          }
        }
      }
    }
  }

  /// Appends the atoms that, displaced by `shift`, lie in `region` (fractional) and within `reach` of `box` (Cartesian).
  private mutating func select(shift: SIMD3<Int>, _ region: Box, _ box: Box, _ reach: Double, _ receiver: Int) {
    // The receiver's boxes are moved instead of the atoms.
    let vector = lattice.vector(of: shift)
    let region = region.moved(by: -Vector3(Double(shift.x), Double(shift.y), Double(shift.z)))
    let box = box.moved(by: -Vector3(vector.x, vector.y, vector.z))
    let start = list.count, limit = reach * reach
    for (index, block) in blocks.enumerated() where block.overlaps(region) {
      let first = index &* Self.blockSize
      for i in first..<min(first &+ Self.blockSize, count) {
        let p = position[i], f = lattice.fractional(p)
        if all((f .>= region.low) .& (f .<= region.high)), box.distanceSquared(to: Vector3(p.x, p.y, p.z)) <= limit {
          list.append(Int32(truncatingIfNeeded: i))
        }
      }
    }
    if list.count > start { segments.append(Halo.Segment(rank: receiver, shift: vector, start: start, end: list.count)) }
  }

  private mutating func boundBlocks() {
    blocks.removeAll(keepingCapacity: true)
    for first in stride(from: 0, to: count, by: Self.blockSize) {
      var box = Box()
      for i in first..<min(first + Self.blockSize, count) { box.include(lattice.fractional(position[i])) }
      blocks.append(box)
    }
  }
}
