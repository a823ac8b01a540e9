import Diagnostics

/// Flow collections, quoted and plain scalars.
extension YAMLParser {
  /// A flow collection, a quoted scalar, or as much of a plain scalar as stands on this line (in flow: all of it).
  mutating func flowOrScalar(inFlow: Bool) throws -> YAMLNode {
    let start = position
    switch byte() {
    case UInt8(ascii: "["): return try nested { try $0.flowSequence() }
    case UInt8(ascii: "{"): return try nested { try $0.flowMapping() }
    case UInt8(ascii: "'"): return try singleQuoted()
    case UInt8(ascii: "\""): return try doubleQuoted()
    case UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "!"):
      throw failure("anchors, aliases and tags are not supported", remedy: "write the value itself")
    case UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ","):
      throw failure("a value is missing before this character")
    case UInt8(ascii: "@"), UInt8(ascii: "`"), UInt8(ascii: "%"), UInt8(ascii: "|"), UInt8(ascii: ">"):
      throw failure("a value cannot start with this character", remedy: "put it into quotes")
    default:
      position = plainEnd(inFlow: inFlow)
      return YAMLNode(start: start, content: .plain(end: position))
    }
  }

  /// Whether a ':' stands here that makes `node` a key.
  func isColon(after node: YAMLNode) -> Bool {
    guard byte() == UInt8(ascii: ":") else { return false }
    if case .plain = node.content { return endsKey(position) }
    return true
  }

  /// Whether the ':' at `offset` ends a plain key.
  private func endsKey(_ offset: Int) -> Bool {
    guard offset + 1 < bytes.count else { return true }
    let next = bytes[offset + 1]
    return next.isBlank || next == .newline || next.isFlowIndicator
  }

  /// The offset behind the plain scalar that starts here, trailing blanks left off; over line ends in flow only.
  func plainEnd(inFlow: Bool) -> Int {
    var offset = position, end = position
    while offset < bytes.count {
      let next = bytes[offset]
      if next == .newline {
        if !inFlow { break }
      } else if next == UInt8(ascii: ":") {
        if offset + 1 == bytes.count || bytes[offset + 1].isBlank || bytes[offset + 1] == .newline { break }
        if inFlow, bytes[offset + 1].isFlowIndicator { break }
        end = offset + 1
      } else if next == UInt8(ascii: "#") {
        if offset > 0, bytes[offset - 1].isBlank || bytes[offset - 1] == .newline { break }
        end = offset + 1
      } else if inFlow, next.isFlowIndicator {
        break
      } else if !next.isBlank {
        end = offset + 1
      }
      offset += 1
    }
    return end
  }

  private mutating func skipFlowBlanks() {
    while let next = byte() {
      if next == .newline {
        advance()
      } else if next.isBlank {
        position += 1
      } else if next == UInt8(ascii: "#"), column == 0 || bytes[position - 1].isBlank {
        skipComment()
      } else {
        return
      }
    }
  }

  /// A value inside a flow collection; `lineStart` follows it over line ends.
  private mutating func flowValue() throws -> YAMLNode {
    let node = try flowOrScalar(inFlow: true)
    if case .plain(let end) = node.content, let newline = bytes[node.start..<end].lastIndex(of: .newline) {
      lineStart = newline + 1
    }
    return node
  }

  private mutating func flowSequence() throws -> YAMLNode {
    let start = position
    var items: [YAMLNode] = []
    position += 1
    while true {
      skipFlowBlanks()
      if try closes(UInt8(ascii: "]"), start) { break }
      items.append(try flowValue())
      skipFlowBlanks()
      if byte() == UInt8(ascii: ":") {
        throw failure("a key cannot stand in a list", remedy: "put { } around key and value")
      }
      try separates(from: start, closing: UInt8(ascii: "]"))
    }
    return YAMLNode(start: start, content: .sequence(items))
  }

  private mutating func flowMapping() throws -> YAMLNode {
    let start = position
    var pairs: [YAMLPair] = []
    position += 1
    while true {
      skipFlowBlanks()
      if try closes(UInt8(ascii: "}"), start) { break }
      let key = try flowValue()
      var value = YAMLNode(start: position, content: .empty)
      skipFlowBlanks()
      if isColon(after: key) {
        position += 1
        skipFlowBlanks()
        if byte() != UInt8(ascii: ","), byte() != UInt8(ascii: "}") { value = try flowValue() }
      }
      pairs.append(YAMLPair(key: key, value: value))
      skipFlowBlanks()
      try separates(from: start, closing: UInt8(ascii: "}"))
    }
    try requireDistinctKeys(pairs)
    return YAMLNode(start: start, content: .mapping(pairs))
  }

  /// Takes the closing bracket if it stands here.
  private mutating func closes(_ bracket: UInt8, _ start: Int) throws -> Bool {
    guard let next = byte() else { throw unclosed(start) }
    guard next == bracket else { return false }
    position += 1
    return true
  }

  /// A ',' (taken) or the closing bracket (left) must follow an item.
  private mutating func separates(from start: Int, closing: UInt8) throws {
    guard let next = byte() else { throw unclosed(start) }
    if next == UInt8(ascii: ",") {
      position += 1
    } else if next != closing {
      throw failure("a ',' or '\(Character(UnicodeScalar(closing)))' is missing here")
    }
  }

  private func unclosed(_ start: Int) -> Failure {
    failure("the bracket that opens here is never closed", remedy: "the file is cut off: copy it again", at: start)
  }

  private mutating func singleQuoted() throws -> YAMLNode {
    let start = position
    position += 1
    while let next = byte() {
      if next == UInt8(ascii: "'") {
        if byte(1) != next {
          position += 1
          return YAMLNode(start: start, content: .singleQuoted(end: position))
        }
        position += 1
      }
      advance()
    }
    throw failure("the quote that opens here is never closed", at: start)
  }

  private mutating func doubleQuoted() throws -> YAMLNode {
    let start = position
    position += 1
    while let next = byte() {
      if next == UInt8(ascii: "\"") {
        position += 1
        return YAMLNode(start: start, content: .doubleQuoted(end: position))
      }
      advance()
      if next == UInt8(ascii: "\\"), !isAtEnd { advance() }
    }
    throw failure("the quote that opens here is never closed", at: start)
  }
}

extension UInt8 {
  fileprivate var isFlowIndicator: Bool {
    switch self {
    case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"): true
    default: false
    }
  }
}
