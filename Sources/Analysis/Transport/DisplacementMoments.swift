/// Sums over windows of |Δu|², |Δu|⁴ and the products of its components, at some lags, for one species.
///
/// The fourth moment is what the covariance of a mean-square displacement needs, and no Fourier transform gives it without
/// cancellation. |Δu|² is also summed over the windows within each block of the trajectory.
struct DisplacementMoments {
  /// Ascending, in frames.
  let lags: [Int]
  let frameCount: Int
  let blocks: [Range<Int>]
  /// [lags][6]: |Δu|², |Δu|⁴, ΔxΔy, ΔxΔz, ΔyΔz, unused; over all windows and atoms.
  private(set) var sums: [Double]
  /// [lags][blocks]: |Δu|² over the windows within a block.
  private(set) var blockSums: [Double]
  /// Of the species, on all ranks.
  private(set) var atomCount = 0

  static let width = 6
  /// Frames that are worked on for all lags before the next: few enough for the second-level cache.
  private static let pieceLength = 2048

  init(lags: [Int], frameCount: Int, blockCount: Int) {
    (self.lags, self.frameCount) = (lags, frameCount)
    blocks = BlockAverage.ranges(of: frameCount, count: blockCount)
    sums = [Double](repeating: 0, count: lags.count * Self.width)
    blockSums = [Double](repeating: 0, count: lags.count * blockCount)
  }

  /// Adds one atom, of which `series` has [3][frames], Å.
  mutating func add(_ series: UnsafePointer<Double>) {
    atomCount += 1
    let ends = blocks.map(\.upperBound) + (blocks.last.map { $0.upperBound < frameCount } ?? true ? [frameCount] : [])
    var start = 0
    for (block, end) in ends.enumerated() {
      for piece in stride(from: start, to: end, by: Self.pieceLength) {
        let last = min(end, piece + Self.pieceLength)
        for (index, lag) in lags.enumerated() {
          // Windows within the block, then those that leave it.
          let inside = block < blocks.count ? min(last, end - lag) : piece
          if inside > piece {
            let found = WindowSums(series, frameCount, piece..<inside, lag)
            add(found, index)
            blockSums[index * blocks.count + block] += found.square
          }
          let rest = max(piece, inside)..<max(max(piece, inside), min(last, frameCount - lag))
          if !rest.isEmpty { add(WindowSums(series, frameCount, rest, lag), index) }
        }
      }
      start = end
    }
  }

  private mutating func add(_ found: WindowSums, _ index: Int) {
    let place = index * Self.width
    sums[place] += found.square
    sums[place + 1] += found.fourth
    sums[place + 2] += found.xy
    sums[place + 3] += found.xz
    sums[place + 4] += found.yz
  }

  /// Over the ranks. Collective.
  mutating func combine(_ sum: ([Double]) -> [Double]) {
    sums = sum(sums)
    blockSums = sum(blockSums)
    atomCount = Int(sum([Double(atomCount)])[0])
  }

  private func windowCount(_ lag: Int, in length: Int) -> Double { Double(atomCount) * Double(max(0, length - lag)) }

  /// var(|Δu|²) over windows and atoms, Å⁴.
  func variance(_ index: Int) -> Double {
    let count = windowCount(lags[index], in: frameCount)
    let square = sums[index * Self.width], fourth = sums[index * Self.width + 1]
    return max(0, fourth - square * square / count) / max(1, count - 1)
  }

  /// ⟨ΔxΔy⟩, ⟨ΔxΔz⟩, ⟨ΔyΔz⟩, Å².
  func mixed(_ index: Int) -> [Double] {
    (2...4).map { sums[index * Self.width + $0] / windowCount(lags[index], in: frameCount) }
  }

  /// The mean-square displacement within a block, Å²; nil where the lag is as long as the block.
  func blockDisplacement(_ index: Int, block: Int) -> Double? {
    let count = windowCount(lags[index], in: blocks[block].count)
    return count > 0 ? blockSums[index * blocks.count + block] / count : nil
  }
}

/// Sums over the windows that start in a range of frames, for one atom and lag.
private struct WindowSums {
  var square = 0.0, fourth = 0.0, xy = 0.0, xz = 0.0, yz = 0.0

  init(_ series: UnsafePointer<Double>, _ frameCount: Int, _ starts: Range<Int>, _ lag: Int) {
    typealias Lanes = SIMD8<Double>
    let x = series, y = series + frameCount, z = series + 2 * frameCount
    var squares = Lanes.zero, fourths = Lanes.zero, xys = Lanes.zero, xzs = Lanes.zero, yzs = Lanes.zero
    func load(_ p: UnsafePointer<Double>) -> Lanes { UnsafeRawPointer(p).loadUnaligned(as: Lanes.self) }
    var t = starts.lowerBound
    while t &+ 8 <= starts.upperBound {
      let dx = load(x + (t &+ lag)) - load(x + t)
      let dy = load(y + (t &+ lag)) - load(y + t)
      let dz = load(z + (t &+ lag)) - load(z + t)
      let square = dx * dx + dy * dy + dz * dz
      squares += square
      fourths += square * square
      xys += dx * dy
      xzs += dx * dz
      yzs += dy * dz
      t &+= 8
    }
    (square, fourth, xy, xz, yz) = (squares.sum(), fourths.sum(), xys.sum(), xzs.sum(), yzs.sum())
    while t < starts.upperBound {
      let dx = x[t + lag] - x[t], dy = y[t + lag] - y[t], dz = z[t + lag] - z[t]
      let one = dx * dx + dy * dy + dz * dz
      square += one
      fourth += one * one
      xy += dx * dy
      xz += dx * dz
      yz += dy * dz
      t += 1
    }
  }
}
