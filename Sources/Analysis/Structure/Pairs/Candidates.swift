import Numerics

/// Positions of a search's candidates, and distances to them eight at a time.
///
/// Vectors are compared and added with vectors: those forms are single instructions, forms with scalars are loops.
struct Candidates {
  private let x, y, z: UnsafeMutablePointer<Double>
  /// Eight zeros, then eight infinities: where lanes beyond a run begin.
  private let ends: UnsafeMutablePointer<Double>

  init(_ grid: AtomGrid) {
    (x, y, z) = (grid.extendedX, grid.extendedY, grid.extendedZ)
    ends = .allocate(capacity: 16)
    ends.initialize(repeating: 0, count: 8)
    (ends + 8).initialize(repeating: .infinity, count: 8)
  }

  func deallocate() { ends.deallocate() }

  subscript(index: Int) -> Vector3 { Vector3(x[index], y[index], z[index]) }

  /// Squares of distances from a center to the eight candidates from `index` on; infinite from `end` on.
  @inline(__always)
  func squares(_ center: Center, _ index: Int, end: Int) -> SIMD8<Double> {
    let dx = eight(x, index) - center.x, dy = eight(y, index) - center.y, dz = eight(z, index) - center.z
    return dx * dx + dy * dy + dz * dz + eight(ends, 8 &- min(end &- index, 8))
  }
}

/// A position, eight times.
struct Center {
  let x, y, z: SIMD8<Double>

  @inline(__always)
  init(_ position: Vector3) {
    x = SIMD8(repeating: position.x)
    y = SIMD8(repeating: position.y)
    z = SIMD8(repeating: position.z)
  }
}

/// Eight of an array that need not be aligned.
@inline(__always)
func eight(_ pointer: UnsafePointer<Double>, _ index: Int) -> SIMD8<Double> {
  UnsafeRawPointer(pointer + index).loadUnaligned(as: SIMD8<Double>.self)
}

extension SIMD8<Double> {
  /// 1 where a lane is below that of the limit, 0 elsewhere.
  @inline(__always)
  func flags(below limit: SIMD8<Double>) -> SIMD8<Int64> {
    SIMD8<Int64>.zero &- unsafeBitCast(self .< limit, to: SIMD8<Int64>.self)
  }
}
