import Numerics

/// Counts pairs by their distance: bin k holds k·width ≤ r < (k+1)·width.
struct DistanceHistogram: RunVisitor {
  let binCount: Int
  private let inverseWidth: Double
  private let limit: Double
  private let x, y, z: UnsafeMutablePointer<Double>
  /// [bins + 1]; the last is for distances that rounding lifts out of the last bin.
  private let counts: UnsafeMutablePointer<Int64>
  /// Squares of distances within the radius that wait to be binned in vectors.
  private let pending: UnsafeMutablePointer<Double>
  private var pendingCount = 0
  private static let capacity = 2048

  /// `counts`: [binCount + 1].
  init(neighbors: AtomGrid, radius: Double, binCount: Int, counts: UnsafeMutablePointer<Int64>) {
    (x, y, z) = (neighbors.extendedX, neighbors.extendedY, neighbors.extendedZ)
    (self.binCount, self.counts, limit) = (binCount, counts, radius * radius)
    inverseWidth = Double(binCount) / radius
    pending = .allocate(capacity: Self.capacity + 8)
  }

  @inline(__always)
  mutating func visit(_ center: Int, at position: Vector3, _ runs: UnsafePointer<SIMD2<Int32>>, runCount: Int) {
    let cx = SIMD8(repeating: position.x), cy = SIMD8(repeating: position.y), cz = SIMD8(repeating: position.z)
    var filled = pendingCount
    for run in 0..<runCount {
      var index = Int(runs[run].x)
      let end = Int(runs[run].y)
      while index < end {
        let dx = eight(x, index) - cx, dy = eight(y, index) - cy, dz = eight(z, index) - cz
        let squares = dx * dx + dy * dy + dz * dz
        // Without a branch: what is beyond the radius or the run is written over by what follows.
        let last = end &- index
        for lane in 0..<8 {
          let square = squares[lane]
          pending[filled] = square
          filled &+= square < limit && lane < last ? 1 : 0
        }
        index &+= 8
        if filled > Self.capacity &- 8 { filled = flush(filled) }
      }
    }
    pendingCount = filled
  }

  /// Bins what waits, all but the rest of a vector; returns how many still wait.
  @inline(never)
  private func flush(_ filled: Int) -> Int {
    let whole = filled & ~7
    for start in stride(from: 0, to: whole, by: 8) {
      // A whole number plus 2⁵² has it in its last bits: eight conversions at once, without the checks of one.
      let whole = (eight(pending, start).squareRoot() * inverseWidth).rounded(.down) + 0x1p52
      let bins = unsafeBitCast(whole, to: SIMD8<Int64>.self) & 0xffff_ffff
      for lane in 0..<8 { counts[Int(truncatingIfNeeded: bins[lane])] &+= 1 }
    }
    for rest in whole..<filled { pending[rest &- whole] = pending[rest] }
    return filled &- whole
  }

  /// Bins the rest and frees what the histogram used.
  mutating func finish() {
    for index in 0..<flush(pendingCount) { counts[Int(pending[index].squareRoot() * inverseWidth)] += 1 }
    pending.deallocate()
  }
}
