/// Finds where each key and value of a TOML text stands; TOMLKit, which is the authority on the values, does not tell.
///
/// It follows the structure only (headers, keys, brackets, strings, comments) and survives any bytes: what it cannot follow it
/// skips to the end of the line, because TOMLKit has refused such a text or will.
package struct KeyLocator {
  package private(set) var positions: [[PathStep]: KeyPosition] = [:]
  /// The first key that is given a value twice.
  package private(set) var repeated: (path: [PathStep], first: TextPosition, second: TextPosition)?
  /// The first place that is nested more deeply than `deepest`.
  package private(set) var tooDeep: TextPosition?

  /// No input nests further; a text that does could exhaust a recursive reader's stack.
  static let deepest = 24

  private var scanner: ByteScanner
  /// The table that the last header opened.
  private var table: [PathStep] = []
  /// How many elements each array of tables has so far.
  private var elementCounts: [[PathStep]: Int] = [:]

  package init(_ bytes: [UInt8]) {
    scanner = ByteScanner(bytes)
    while !scanner.isAtEnd {
      scanner.skipBlanksAndComments()
      if scanner.isAtEnd { break }
      if scanner.next == UInt8(ascii: "[") { scanHeader() } else { _ = scanKeyValue(in: table) }
      scanner.skipLine()
    }
  }

  /// `[a.b]` or `[[a.b]]`.
  private mutating func scanHeader() {
    let start = scanner.position
    scanner.advance()
    let isArray = scanner.skip("[")
    guard let keys = scanKeys(), let last = keys.last else { return }
    var path: [PathStep] = []
    for key in keys.dropLast() { path = opened(path + [.key(key.name)]) }
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
    // The table that a dotted key implies stands where it is first named.
    for key in keys.dropLast() {
      path.append(.key(key.name))
      record(path, key: key.position, value: key.position)
    }
    path.append(.key(last.name))
    scanner.skipSpaces()
    guard scanner.skip("=") else { return false }
    scanner.skipSpaces()
    if let first = positions[path], repeated == nil {
      repeated = (path, first.key, last.position)
    }
    record(path, key: last.position, value: scanner.position)
    return scanValue(at: path)
  }

  private mutating func scanValue(at path: [PathStep]) -> Bool {
    guard isShallow(path) else { return false }
    switch scanner.next {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return scanner.skipString()
    case UInt8(ascii: "["): return scanArray(at: path)
    case UInt8(ascii: "{"): return scanInlineTable(at: path)
    default:
      scanner.skipBareValue()
      return true
    }
  }

  private mutating func scanArray(at path: [PathStep]) -> Bool {
    scanner.advance()
    var index = 0
    while true {
      scanner.skipBlanksAndComments()
      if scanner.isAtEnd { return false }
      if scanner.skip("]") { return true }
      let element = path + [.index(index)]
      record(element, key: scanner.position, value: scanner.position)
      guard scanValue(at: element) else { return false }
      index += 1
      scanner.skipBlanksAndComments()
      if !scanner.skip(",") { return scanner.skip("]") }
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
      if !scanner.skip(",") { return scanner.skip("}") }
    }
  }

  private mutating func scanKeys() -> [(name: String, position: TextPosition)]? {
    var keys: [(String, TextPosition)] = []
    repeat {
      scanner.skipSpaces()
      let position = scanner.position
      guard keys.count < Self.deepest else {
        tooDeep = tooDeep ?? position
        return nil
      }
      guard let name = scanner.scanKey() else { return nil }
      keys.append((name, position))
      scanner.skipSpaces()
    } while scanner.skip(".")
    return keys
  }

  private mutating func isShallow(_ path: [PathStep]) -> Bool {
    if path.count <= Self.deepest { return true }
    tooDeep = tooDeep ?? scanner.position
    return false
  }

  private mutating func record(_ path: [PathStep], key: TextPosition, value: TextPosition) {
    if positions[path] == nil { positions[path] = KeyPosition(key: key, value: value) }
  }
}
