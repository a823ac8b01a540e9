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
/// A rank needs every image within reach of the box around its atoms, in fractional coordinates (margins of reach /
/// height) and in Cartesian ones (rounded corners). Boxes of the atoms, not of the domains, so that vacuum and empty
/// ranks cost nothing.
final class HaloSelection {
  /// By receiver, then shift.
  private(set) var segments: [Halo.Segment] = []
  /// Owned atoms, segment after segment; the first `count` are meant.
  let list = Storage<Int32>()
  private(set) var count = 0

  /// Atoms whose box is tested before they are: consecutive in the order of rows, so they lie close together.
  private static let blockSize = 32
  /// Fractional.
  private let blocks = Storage<Box>()

  var bytes: Int { list.bytes + blocks.bytes }

  /// Owned atoms to choose from.
  private struct Atoms {
    var lattice: Lattice
    var position: UnsafePointer<SIMD4<Double>>
    var count: Int
  }

  /// Fills `segments` and `list` from the `atomCount` owned atoms at `position` for receivers described by `summaries`.
  func select(
    from position: UnsafePointer<SIMD4<Double>>, _ atomCount: Int, for summaries: [RankSummary], rank: Int,
    lattice: Lattice,
    reach: Double
  ) {
    segments.removeAll(keepingCapacity: true)
    count = 0
    guard atomCount > 0 else { return }
    let atoms = Atoms(lattice: lattice, position: position, count: atomCount)
    boundBlocks(atoms)
    let own = summaries[rank].fractional
    // A millionth more than the reach, so that rounding loses no ghost: the distance test of the list decides.
    let generous = reach * (1 + 1e-6)
    let margin = generous / lattice.heights
    for (receiver, summary) in summaries.enumerated() where summary.count > 0 {
      let region = summary.fractional.grown(by: margin)
      let shifts = (0..<3).map { axis in
        lattice.periodic[axis]
          ? Int(
            (region.low[axis] - own.high[axis]).rounded(.up))...max(
              Int((region.low[axis] - own.high[axis]).rounded(.up)),
              Int((region.high[axis] - own.low[axis]).rounded(.down)))
          : 0...0
      }
      for a in shifts[0] {
        for b in shifts[1] {
          for c in shifts[2] where receiver != rank || a != 0 || b != 0 || c != 0 {
            select(atoms, shift: SIMD3(a, b, c), region, summary.cartesian, generous, receiver)
          }
        }
      }
    }
  }

  /// Appends the atoms that, displaced by `shift`, lie in `region` (fractional) and within `reach` of `box`
  /// (Cartesian).
  private func select(
    _ atoms: Atoms, shift: SIMD3<Int>, _ region: Box, _ box: Box, _ reach: Double, _ receiver: Int
  ) {
    // The receiver's boxes are moved instead of the atoms.
    let vector = atoms.lattice.vector(of: shift)
    let position = atoms.position
    let lattice = atoms.lattice
    let region = region.moved(by: -Vector3(Double(shift.x), Double(shift.y), Double(shift.z)))
    let box = box.moved(by: -Vector3(vector.x, vector.y, vector.z))
    let start = count
    let limit = reach * reach
    list.reserve(count + atoms.count)
    let list = list.pointer
    let blocks = blocks.pointer
    var found = count
    for first in stride(from: 0, to: atoms.count, by: Self.blockSize)
    where blocks[first / Self.blockSize].overlaps(region) {
      for i in first..<min(first &+ Self.blockSize, atoms.count) {
        let p = position[i]
        let f = lattice.fractional(p)
        if all((f .>= region.low) .& (f .<= region.high)), box.distanceSquared(to: Vector3(p.x, p.y, p.z)) <= limit {
          list[found] = Int32(truncatingIfNeeded: i)
          found &+= 1
        }
      }
    }
    count = found
    if found > start { segments.append(Halo.Segment(rank: receiver, cells: shift, shift: vector, start: start, end: found)) }
  }

  /// The segments' shifts in a lattice of another shape.
  func setShifts(_ lattice: Lattice) {
    for index in segments.indices { segments[index].shift = lattice.vector(of: segments[index].cells) }
  }

  private func boundBlocks(_ atoms: Atoms) {
    blocks.reserve(atoms.count / Self.blockSize + 1)
    for first in stride(from: 0, to: atoms.count, by: Self.blockSize) {
      var box = Box()
      for i in first..<min(first + Self.blockSize, atoms.count) {
        box.include(atoms.lattice.fractional(atoms.position[i]))
      }
      blocks.pointer[first / Self.blockSize] = box
    }
  }
}
