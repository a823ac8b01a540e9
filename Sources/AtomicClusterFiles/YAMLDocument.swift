import Diagnostics
import Foundation

/// A YAML file as a tree of nodes that know where they stand, so that an error can name the line of a single number.
///
/// The subset of YAML 1.2 that ACE files use: block and flow collections (flow sequences as mapping keys among them), plain,
/// quoted and literal scalars, comments. No anchors, aliases or tags. Scalars stay text until somebody asks for a number, so
/// the elements N, No and Y are not booleans.
package final class YAMLDocument: Sendable {
  let bytes: [UInt8]
  let file: String
  private let content: YAMLNode

  /// - Throws: `Failure.input` with line and column where the text is not of that subset.
  package init(bytes: [UInt8], file: String) throws {
    self.bytes = bytes
    self.file = file
    var parser = YAMLParser(bytes: bytes, file: file)
    content = try parser.document()
  }

  package var root: YAMLValue { YAMLValue(document: self, node: content, name: "the file") }

  func place(_ offset: Int) -> Place { Place(bytes: bytes, offset: offset, file: file) }

  /// The text of a scalar; nil for a collection.
  func text(_ node: YAMLNode) -> String? {
    switch node.content {
    case .empty: ""
    case .plain(let end): Self.folded(bytes[node.start..<end])
    case .singleQuoted(let end):
      Self.folded(bytes[node.start + 1..<end - 1]).replacingOccurrences(of: "''", with: "'")
    case .doubleQuoted(let end): Self.unescaped(Self.folded(bytes[node.start + 1..<end - 1]))
    case .literal(let end): String(decoding: bytes[node.start..<end], as: UTF8.self)
    case .sequence, .mapping: nil
    }
  }

  /// A scalar that goes over line ends reads as if each were one blank.
  private static func folded(_ bytes: ArraySlice<UInt8>) -> String {
    guard bytes.contains(0x0A) else { return String(decoding: bytes, as: UTF8.self) }
    return bytes.split(separator: 0x0A).map {
      String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }.joined(separator: " ")
  }

  private static func unescaped(_ text: String) -> String {
    guard text.contains("\\") else { return text }
    var result = "", escaped = false
    for character in text {
      if escaped {
        result.append(character == "n" ? "\n" : character == "t" ? "\t" : character)
        escaped = false
      } else if character == "\\" {
        escaped = true
      } else {
        result.append(character)
      }
    }
    return result
  }
}

struct YAMLNode: Sendable {
  /// Offset of the first byte.
  var start: Int
  var content: Content

  /// Ends are offsets behind the last byte, quotes included.
  enum Content: Sendable {
    case empty
    case plain(end: Int)
    case singleQuoted(end: Int)
    case doubleQuoted(end: Int)
    case literal(end: Int)
    case sequence([YAMLNode])
    case mapping([YAMLPair])
  }
}

struct YAMLPair: Sendable {
  var key: YAMLNode
  var value: YAMLNode
}

extension Place {
  /// The line and column of a byte.
  init(bytes: [UInt8], offset: Int, file: String) {
    let before = bytes[..<min(max(offset, 0), bytes.count)]
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    self.init(
      file: file, line: 1 + before.reduce(0) { $1 == 0x0A ? $0 + 1 : $0 }, column: before.endIndex - lineStart + 1)
  }
}
