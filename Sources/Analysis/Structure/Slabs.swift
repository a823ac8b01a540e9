import Atomistics
import Diagnostics
import Numerics

/// Equal slices of the cell along one of its vectors: z for the third.
///
/// A slab lies between two planes of the other two vectors, so that slabs of a skewed cell have equal volumes; positions
/// along the axis are distances from the plane through the origin.
public struct Slabs: Sendable {
  /// 0 to 2: a, b, c.
  public let axis: Int
  public let count: Int

  /// - Parameter axis: x, y or z (a, b or c).
  /// - Throws: `Failure.input` for another axis or no slab.
  public init(axis: String, count: Int) throws {
    guard let index = ["x", "y", "z"].firstIndex(of: axis) ?? ["a", "b", "c"].firstIndex(of: axis) else {
      throw Failure.input("'\(axis)' is no axis", remedy: "use x, y or z")
    }
    guard (1...100_000).contains(count) else {
      throw Failure.input("the number of slabs is \(count)", remedy: "give a number from 1 to 100000")
    }
    (self.axis, self.count) = (index, count)
  }

  public var name: String { ["x", "y", "z"][axis] }

  /// The slabs of one frame.
  struct InFrame {
    /// Fractional coordinate along the axis = position · direction.
    let direction: Vector3
    let count: Int
    let isPeriodic: Bool
    /// Of the cell along the axis, Å.
    let height: Double

    /// Atoms beyond the ends of an axis that is not periodic are in the first or the last slab.
    @inline(__always)
    func slab(of position: Vector3) -> Int {
      var part = position.dot(direction)
      if isPeriodic { part -= part.rounded(.down) }
      // A position on the edge belongs to the slab above it, whatever its last bit.
      return min(max(Int((part * Double(count) + 1e-9).rounded(.down)), 0), count - 1)
    }
  }

  /// - Throws: `Failure.input` if the frame has no cell vector along the axis, or no volume.
  func inFrame(_ frame: Configuration) throws -> InFrame {
    guard frame.cell.volume > 0 else {
      throw Failure.input("no cell to cut into slabs", remedy: "give the frames a cell")
    }
    return InFrame(
      direction: frame.cell.vectors.inverse.transpose[axis], count: count, isPeriodic: frame.cell.periodic[axis],
      height: frame.cell.heights[axis])
  }
}
