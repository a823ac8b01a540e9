import Atomistics
import Glibc

/// Values of extended XYZ's comment line, both dialects: `"1 2 3"` and `[1, 2, 3]`, and ASE's `_JSON [[1, 2], [3, 4]]`.
extension PropertyValue {
  /// The most specific type that the whole text fits: integers, reals, logicals, otherwise a string.
  init(extendedXYZ text: String) {
    if text.hasPrefix("_JSON ") {
      let json = String(text.dropFirst(6))
      // Objects and what else has no type here stay as they are written, and are written so again.
      self = JSONScalar.decodeString(json).map { .string($0) } ?? Self.bracketed(json) ?? .string(text)
    } else if text.hasPrefix("["), let array = Self.bracketed(text) {
      self = array
    } else {
      self = Self.listed(text)
    }
  }

  /// Blank- or comma-separated values.
  private static func listed(_ text: String) -> PropertyValue {
    let words = text.split { $0 == " " || $0 == "," || $0 == "\t" }.map(String.init)
    guard !words.isEmpty, let value = typed(words, shape: [words.count]) else { return .string(text) }
    guard words.count == 1 else { return value }
    switch value {
    case .integers(let one, _): return .integer(one[0])
    case .reals(let one, _): return .real(one[0])
    case .logicals(let one, _): return .logical(one[0])
    default: return .string(text)
    }
  }

  /// nil unless every word is a number or every word is a logical.
  private static func typed(_ words: [String], shape: [Int]) -> PropertyValue? {
    if let integers = all(words, { $0.withSpan(parseInteger) }) { return .integers(integers, shape: shape) }
    if let reals = all(words, { $0.withSpan { parseDouble($0) } }) { return .reals(reals, shape: shape) }
    // A row that mixes flags and numbers is neither.
    guard words.allSatisfy({ $0.utf8.first.map(isLetter) == true }) else { return nil }
    return all(words, { $0.withSpan(parseLogical) }).map { .logicals($0, shape: shape) }
  }

  private static func all<Value>(_ words: [String], _ convert: (String) -> Value?) -> [Value]? {
    var values: [Value] = []
    for word in words {
      guard let value = convert(word) else { return nil }
      values.append(value)
    }
    return values
  }

  /// `[1, 2]` or `[[1, 2], [3, 4]]`; nil for any other shape.
  private static func bracketed(_ text: String) -> PropertyValue? {
    guard let (words, shape) = BracketedArray.parse(text), !words.isEmpty else { return nil }
    if let value = typed(words, shape: shape) { return value }
    guard shape.count == 1 else { return nil }
    return .strings(words.map { JSONScalar.decodeString($0) ?? $0 })
  }
}

/// Splits nested brackets into words and a shape.
private enum BracketedArray {
  static func parse(_ text: String) -> (words: [String], shape: [Int])? {
    var words: [String] = []
    var word: [UInt8] = []
    var rowCounts: [Int] = []
    var depth = 0
    var deepest = 0
    var rowStart = 0
    var isQuoted = false
    var isEscaped = false
    var isClosed = false
    func endWord() {
      if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
      word.removeAll()
    }
    for byte in text.utf8 {
      if isQuoted {
        word.append(byte)
        if isEscaped {
          isEscaped = false
        } else if byte == 0x5C {
          isEscaped = true
        } else if byte == 0x22 {
          isQuoted = false
        }
        continue
      }
      switch byte {
      case 0x5B:
        guard !isClosed, depth < 2 else { return nil }
        depth += 1
        deepest = max(deepest, depth)
        rowStart = words.count
      case 0x5D:
        endWord()
        guard depth > 0 else { return nil }
        if depth == 2 { rowCounts.append(words.count - rowStart) }
        depth -= 1
        isClosed = depth == 0
      case 0x2C, 0x20, 0x09: endWord()
      default:
        // A word needs an innermost bracket around it: "[1, [2]]" is no array.
        guard depth > 0, depth == deepest else { return nil }
        isQuoted = byte == 0x22
        word.append(byte)
      }
    }
    guard isClosed, word.isEmpty else { return nil }
    if deepest == 1 { return (words, [words.count]) }
    guard let columns = rowCounts.first, rowCounts.allSatisfy({ $0 == columns }),
      rowCounts.count * columns == words.count
    else { return nil }
    return (words, [rowCounts.count, columns])
  }
}

/// JSON string literals.
enum JSONScalar {
  /// The text of a literal in double quotes; nil if `text` is none. Escapes beyond JSON's short ones stay as written.
  static func decodeString(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 2, bytes.first == 0x22, bytes.last == 0x22 else { return nil }
    var result: [UInt8] = []
    var at = 1
    while at < bytes.count - 1 {
      let byte = bytes[at]
      guard byte != 0x22 else { return nil }
      if byte == 0x5C {
        at += 1
        guard at < bytes.count - 1 else { return nil }
        switch bytes[at] {
        case 0x6E: result.append(0x0A)
        case 0x74: result.append(0x09)
        case 0x72: result.append(0x0D)
        case 0x22, 0x5C, 0x2F: result.append(bytes[at])
        case 0x75:
          guard at + 4 < bytes.count - 1,
            let code = UInt32(String(decoding: bytes[(at + 1)...(at + 4)], as: UTF8.self), radix: 16),
            let scalar = Unicode.Scalar(code)
          else { return nil }
          result.append(contentsOf: Character(scalar).utf8)
          at += 4
        default: return nil
        }
      } else {
        result.append(byte)
      }
      at += 1
    }
    return String(decoding: result, as: UTF8.self)
  }

  static func encode(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7F {
          let hexadecimal = String(scalar.value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}

extension String {
  /// The string's bytes as a span, for the parsers that work on bytes.
  func withSpan<Result>(_ body: (ByteSpan) throws -> Result) rethrows -> Result {
    var copy = self
    return try copy.withUTF8 { buffer in
      // An empty buffer may have no address; any address does for no bytes.
      guard let start = buffer.baseAddress else {
        var nothing: UInt8 = 0
        return try withUnsafePointer(to: &nothing) { try body(ByteSpan(start: $0, end: $0)) }
      }
      return try body(ByteSpan(start: start, end: start + buffer.count))
    }
  }
}
