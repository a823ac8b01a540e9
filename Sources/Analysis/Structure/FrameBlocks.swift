/// Frames in contiguous blocks of even length, as averages over time and error bars want them.
public struct FrameBlocks: Sendable {
  public let frameCount: Int
  public let count: Int

  /// - Parameter count: at most one block a frame.
  public init(frameCount: Int, count: Int = 10) {
    (self.frameCount, self.count) = (frameCount, max(1, min(count, frameCount)))
  }

  /// Blocks of `length` frames; the last may be shorter.
  public init(frameCount: Int, length: Int) {
    (self.frameCount, count, fixedLength) = (frameCount, max(1, (frameCount + length - 1) / length), length)
  }

  private var fixedLength: Int?

  /// Of a block that is whole.
  var length: Int { fixedLength ?? frames(of: 0).count }

  public func block(of frame: Int) -> Int {
    if let fixedLength { return min(frame / fixedLength, count - 1) }
    // The inverse of first = ⌈block · frames / count⌉.
    return frame * count / frameCount
  }

  /// The frames of a block.
  public func frames(of block: Int) -> Range<Int> {
    if let fixedLength { return block * fixedLength..<min((block + 1) * fixedLength, frameCount) }
    return (block * frameCount + count - 1) / count..<((block + 1) * frameCount + count - 1) / count
  }

  /// [blocks][2], the first frame of each block and the one after its last.
  var ranges: [[Int]] { (0..<count).map { [frames(of: $0).lowerBound, frames(of: $0).upperBound] } }
}

/// Of the mean over blocks that are taken as independent: standard deviation / √blocks; nil for fewer than two.
///
/// - Parameter blocks: [blocks][values].
func standardErrors(_ blocks: [[Double]]) -> [Double]? {
  guard blocks.count > 1 else { return nil }
  return blocks[0].indices.map { i in BlockAverage(blocks.map { $0[i] }).standardError }
}
