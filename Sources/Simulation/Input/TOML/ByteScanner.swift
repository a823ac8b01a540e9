/// Walks over the bytes of a TOML text and knows its line and column.
struct ByteScanner {
  private let bytes: [UInt8]
  private var index = 0
  private(set) var position = TextPosition(line: 1, column: 1)

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { index >= bytes.count }
  /// The byte to come; 0 at the end.
  var next: UInt8 { peek(0) }

  private func peek(_ offset: Int) -> UInt8 { index + offset < bytes.count ? bytes[index + offset] : 0 }

  mutating func advance() {
    guard index < bytes.count else { return }
    let byte = bytes[index]
    index += 1
    if byte == UInt8(ascii: "\n") {
      position = TextPosition(line: position.line + 1, column: 1)
    } else if peek(0) & 0xC0 != 0x80 {
      // A byte 10xxxxxx goes on with the scalar before it.
      position.column += 1
    }
  }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard !isAtEnd, next == UInt8(ascii: character) else { return false }
    advance()
    return true
  }

  mutating func skipSpaces() {
    while !isAtEnd, next == UInt8(ascii: " ") || next == UInt8(ascii: "\t") { advance() }
  }

  /// The rest of the line, without its line feed.
  private mutating func skipToLineEnd() {
    while !isAtEnd, next != UInt8(ascii: "\n") { advance() }
  }

  mutating func skipLine() {
    skipToLineEnd()
    advance()
  }

  mutating func skipBlanksAndComments() {
    while !isAtEnd {
      switch next {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): advance()
      case UInt8(ascii: "#"): skipToLineEnd()
      default: return
      }
    }
  }

  /// A number, boolean or date: up to a blank or what must end it; false if there is nothing.
  mutating func skipBareValue() -> Bool {
    let start = index
    while !isAtValueEnd, next != UInt8(ascii: " "), next != UInt8(ascii: "\t") { advance() }
    return index > start
  }

  /// Whether the next byte ends a value that has no quotes or brackets.
  var isAtValueEnd: Bool { isAtEnd || ",]}#\r\n".utf8.contains(next) }

  /// A string of any of TOML's four kinds; false if it does not end.
  mutating func skipString() -> Bool {
    let quote = next
    let isMultiline = peek(1) == quote && peek(2) == quote
    for _ in 0..<(isMultiline ? 3 : 1) { advance() }
    while !isAtEnd {
      if next == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        advance()
      } else if next == quote {
        if !isMultiline {
          advance()
          return true
        }
        if peek(1) == quote, peek(2) == quote {
          // Up to two more quotes belong to the string itself.
          while next == quote { advance() }
          return true
        }
      } else if next == UInt8(ascii: "\n"), !isMultiline {
        return false
      }
      advance()
    }
    return false
  }

  /// One bare or quoted key; nil if there is none.
  mutating func scanKey() -> String? {
    if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") {
      let start = index
      guard skipString() else { return nil }
      let raw = String(decoding: bytes[(start + 1)..<(index - 1)], as: UTF8.self)
      return bytes[start] == UInt8(ascii: "\"") ? Self.unescaped(raw) : raw
    }
    let start = index
    while !isAtEnd, isBareKeyByte(next) { advance() }
    return index > start ? String(decoding: bytes[start..<index], as: UTF8.self) : nil
  }

  private func isBareKeyByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private static let escapes: [Character: Character] = [
    "b": "\u{8}", "t": "\t", "n": "\n", "f": "\u{C}", "r": "\r", "e": "\u{1B}", "\"": "\"", "\\": "\\",
  ]

  /// The text of a basic string, `\n`, `\"`, `\u00C5`, ... resolved.
  private static func unescaped(_ raw: String) -> String {
    guard raw.contains("\\") else { return raw }
    var result = ""
    var rest = raw[...]
    while let character = rest.popFirst() {
      guard character == "\\", let code = rest.popFirst() else {
        result.append(character)
        continue
      }
      if let digits = code == "u" ? 4 : code == "U" ? 8 : nil {
        let scalar = UInt32(rest.prefix(digits), radix: 16).flatMap(Unicode.Scalar.init)
        rest = rest.dropFirst(digits)
        if let scalar { result.unicodeScalars.append(scalar) }
      } else if let meant = escapes[code] {
        result.append(meant)
      }
    }
    return result
  }
}
