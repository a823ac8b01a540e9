import Diagnostics

/// Block style by indentation; flow style is in `YAMLParser+Flow.swift`.
struct YAMLParser {
  let bytes: [UInt8]
  let file: String
  var position = 0
  /// Offset of the first byte of the current line.
  var lineStart = 0
  private var depth = 0
  /// Deeper than any ACE file nests, and shallow enough for every stack.
  private static let maximumDepth = 40

  init(bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  // MARK: Characters

  var column: Int { position - lineStart }
  var isAtEnd: Bool { position >= bytes.count }

  func byte(_ ahead: Int = 0) -> UInt8? { position + ahead < bytes.count ? bytes[position + ahead] : nil }

  func failure(_ message: String, remedy: String = "correct the file or copy it again", at offset: Int? = nil) -> Failure {
    .input(message, at: Place(bytes: bytes, offset: offset ?? position, file: file), remedy: remedy)
  }

  mutating func advance() {
    position += 1
    if bytes[position - 1] == .newline { lineStart = position }
  }

  mutating func skipBlanks() {
    while let next = byte(), next.isBlank { position += 1 }
  }

  /// Skips blanks, comments and line ends, up to the next content.
  mutating func skipToContent() throws {
    while let next = byte() {
      if next == .newline {
        advance()
      } else if next == UInt8(ascii: " ") || next == .carriageReturn {
        position += 1
      } else if next == .tab {
        let isIndentation = bytes[lineStart..<position].allSatisfy(\.isBlank)
        skipBlanks()
        if isIndentation, let next = byte(), next != .newline, next != UInt8(ascii: "#") {
          throw failure("a tab indents this line", remedy: "indent with spaces")
        }
      } else if next == UInt8(ascii: "#") {
        skipComment()
      } else {
        return
      }
    }
  }

  mutating func skipComment() {
    while let next = byte(), next != .newline { position += 1 }
  }

  /// Whether nothing but a comment stands in the rest of the line.
  mutating func isAtLineEnd() -> Bool {
    skipBlanks()
    guard let next = byte() else { return true }
    return next == .newline || next == UInt8(ascii: "#") && (column == 0 || bytes[position - 1].isBlank)
  }

  private func isIndicator(_ character: UInt8) -> Bool {
    byte() == character && (byte(1).map { $0.isBlank || $0 == .newline } ?? true)
  }

  private var isDash: Bool { isIndicator(UInt8(ascii: "-")) }

  /// `---` or `...` at the start of a line.
  private func isMarker(_ character: UInt8) -> Bool {
    column == 0 && byte() == character && byte(1) == character && byte(2) == character
      && (byte(3).map { $0.isBlank || $0 == .newline } ?? true)
  }

  private var isDocumentEnd: Bool { isMarker(UInt8(ascii: "-")) || isMarker(UInt8(ascii: ".")) }

  mutating func nested<T>(_ body: (inout YAMLParser) throws -> T) throws -> T {
    guard depth < Self.maximumDepth else { throw failure("collections are nested too deeply here") }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  // MARK: Blocks

  mutating func document() throws -> YAMLNode {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { (position, lineStart) = (3, 3) }
    try skipToContent()
    while byte() == UInt8(ascii: "%"), column == 0 {
      skipComment()
      try skipToContent()
    }
    if isMarker(UInt8(ascii: "-")) { position += 3 }
    let node = try block(parentIndent: -1, orDashAt: nil)
    try skipToContent()
    guard isAtEnd || isMarker(UInt8(ascii: ".")) else {
      throw failure(
        isDocumentEnd ? "a second document starts here" : "this line does not belong to what stands before it",
        remedy: "check the indentation of this line and the one before")
    }
    return node
  }

  /// What stands on the next lines, indented deeper than `parentIndent` (or a sequence at `orDashAt`); empty if there is
  /// nothing.
  private mutating func block(parentIndent: Int, orDashAt dashColumn: Int?) throws -> YAMLNode {
    let start = position
    try skipToContent()
    let belongs = column > parentIndent || (column == dashColumn && isDash)
    guard !isAtEnd, belongs, !isDocumentEnd else { return YAMLNode(start: start, content: .empty) }
    return try nested { try $0.blockContent(parentIndent: parentIndent) }
  }

  /// A collection or scalar that starts here.
  private mutating func blockContent(parentIndent: Int) throws -> YAMLNode {
    let start = position, column = column, line = lineStart
    if isDash { return try blockSequence(at: column) }
    if isIndicator(UInt8(ascii: "?")) {
      throw failure("keys marked by '?' are not supported", remedy: "write the key and ':' on one line")
    }
    if let literal = try literalBlock(parentIndent: parentIndent) { return literal }
    var node = try flowOrScalar(inFlow: false)
    let end = position
    skipBlanks()
    if lineStart == line, isColon(after: node) {
      return try blockMapping(at: column, firstKey: node, start: start)
    }
    position = end
    if case .plain = node.content { node.content = .plain(end: try continuedPlain(parentIndent: parentIndent)) }
    try expectLineEnd()
    return node
  }

  private mutating func blockSequence(at indent: Int) throws -> YAMLNode {
    let start = position
    var items: [YAMLNode] = []
    repeat {
      position += 1
      if isAtLineEnd() {
        items.append(try block(parentIndent: indent, orDashAt: nil))
      } else {
        items.append(try nested { try $0.blockContent(parentIndent: indent) })
      }
      try skipToContent()
      if !isAtEnd, column > indent { throw failure("this line is indented deeper than the items of its sequence") }
    } while column == indent && isDash && !isDocumentEnd
    return YAMLNode(start: start, content: .sequence(items))
  }

  private mutating func blockMapping(at indent: Int, firstKey: YAMLNode, start: Int) throws -> YAMLNode {
    var pairs: [YAMLPair] = [], key = firstKey
    while true {
      position += 1  // the colon
      let value: YAMLNode
      if isAtLineEnd() {
        value = try block(parentIndent: indent, orDashAt: indent)
      } else {
        value = try inlineValue(parentIndent: indent)
      }
      pairs.append(YAMLPair(key: key, value: value))
      try skipToContent()
      if isAtEnd || column < indent || isDocumentEnd { break }
      if column > indent { throw failure("this line is indented deeper than the keys of its mapping") }
      let line = lineStart
      key = try flowOrScalar(inFlow: false)
      skipBlanks()
      guard lineStart == line, isColon(after: key) else {
        throw failure("a ':' is missing after this key", remedy: "write \"key: value\"", at: key.start)
      }
    }
    try requireDistinctKeys(pairs)
    return YAMLNode(start: start, content: .mapping(pairs))
  }

  /// The value behind "key:" on the same line.
  private mutating func inlineValue(parentIndent: Int) throws -> YAMLNode {
    if isDash { throw failure("a sequence cannot start behind a key", remedy: "start it on the next line") }
    return try nested { parser in
      if let literal = try parser.literalBlock(parentIndent: parentIndent) { return literal }
      var node = try parser.flowOrScalar(inFlow: false)
      if case .plain = node.content {
        node.content = .plain(end: try parser.continuedPlain(parentIndent: parentIndent))
      }
      try parser.expectLineEnd()
      return node
    }
  }

  private mutating func expectLineEnd() throws {
    if !isAtLineEnd() {
      throw failure("this does not belong to the value before it", remedy: "put each key on its own line")
    }
  }

  /// Goes on with a plain scalar over the lines that are indented deeper than its parent; the offset behind its last byte.
  private mutating func continuedPlain(parentIndent: Int) throws -> Int {
    var end = position
    while true {
      let before = self
      guard isAtLineEnd(), byte() == .newline else { break }
      try skipToContent()
      guard !isAtEnd, column > parentIndent, !isDocumentEnd, byte() != UInt8(ascii: "#") else {
        self = before
        break
      }
      end = plainEnd(inFlow: false)
      position = end
      skipBlanks()
      if byte() == UInt8(ascii: ":") {
        throw failure("a key cannot stand inside the value of another", remedy: "check the indentation of this line")
      }
      position = end
    }
    return end
  }

  /// `|` or `>` and the lines below it that are indented deeper than the parent.
  private mutating func literalBlock(parentIndent: Int) throws -> YAMLNode? {
    guard byte() == UInt8(ascii: "|") || byte() == UInt8(ascii: ">") else { return nil }
    skipComment()
    if !isAtEnd { advance() }
    let start = position
    var end = position
    while !isAtEnd {
      skipBlanks()
      if let next = byte(), next != .newline, column <= parentIndent {
        position = lineStart
        break
      }
      skipComment()
      end = position
      if !isAtEnd { advance() }
    }
    return YAMLNode(start: start, content: .literal(end: max(start, end)))
  }

  func requireDistinctKeys(_ pairs: [YAMLPair]) throws {
    var seen = Set<String>(minimumCapacity: pairs.count)
    for pair in pairs {
      let text = keyText(pair.key)
      guard seen.insert(text).inserted else {
        throw failure("the key \"\(text.prefix(60))\" stands here twice", remedy: "remove one of them", at: pair.key.start)
      }
    }
  }

  /// A key as text; a flow sequence as its items between commas.
  private func keyText(_ key: YAMLNode) -> String {
    switch key.content {
    case .plain(let end), .singleQuoted(let end), .doubleQuoted(let end), .literal(let end):
      String(decoding: bytes[key.start..<end], as: UTF8.self)
    case .sequence(let items): "[" + items.map(keyText).joined(separator: ",") + "]"
    case .mapping, .empty: ""
    }
  }
}

extension UInt8 {
  static let newline = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let tab = UInt8(ascii: "\t")
  /// Within a line.
  var isBlank: Bool { self == 0x20 || self == .tab || self == .carriageReturn }
}
