/// Finds where each key and value of a TOML text stands; TOMLKit, which is the authority on the values, does not tell.
///
/// It follows the structure (headers, keys, brackets, strings, comments) of any bytes and stops at the first place where
/// that is broken. Only a text with a sound structure may go to TOMLKit: toml++ asserts, and so aborts, on some broken
/// ones ("[=]").
package struct KeyLocator {
  package private(set) var positions: [[PathStep]: KeyPosition] = [:]
  /// The first key that is given a value twice.
  package private(set) var repeated: (path: [PathStep], first: TextPosition, second: TextPosition)?
  /// Where the structure is broken, and how.
  package private(set) var problem: (position: TextPosition, message: String)?

  /// No input nests further; a text that does could exhaust a recursive reader's stack.
  private static let deepest = 24

  private var scanner: ByteScanner
  /// Tables that were only named on the way to others.
  private var implied: Set<[PathStep]> = []
  /// The table that the last header opened.
  private var table: [PathStep] = []
  /// How many elements each array of tables has so far.
  private var elementCounts: [[PathStep]: Int] = [:]

  package init(_ bytes: [UInt8]) {
    scanner = ByteScanner(bytes)
    while problem == nil {
      scanner.skipBlanksAndComments()
      if scanner.isAtEnd { break }
      if scanner.next == UInt8(ascii: "[") { scanHeader() } else { _ = scanKeyValue(in: table) }
      scanner.skipLine()
    }
  }

  /// Notes what is broken at the scanner's place.
  /// - Returns: false, for the caller to pass on.
  private mutating func fail(_ message: String) -> Bool {
    problem = problem ?? (scanner.position, message)
    return false
  }

  /// `[a.b]` or `[[a.b]]`.
  private mutating func scanHeader() {
    let start = scanner.position
    scanner.advance()
    let isArray = scanner.skip("[")
    guard let keys = scanKeys(), let last = keys.last else { return }
    guard scanner.skip("]"), !isArray || scanner.skip("]") else {
      _ = fail("a table's header must end in '\(isArray ? "]]" : "]")'")
      return
    }
    var path: [PathStep] = []
    for key in keys.dropLast() {
      path.append(.key(key.name))
      recordImplied(path, at: key.position)
      path = opened(path)
    }
    path.append(.key(last.name))
    if isArray {
      let index = elementCounts[path, default: 0]
      elementCounts[path] = index + 1
      if index == 0 { record(path, key: last.position, value: start) }
      path.append(.index(index))
    }
    record(path, key: last.position, value: start)
    table = path
  }

  /// Where a header's key leads: into the last element, if it is an array of tables.
  private func opened(_ path: [PathStep]) -> [PathStep] {
    elementCounts[path].map { path + [.index($0 - 1)] } ?? path
  }

  /// `a.b = value`; false if it is none.
  private mutating func scanKeyValue(in table: [PathStep]) -> Bool {
    guard let keys = scanKeys(), let last = keys.last else { return false }
    var path = table
    for key in keys.dropLast() {
      path.append(.key(key.name))
      recordImplied(path, at: key.position)
    }
    path.append(.key(last.name))
    scanner.skipSpaces()
    guard scanner.skip("=") else { return fail("a key must be followed by '='") }
    scanner.skipSpaces()
    if let first = positions[path], repeated == nil {
      repeated = (path, first.key, last.position)
    }
    record(path, key: last.position, value: scanner.position)
    return scanValue(at: path)
  }

  private mutating func scanValue(at path: [PathStep]) -> Bool {
    guard path.count <= Self.deepest else { return fail("tables or arrays are nested too deeply") }
    switch scanner.next {
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      return scanner.skipString() || fail("the string before this place does not end")
    case UInt8(ascii: "["): return scanArray(at: path)
    case UInt8(ascii: "{"): return scanInlineTable(at: path)
    default:
      guard scanner.skipBareValue() else { return fail("a value is missing") }
      scanner.skipSpaces()
      // No key takes a date with a time behind a blank, and toml++ asserts where that time is one digit.
      return scanner.isAtValueEnd || fail(
        "the value ends before this place; a text with blanks needs quotes, and values are separated by ','")
    }
  }

  private mutating func scanArray(at path: [PathStep]) -> Bool {
    scanner.advance()
    var index = 0
    while true {
      scanner.skipBlanksAndComments()
      if scanner.skip("]") { return true }
      let element = path + [.index(index)]
      record(element, key: scanner.position, value: scanner.position)
      guard scanValue(at: element) else { return false }
      index += 1
      scanner.skipBlanksAndComments()
      if !scanner.skip(",") { return scanner.skip("]") || fail("an array's value must be followed by ',' or ']'") }
    }
  }

  private mutating func scanInlineTable(at path: [PathStep]) -> Bool {
    scanner.advance()
    scanner.skipBlanksAndComments()
    if scanner.skip("}") { return true }
    while true {
      scanner.skipBlanksAndComments()
      guard scanKeyValue(in: path) else { return false }
      scanner.skipBlanksAndComments()
      if !scanner.skip(",") { return scanner.skip("}") || fail("a table's value must be followed by ',' or '}'") }
    }
  }

  private mutating func scanKeys() -> [(name: String, position: TextPosition)]? {
    var keys: [(String, TextPosition)] = []
    repeat {
      scanner.skipSpaces()
      let position = scanner.position
      guard keys.count < Self.deepest else {
        _ = fail("tables or arrays are nested too deeply")
        return nil
      }
      guard let name = scanner.scanKey() else {
        _ = fail("a key is missing")
        return nil
      }
      keys.append((name, position))
      scanner.skipSpaces()
    } while scanner.skip(".")
    return keys
  }

  private mutating func record(_ path: [PathStep], key: TextPosition, value: TextPosition) {
    if positions[path] == nil || implied.remove(path) != nil {
      positions[path] = KeyPosition(key: key, value: value)
    }
  }

  /// A table that a dotted key implies stands where it is first named, until it has a header of its own.
  private mutating func recordImplied(_ path: [PathStep], at position: TextPosition) {
    guard positions[path] == nil else { return }
    positions[path] = KeyPosition(key: position, value: position)
    implied.insert(path)
  }
}
