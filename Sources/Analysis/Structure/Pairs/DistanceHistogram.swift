import Numerics

/// Counts pairs by their distance: bin k holds k·width ≤ r < (k+1)·width.
struct DistanceHistogram: RunVisitor {
  private let candidates: Candidates
  private let inverseWidth: Double
  private let limit: SIMD8<Double>
  /// [bins + 1]; the last is for distances that rounding lifts out of the last bin.
  private let counts: UnsafeMutablePointer<Int64>
  /// Squares of distances within the radius that wait to be binned in vectors.
  private let pending: UnsafeMutablePointer<Double>
  private var pendingCount = 0
  private static let capacity = 2048

  /// `counts`: [binCount + 1], added to.
  init(neighbors: AtomGrid, radius: Double, binCount: Int, counts: UnsafeMutablePointer<Int64>) {
    (candidates, self.counts, limit) = (Candidates(neighbors), counts, SIMD8(repeating: radius * radius))
    inverseWidth = Double(binCount) / radius
    pending = .allocate(capacity: Self.capacity + 8)
  }

  @inline(__always)
  mutating func visit(_ center: Int, at position: Vector3, _ runs: UnsafePointer<SIMD2<Int32>>, runCount: Int) {
    let center = Center(position)
    var filled = pendingCount
    for run in 0..<runCount {
      var index = Int(runs[run].x)
      let end = Int(runs[run].y)
      while index < end {
        let squares = candidates.squares(center, index, end: end), isNear = squares.flags(below: limit)
        // Without a branch: what is beyond the radius is written over by what follows.
        @inline(__always) func keep(_ lane: Int) {
          pending[filled] = squares[lane]
          filled &+= Int(isNear[lane])
        }
        keep(0)
        keep(1)
        keep(2)
        keep(3)
        keep(4)
        keep(5)
        keep(6)
        keep(7)
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
      let bins = (eight(pending, start).squareRoot() * inverseWidth).rounded(.down) + SIMD8(repeating: 0x1p52)
      let places = unsafeBitCast(bins, to: SIMD8<Int64>.self)
      @inline(__always) func count(_ lane: Int) { counts[Int(places[lane]) & 0xffff_ffff] &+= 1 }
      count(0)
      count(1)
      count(2)
      count(3)
      count(4)
      count(5)
      count(6)
      count(7)
    }
    for rest in whole..<filled { pending[rest &- whole] = pending[rest] }
    return filled &- whole
  }

  /// Bins the rest and frees what the histogram used.
  mutating func finish() {
    for index in 0..<flush(pendingCount) { counts[Int(pending[index].squareRoot() * inverseWidth)] += 1 }
    pending.deallocate()
    candidates.deallocate()
  }
}
