import Diagnostics
import Foundation

/// Reads tokens, numbers and braced lists from bytes, knows the line it is on, and never reads past the end.
struct TextScanner {
  let bytes: ArraySlice<UInt8>
  let file: String
  private(set) var position: Int
  private(set) var line: Int

  init(_ bytes: ArraySlice<UInt8>, file: String, line: Int = 1) {
    self.bytes = bytes
    self.file = file
    self.line = line
    position = bytes.startIndex
  }

  var place: Place { Place(file: file, line: line) }
  var isAtEnd: Bool { position >= bytes.endIndex }
  var next: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

  func failure(_ message: String, remedy: String? = nil) -> Failure {
    .input(message, at: place, remedy: remedy)
  }

  mutating func advance() {
    if bytes[position] == UInt8(ascii: "\n") { line += 1 }
    position += 1
  }

  /// Skips blanks; over line ends too if `lines`.
  mutating func skipBlanks(lines: Bool) {
    while let byte = next {
      let isBlank = byte == 0x20 || byte == 0x09 || byte == 0x0D
      guard isBlank || (lines && byte == 0x0A) else { return }
      advance()
    }
  }

  mutating func skipLine() {
    while let byte = next, byte != 0x0A { advance() }
    if !isAtEnd { advance() }
  }

  mutating func take(_ character: Character) -> Bool {
    guard let code = character.asciiValue, next == code else { return false }
    advance()
    return true
  }

  mutating func expect(_ character: Character, in context: String) throws {
    skipBlanks(lines: true)
    guard take(character) else {
      throw failure("\(context) lacks a '\(character)' here", remedy: "compare with a file written by MLIP")
    }
  }

  /// A run of bytes up to a blank, comma, brace or equals sign, as text; empty at the end.
  mutating func token() -> String {
    let start = position
    while let byte = next, byte > 0x20, !Self.delimiters.contains(byte) { advance() }
    return String(decoding: bytes[start..<position].prefix(200), as: UTF8.self)
  }
  private static let delimiters: Set<UInt8> = Set(",{}=".utf8)

  mutating func integer(_ context: String) throws -> Int {
    skipBlanks(lines: false)
    let start = self, text = token()
    guard let value = Int(text) else {
      throw start.failure("\(context) is \"\(text)\", not a whole number", remedy: "correct or remove it")
    }
    return value
  }

  mutating func real(_ context: String) throws -> Double {
    skipBlanks(lines: false)
    let start = self, text = token()
    guard let value = Double(text), value.isFinite else {
      throw start.failure("\(context) is \"\(text)\", not a finite number", remedy: "correct or remove it")
    }
    return value
  }

  /// `{a, b, ...}`; each element is read by `element`, which sees the text after blanks and line ends.
  mutating func list<T>(_ context: String, element: (inout TextScanner) throws -> T) throws -> [T] {
    try expect("{", in: context)
    var values: [T] = []
    skipBlanks(lines: true)
    if take("}") { return values }
    while true {
      values.append(try element(&self))
      skipBlanks(lines: true)
      if take("}") { return values }
      guard take(",") else {
        throw failure(
          isAtEnd ? "the file ends inside \(context)" : "\(context) lacks a ',' or '}' here",
          remedy: "the file is damaged: copy it again")
      }
      skipBlanks(lines: true)
    }
  }
}
