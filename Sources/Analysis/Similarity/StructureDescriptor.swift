import Atomistics
import Diagnostics
import Numerics

/// Gives a structure, or the parts of it within regions, as vectors that can be compared by their angles.
public protocol StructureDescriptor: AnyObject {
  /// For the report.
  var name: String { get }
  /// One vector a region, or one of the whole structure where there are none; nil for a region without atoms. Local.
  ///
  /// - Parameter number: the frame's in its file, for messages.
  func vectors(of frame: Configuration, number: Int, in regions: [Region]) throws -> [[Double]?]
}

/// A layer of the cell.
public struct Region: Equatable, Sendable {
  /// 0 to 2.
  public let axis: Int
  /// Å along the normal of the cell's faces.
  public let bounds: Range<Double>

  public init(axis: Int, bounds: Range<Double>) { (self.axis, self.bounds) = (axis, bounds) }

  /// An axis and ends: "z 0:20".
  /// - Throws: `Failure.input` for anything else.
  public init(_ text: String) throws {
    let parts = text.split(whereSeparator: \.isWhitespace), names = ["x", "y", "z"]
    let ends = parts.count == 2 ? parts[1].split(separator: ":", omittingEmptySubsequences: false).map { Double($0) } : []
    guard ends.count == 2, let low = ends[0], let high = ends[1], low < high,
      let axis = names.firstIndex(of: String(parts[0]))
    else {
      throw Failure.input("'\(text)' is no region", remedy: "write an axis and its ends in Å, such as \"z 0:20\"")
    }
    self.init(axis: axis, bounds: low..<high)
  }

  public var name: String { "\(["x", "y", "z"][axis]) \(bounds.lowerBound):\(bounds.upperBound)" }

  /// Whether the wrapped position is within the bounds, in the frame's own cell.
  public func contains(_ position: Vector3, in cell: Cell) -> Bool {
    let part = (position * cell.completed.inverse)[axis]
    let place = (cell.periodic[axis] ? part - part.rounded(.down) : part) * cell.heights[axis]
    return bounds.contains(place)
  }
}
