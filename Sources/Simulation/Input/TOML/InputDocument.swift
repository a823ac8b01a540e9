import Diagnostics
import TOMLKit

/// A TOML text as a tree of values with places. The only file that knows TOMLKit.
struct InputDocument {
  let root: InputNode

  /// - Parameter path: what messages call the file.
  /// - Throws: `Failure.input` with line and column for anything that is not TOML.
  init(bytes: [UInt8], path: String) throws {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure.input(
        "the file is not UTF-8 text", at: Self.firstInvalidPlace(bytes, path: path),
        remedy: "save it as UTF-8, or name the TOML file that is meant")
    }
    let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    if let zero = bytes.firstIndex(of: 0) {
      let line = 1 + bytes[..<zero].count { $0 == UInt8(ascii: "\n") }
      throw Failure.input("the file has a zero byte: it is not text", at: Place(file: path, line: line))
    }
    let locator = KeyLocator(bytes)
    let places = PlaceTable(locator: locator, path: path)
    if let problem = locator.problem {
      throw Failure.input("this is not valid TOML: \(problem.message)", at: places.place(problem.position))
    }
    let table = try Self.parse(text, locator: locator, places: places)
    root = InputNode(
      value: .table(try Self.children(of: table, at: [], name: "", places: places)), name: "",
      keyPlace: Place(file: path, line: 1), place: Place(file: path, line: 1))
  }

  private static func parse(_ text: String, locator: KeyLocator, places: PlaceTable) throws -> TOMLTable {
    do {
      return try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      if let repeated = locator.repeated, repeated.second.line <= error.source.begin.line {
        throw Failure.input(
          "'\(PlaceTable.name(repeated.path))' is given twice, first on line \(repeated.first.line)",
          at: places.place(repeated.second), remedy: "delete one of them")
      }
      let position = TextPosition(line: error.source.begin.line, column: error.source.begin.column)
      throw Failure.input("this is not valid TOML: \(error.description)", at: places.place(position))
    }
  }

  private static func children(
    of table: TOMLTable, at path: [PathStep], name: String, places: PlaceTable
  ) throws -> [String: InputNode] {
    var children: [String: InputNode] = [:]
    for key in table.keys {
      // A key with an escaped zero byte is cut short on its way through C and then not found.
      guard let value = table[key] else {
        throw Failure.input("a key has a zero byte", at: places.node(path)?.place ?? places.whole)
      }
      let name = name.isEmpty ? key : "\(name).\(key)"
      children[key] = try node(value.tomlValue, at: path + [.key(key)], name: name, places: places)
    }
    return children
  }

  private static func node(
    _ value: TOMLValue, at path: [PathStep], name: String, places: PlaceTable
  ) throws -> InputNode {
    let found = places.node(path) ?? places.nearest(path)
    return InputNode(
      value: try self.value(value, at: path, name: name, places: places), name: name, keyPlace: found.key,
      place: found.place)
  }

  private static func value(
    _ value: TOMLValue, at path: [PathStep], name: String, places: PlaceTable
  ) throws -> InputNode.Value {
    if let table = value.table { return .table(try children(of: table, at: path, name: name, places: places)) }
    if let array = value.array {
      return .array(
        try array.enumerated().map { index, element in
          try node(element.tomlValue, at: path + [.index(index)], name: name, places: places)
        })
    }
    if let text = value.string { return .string(text) }
    if let number = value.int { return .integer(number) }
    if let number = value.double { return .real(number) }
    if let flag = value.bool { return .boolean(flag) }
    return .date
  }

  private static func firstInvalidPlace(_ bytes: [UInt8], path: String) -> Place {
    var line = 1
    for text in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      if String(validating: text, as: UTF8.self) == nil { break }
      line += 1
    }
    return Place(file: path, line: line)
  }
}

/// The locator's positions as places in a named file.
private struct PlaceTable {
  let locator: KeyLocator
  let path: String

  var whole: Place { Place(file: path) }

  func place(_ position: TextPosition) -> Place { Place(file: path, line: position.line, column: position.column) }

  func node(_ path: [PathStep]) -> (key: Place, place: Place)? {
    locator.positions[path].map { (place($0.key), place($0.value)) }
  }

  /// Where the innermost located table or array around `path` stands.
  func nearest(_ path: [PathStep]) -> (key: Place, place: Place) {
    for length in stride(from: path.count - 1, to: 0, by: -1) {
      if let found = node(Array(path.prefix(length))) { return found }
    }
    return (whole, whole)
  }

  static func name(_ path: [PathStep]) -> String {
    path.compactMap { step in
      if case .key(let key) = step { key } else { nil }
    }.joined(separator: ".")
  }
}
