/// A Cartesian vector. SIMD3 arithmetic is elementwise; `dot` and `cross` are the vector products.
public typealias Vector3 = SIMD3<Double>

extension SIMD3<Double> {
  @inlinable @inline(__always)
  public func dot(_ other: Vector3) -> Double { (self * other).sum() }

  @inlinable @inline(__always)
  public func cross(_ other: Vector3) -> Vector3 {
    Vector3(y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x)
  }

  @inlinable public var lengthSquared: Double { dot(self) }
  @inlinable public var length: Double { lengthSquared.squareRoot() }
}
