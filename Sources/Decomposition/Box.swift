import Numerics

/// An axis-aligned box in any coordinates; empty while `low` > `high`.
struct Box: BitwiseCopyable {
  var low = Vector3(repeating: .infinity)
  var high = Vector3(repeating: -.infinity)

  static let everything = Box(low: Vector3(repeating: -.infinity), high: Vector3(repeating: .infinity))

  var isEmpty: Bool { any(low .> high) }

  @inline(__always)
  mutating func include(_ point: Vector3) {
    low = pointwiseMin(low, point)
    high = pointwiseMax(high, point)
  }

  /// Whether low <= point < high along every axis.
  @inline(__always)
  func holds(_ point: Vector3) -> Bool { all((low .<= point) .& (point .< high)) }

  @inline(__always)
  func overlaps(_ other: Box) -> Bool { all((low .<= other.high) .& (other.low .<= high)) }

  /// Squared distance of a point to the box.
  @inline(__always)
  func distanceSquared(to point: Vector3) -> Double {
    let outside = pointwiseMax(pointwiseMax(low - point, point - high), .zero)
    return outside.lengthSquared
  }

  func grown(by margin: Vector3) -> Box { Box(low: low - margin, high: high + margin) }
  func moved(by shift: Vector3) -> Box { Box(low: low + shift, high: high + shift) }
}
