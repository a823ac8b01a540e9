import Atomistics
import Diagnostics

/// The frames of a file by their number, in any order, as analyses want them that share frames among ranks.
///
/// A text format is walked once, which tells where its frames are; from then on any frame is read straight away.
public final class TrajectoryFile {
  public let path: String
  /// What one process finds by opening the file, others can be given.
  public let index: FrameIndex
  /// false: velocities alone, which `ReadOptions.requiresPositions` allows; positions of frames are then zero.
  public let hasPositions: Bool
  private let frames: any IndexedFrames

  /// - Parameter index: of the same file; nil: the file is walked to find it.
  /// - Throws: `Failure.input` if the file cannot be read or has no frame.
  public init(path: String, options: ReadOptions = ReadOptions(), index: FrameIndex? = nil) throws {
    self.path = path
    let reader = try FrameReader(path: path, options: options)
    frames = try reader.indexedFrames(index)
    (self.index, hasPositions) = (frames.index, frames.hasPositions)
    guard frameCount > 0 else { throw reader.emptyFile }
  }

  public var frameCount: Int { index.frameCount }
  /// [frames], fs; nil where a frame does not say its time.
  public var times: [Double?] { index.times }

  /// Frame `number` from 0.
  /// - Throws: `Failure.input` if it makes no sense.
  public func frame(_ number: Int) throws -> Configuration {
    precondition((0..<frameCount).contains(number))
    return try frames.frame(number)
  }

  /// The vectors of several frames, by their numbers, ascending; nil where they must be taken from the frames one by one.
  /// - Throws: `Failure.input` if a frame makes no sense.
  public func vectors(_ quantity: VectorQuantity, frames numbers: [Int]) throws -> FrameVectors? {
    try frames.vectors(quantity, frames: numbers)
  }
}

extension IndexedFrames {
  func vectors(_ quantity: VectorQuantity, frames numbers: [Int]) throws -> FrameVectors? { nil }
}

/// Frames of a text format, by the places where they begin.
final class IndexedText: IndexedFrames {
  let index: FrameIndex
  let hasPositions = true
  private let parser: any SeekableParser
  /// The frame that comes next without seeking; -1: none.
  private var next = -1

  init(_ parser: any SeekableParser, index: FrameIndex?) throws {
    self.parser = parser
    self.index = try index ?? FrameIndex(scanning: parser)
  }

  func frame(_ number: Int) throws -> Configuration {
    if number != next { try parser.seek(to: index.marks[number], frame: number) }
    next = -1
    guard let frame = try parser.next() else { throw parser.source.shortened }
    guard frame.time == index.times[number], index.steps[number] == nil || frame.step == index.steps[number] else {
      throw Failure.input(
        "frame \(number) has changed while the file was read", at: parser.source.place,
        remedy: "wait until the program that writes the file has finished")
    }
    next = number + 1
    return frame
  }
}

/// Frames of a NetCDF trajectory, which has an index of its own.
struct IndexedNetCDF: IndexedFrames {
  let index: FrameIndex
  private let reader: NetCDFTrajectoryReader

  init(_ reader: NetCDFTrajectoryReader, index: FrameIndex?) throws {
    self.reader = reader
    self.index = try index ?? FrameIndex(times: reader.times())
  }

  var hasPositions: Bool { reader.coordinates != nil }

  func frame(_ number: Int) throws -> Configuration { try reader.frame(number) }

  func vectors(_ quantity: VectorQuantity, frames numbers: [Int]) throws -> FrameVectors? {
    try reader.vectors(quantity, frames: numbers)
  }
}

/// The frame of a format that holds one.
struct IndexedList: IndexedFrames {
  let index: FrameIndex
  let hasPositions = true
  private let frames: [Configuration]

  init(_ parser: any FrameParser) throws {
    var frames: [Configuration] = []
    while let frame = try parser.next() { frames.append(frame) }
    self.frames = frames
    index = FrameIndex(times: frames.map(\.time))
  }

  func frame(_ number: Int) throws -> Configuration { frames[number] }
}
