import Atomistics
import Communication
import Diagnostics
import Formats

/// The frames of one or several files in order, which can be walked over again.
///
/// Every rank reads all files and takes from them what is its: frames never travel between ranks.
public struct FrameSource: Sendable {
  public let paths: [String]
  public let options: ReadOptions

  public init(paths: [String], options: ReadOptions) { (self.paths, self.options) = (paths, options) }

  /// A frame, where it stands, and its number over all files.
  public struct Frame {
    public var number: Int
    public var configuration: Configuration
    public var path: String
    /// In its file.
    public var index: Int

    var place: String { "'\(path)', frame \(index)" }
  }

  /// Calls `body` with each frame on every rank; what is thrown on any rank, all throw. Collective.
  ///
  /// - Throws: `Failure.input` also where there is no frame at all.
  func forEach(_ communicator: Communicator, _ body: (Frame) throws -> Void) throws {
    var number = 0
    for path in paths {
      let reader = try communicator.together { try FrameReader(path: path, options: options) }
      var index = 0
      while true {
        let configuration = try communicator.together { try reader.next() }
        guard let configuration else { break }
        try body(Frame(number: number, configuration: configuration, path: path, index: index))
        index += 1
        number += 1
      }
    }
    guard number > 0 else {
      throw Failure.input(
        "'\(paths.joined(separator: "', '"))' holds no structure", remedy: "check that it is the right file and not empty")
    }
  }

  /// The frames with the given numbers, in the order of the numbers. Reads on this rank alone.
  public func frames(_ numbers: Set<Int>) throws -> [Frame] {
    var found: [Frame] = [], number = 0
    for path in paths {
      let reader = try FrameReader(path: path, options: options)
      var index = 0
      while found.count < numbers.count, let configuration = try reader.next() {
        if numbers.contains(number) {
          found.append(Frame(number: number, configuration: configuration, path: path, index: index))
        }
        index += 1
        number += 1
      }
    }
    return found
  }
}
