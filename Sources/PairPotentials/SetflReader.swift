import Diagnostics

/// Reads lines and numbers from bytes, any bytes, and knows where it is.
struct SetflReader {
  private let bytes: [UInt8]
  private let path: String
  private var position = 0
  /// Of `position`, 1-based.
  private var line = 1
  /// Of what was read last.
  private var lastLine = 1

  init(bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
  }

  func failure(_ message: String) -> Failure {
    .input(
      message, at: Place(file: path, line: lastLine), remedy: "check that this is a complete setfl (eam/alloy) file")
  }

  /// To the start of the next line.
  mutating func skipLine() throws {
    lastLine = line
    guard position < bytes.count else { throw failure("the file ends early") }
    while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
    if position < bytes.count {
      position += 1
      line += 1
    }
  }

  /// The words of the next line that has any.
  mutating func words() throws -> [String] {
    var words = [try word("a line of the header")]
    while skipSpace(), line == lastLine { words.append(try word("a word")) }
    return words
  }

  /// The next `count` numbers, over as many lines as they take.
  mutating func numbers(_ count: Int) throws -> [Double] {
    var values: [Double] = []
    values.reserveCapacity(count)
    for _ in 0..<count {
      let text = try word("values of a table")
      guard let value = Double(text), value.isFinite else {
        throw failure("'\(text.prefix(40))' is not a finite number")
      }
      values.append(value)
    }
    return values
  }

  func positive(_ text: String, _ name: String) throws -> Double {
    guard let value = Double(text), value.isFinite, value > 0 else {
      throw failure("\(name) must be a positive number, not '\(text.prefix(40))'")
    }
    return value
  }

  private mutating func word(_ expected: String) throws -> String {
    guard skipSpace() else {
      lastLine = line
      throw failure("the file ends early: \(expected) missing")
    }
    lastLine = line
    let start = position
    while position < bytes.count, bytes[position] > 32 { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// To the next byte that is not space or control; false at the end.
  private mutating func skipSpace() -> Bool {
    while position < bytes.count, bytes[position] <= 32 {
      if bytes[position] == UInt8(ascii: "\n") { line += 1 }
      position += 1
    }
    return position < bytes.count
  }
}
