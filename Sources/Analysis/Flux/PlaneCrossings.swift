import Diagnostics

/// Crossings of parallel planes by some atoms, counted in intervals of time.
///
/// With s the unwrapped coordinate of an atom in parts of the cell and f the plane's, k = ⌊s − f⌋ counts the images of the
/// plane below the atom; k_{t+1} − k_t is how often the atom crossed from one frame to the next, upwards or (< 0) downwards.
/// An atom that returns between two frames is not seen. Along a direction that is not periodic the plane has no images.
struct PlaneCrossings {
  /// Ascending; within [0, 1) where the direction is periodic.
  let planes: [Double]
  let isPeriodic: Bool
  /// Steps between frames that are counted together.
  let blockLength: Int
  /// The last one may be shorter.
  let blockCount: Int
  /// [planes][blocks]
  private(set) var up: [Int64]
  private(set) var down: [Int64]

  init(planes: [Double], isPeriodic: Bool, stepCount: Int, blockLength: Int) {
    precondition(!planes.isEmpty && zip(planes, planes.dropFirst()).allSatisfy { $0 <= $1 })
    (self.planes, self.isPeriodic, self.blockLength) = (planes, isPeriodic, blockLength)
    blockCount = (stepCount + blockLength - 1) / blockLength
    up = [Int64](repeating: 0, count: planes.count * blockCount)
    down = up
  }

  /// Adds an atom with the unwrapped coordinates `series`: [frameCount], in parts of the cell.
  ///
  /// An atom is between two planes most of the time: two comparisons a frame, however many planes there are.
  mutating func add(_ series: UnsafePointer<Double>, frameCount: Int) {
    var gap = gapBelow(series[0]), low = bound(gap), high = bound(gap + 1)
    for frame in 1..<frameCount {
      let s = series[frame]
      if s >= low && s < high { continue }
      let block = (frame - 1) / blockLength
      while s < bound(gap) {
        down[plane(gap) * blockCount + block] += 1
        gap -= 1
      }
      while s >= bound(gap + 1) {
        gap += 1
        up[plane(gap) * blockCount + block] += 1
      }
      (low, high) = (bound(gap), bound(gap + 1))
    }
  }

  mutating func combine(_ sum: ([Int64]) -> [Int64]) { (up, down) = (sum(up), sum(down)) }

  /// The plane with number `gap`; periodic planes are numbered on through the images.
  private func plane(_ gap: Int) -> Int { isPeriodic ? gap - planes.count * image(gap) : gap }

  private func image(_ gap: Int) -> Int { gap >= 0 ? gap / planes.count : (gap + 1) / planes.count - 1 }

  /// Where the plane with number `gap` is.
  private func bound(_ gap: Int) -> Double {
    if isPeriodic { return planes[plane(gap)] + Double(image(gap)) }
    return gap < 0 ? -.infinity : gap >= planes.count ? .infinity : planes[gap]
  }

  /// The number of the last plane at or below `s`.
  private func gapBelow(_ s: Double) -> Int {
    var gap = isPeriodic ? planes.count * Int(s.rounded(.down)) : 0
    while s < bound(gap) { gap -= 1 }
    while s >= bound(gap + 1) { gap += 1 }
    return gap
  }
}
