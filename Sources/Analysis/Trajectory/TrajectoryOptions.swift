import Atomistics
import Diagnostics
import Formats

/// Which frames of a trajectory count, and what its file does not say.
public struct TrajectoryOptions: Sendable {
  public var reading = ReadOptions()
  /// A structure file whose atoms, in the same order, name the elements.
  public var topology: String?
  /// The element of each atom.
  public var elements: [Element]?
  /// What to leave out at the start, ps.
  public var skip = 0.0
  /// Where to end, ps after the first frame of the file; nil: at its end.
  public var until: Double?
  /// Every how many frames one counts.
  public var every = 1
  /// Time between the file's frames, ps, for a file that does not say it.
  public var interval: Double?

  public init() {}

  /// The elements in "Li*24,P*8,S*28": one each, or so many in a row.
  /// - Throws: `Failure.input` that names the part which cannot be read.
  public static func elements(list: String) throws -> [Element] {
    try list.split(separator: ",", omittingEmptySubsequences: false).flatMap { part -> [Element] in
      let pieces = part.split(separator: "*", omittingEmptySubsequences: false)
      let symbol = pieces[0].trimmingCharacters
      guard let element = Element(symbol: symbol) else {
        throw Failure.input("the species list '\(list)' has '\(symbol)', which is no element", remedy: remedy)
      }
      guard pieces.count > 1 else { return [element] }
      guard pieces.count == 2, let count = Int(pieces[1].trimmingCharacters), (1...Int(Int32.max)).contains(count) else {
        throw Failure.input("the species list '\(list)' has '\(part)', which is no element times a number", remedy: remedy)
      }
      return [Element](repeating: element, count: count)
    }
  }

  private static let remedy = "write it as Li*24,P*8,S*28, in the order of the atoms"
}

extension Substring {
  fileprivate var trimmingCharacters: String { String(self).trimmed }
}

extension String {
  fileprivate var trimmed: String {
    let body = drop(while: \.isWhitespace)
    return String(body.reversed().drop(while: \.isWhitespace).reversed())
  }
}
