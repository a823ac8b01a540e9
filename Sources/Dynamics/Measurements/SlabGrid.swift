import Atomistics
import Numerics

/// Equal slabs between the planes of the cell across one lattice direction: slab k holds fractional coordinates from k/n to
/// (k + 1)/n, and stays that share of a cell that changes.
public struct SlabGrid: Equatable, Sendable {
  /// 0, 1, 2: a, b, c.
  public var axis: Int
  public var count: Int

  public init(axis: Int, count: Int) { (self.axis, self.count) = (axis, count) }

  /// As many slabs as come nearest to a thickness (Å), at least one.
  public init(axis: Int, width: Double, in cell: Cell) {
    self.init(axis: axis, count: max(1, Int((cell.heights[axis] / width).rounded())))
  }

  /// The thickness of a slab, Å, across its planes.
  public func thickness(in cell: Cell) -> Double { cell.heights[axis] / Double(count) }
}

/// Finds an atom's slab.
struct SlabFinder {
  /// The fractional coordinate times the number of slabs is the product of this with a position.
  private let gradient: SIMD4<Double>
  private let count: Double
  private let isPeriodic: Bool

  init(_ grid: SlabGrid, in cell: Cell) {
    count = Double(grid.count)
    gradient = SIMD4(count * cell.completed.inverse.transpose[grid.axis], 0)
    isPeriodic = cell.periodic[grid.axis]
  }

  /// An atom beyond the cell in an open direction counts to the outermost slab there.
  @inline(__always)
  func slab(of position: SIMD4<Double>) -> Int {
    var place = (gradient * position).sum()
    if isPeriodic { place -= count * (place / count).rounded(.down) }
    // In this order a position that is not a number finds the first slab, too.
    return place > 0 ? Int(min(place, count - 1)) : 0
  }
}
