import Diagnostics

/// Where the frames of a trajectory lie, and when they are: found once, by one process, and handed to the others.
public struct FrameIndex: Sendable {
  /// [frames], fs; nil where a frame does not say its time.
  public internal(set) var times: [Double?] = []
  /// [frames], MD steps; nil where a frame does not say it.
  public internal(set) var steps: [Int?] = []
  /// What to tell the user of a file whose last frame is not whole.
  public internal(set) var warning: String?
  /// [frames] of a text format; empty where the format has an index of its own.
  var marks: [FrameMark] = []

  public var frameCount: Int { times.count }

  /// Of a format with an index of its own.
  init(times: [Double?]) { (self.times, steps) = (times, times.map { _ in nil }) }
}

/// Where a line of a text file begins.
struct TextPlace: Equatable {
  /// Bytes.
  var offset: Int
  /// From 1.
  var line: Int
}

/// Where a frame of a text file begins, and an earlier header that it relies on.
struct FrameMark: Equatable {
  var start: TextPlace
  var header: TextPlace?
}

/// What the header of a frame says.
struct FrameFacts {
  /// fs.
  var time: Double?
  var step: Int?
  /// An earlier header that holds for the frame, too.
  var header: TextPlace?
}

/// A text format's reader that passes over frames fast and goes back to any.
protocol SeekableParser: FrameParser {
  var source: ByteReader { get }

  /// Passes over the next frame, reading no more than its header; nil after the last.
  /// - Throws: `Failure.input` where there is no whole frame.
  func skip() throws -> FrameFacts?

  /// Goes on with frame `index`, from 0, which begins there.
  func seek(to mark: FrameMark, frame index: Int) throws
}

extension FrameIndex {
  /// Walks the file once.
  ///
  /// A file whose last frame is cut off (a run was killed, or goes on) has the frames before it. An end without a line break
  /// is such a cut: the last number may lack digits. Only a file of one frame is believed to end so on purpose.
  init(scanning parser: some SeekableParser) throws {
    self.init(times: [])
    let source = parser.source
    while true {
      let start = source.nextPlace
      do {
        guard let facts = try parser.skip() else { break }
        guard source.lineIsWhole || marks.isEmpty else {
          cut(at: source)
          break
        }
        marks.append(FrameMark(start: start, header: facts.header))
        times.append(facts.time)
        steps.append(facts.step)
      } catch let failure as Failure where failure.kind == .input && !marks.isEmpty && source.isAtEnd {
        cut(at: source)
        break
      }
    }
  }

  private mutating func cut(at source: ByteReader) {
    warning =
      "\(source.place): the file ends within frame \(frameCount), which is left out; the \(frameCount) before it are used"
  }
}

extension FrameIndex {
  /// As numbers that travel between processes.
  public var encoded: [Int64] {
    let frames = zip(times, steps).map { [Self.bits($0), Int64($1 ?? .min)] }
    return [Int64(frameCount), Int64(marks.count)] + frames.flatMap { $0 }
      + marks.flatMap { mark in
        [mark.start, mark.header].flatMap { [Int64($0?.offset ?? -1), Int64($0?.line ?? -1)] }
      }
  }

  /// What `encoded` was; the warning stays where it arose.
  public init(encoded: [Int64]) {
    self.init(times: [])
    let frameCount = Int(encoded[0]), first = 2 + 2 * frameCount
    times = (0..<frameCount).map { Self.time(encoded[2 + 2 * $0]) }
    steps = (0..<frameCount).map { encoded[3 + 2 * $0] == .min ? nil : Int(encoded[3 + 2 * $0]) }
    func place(_ k: Int) -> TextPlace? {
      encoded[k] < 0 ? nil : TextPlace(offset: Int(encoded[k]), line: Int(encoded[k + 1]))
    }
    marks = (0..<Int(encoded[1])).map {
      FrameMark(start: place(first + 4 * $0)!, header: place(first + 4 * $0 + 2))
    }
  }

  /// Times are finite: any NaN stands for a missing one.
  private static func bits(_ time: Double?) -> Int64 { Int64(bitPattern: (time ?? .nan).bitPattern) }

  private static func time(_ bits: Int64) -> Double? {
    let time = Double(bitPattern: UInt64(bitPattern: bits))
    return time.isNaN ? nil : time
  }
}
