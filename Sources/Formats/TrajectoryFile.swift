import Atomistics
import Diagnostics

/// The frames of a file by their number, in any order, as analyses want them that share frames among ranks.
///
/// A format without an index of its own is walked once when it is opened. Frames are cheapest in ascending order.
public final class TrajectoryFile {
  public let path: String
  public let frameCount: Int
  /// [frames], fs; nil where a frame does not say its time.
  public let times: [Double?]
  private let options: ReadOptions
  private let indexed: (any IndexedFrames)?
  private var reader: FrameReader

  /// - Throws: `Failure.input` if the file cannot be read or has no frame.
  public init(path: String, options: ReadOptions = ReadOptions()) throws {
    (self.path, self.options) = (path, options)
    reader = try FrameReader(path: path, options: options)
    indexed = reader.indexedFrames
    if let indexed {
      (frameCount, times) = (indexed.frameCount, try indexed.times())
    } else {
      var times: [Double?] = []
      while let frame = try reader.next() { times.append(frame.time) }
      (frameCount, self.times) = (times.count, times)
      reader = try FrameReader(path: path, options: options)
    }
    guard frameCount > 0 else { throw reader.emptyFile }
  }

  /// Frame `index` from 0.
  /// - Throws: `Failure.input` if it makes no sense.
  public func frame(_ index: Int) throws -> Configuration {
    precondition((0..<frameCount).contains(index))
    if let indexed { return try indexed.frame(index) }
    if reader.count > index { reader = try FrameReader(path: path, options: options) }
    while let frame = try reader.next() {
      if reader.count == index + 1 { return frame }
    }
    throw Failure.input("the file became shorter while it was read", at: Place(file: path))
  }
}
