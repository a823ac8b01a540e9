import Diagnostics

/// A value of the input file that knows where it stands.
struct InputNode: Sendable {
  enum Value: Sendable {
    case table([String: InputNode])
    case array([InputNode])
    case string(String)
    case integer(Int)
    case real(Double)
    case boolean(Bool)
    case date
  }

  var value: Value
  /// How a sentence names it: "system.velocities.seed", "stage".
  var name: String
  /// Where its key stands; for an element of an array, where it begins.
  var keyPlace: Place
  /// Where its value begins; for a table with a header, the header.
  var place: Place

  /// "an integer", "a table", ...: what an error says was found.
  var kindName: String {
    switch value {
    case .table: "a table"
    case .array: "an array"
    case .string(let text): "\"\(text.count > 40 ? text.prefix(40) + "..." : text)\""
    case .integer(let number): "\(number)"
    case .real(let number): Quantity.shortest(number)
    case .boolean(let flag): "\(flag)"
    case .date: "a date"
    }
  }

  /// A table's entries in the file's order; nil for other values.
  var entries: [(key: String, node: InputNode)]? {
    guard case .table(let children) = value else { return nil }
    return children.sorted { Self.comes($0.value.keyPlace, before: $1.value.keyPlace) }.map { ($0.key, $0.value) }
  }

  /// The entry of a table.
  subscript(key: String) -> InputNode? {
    guard case .table(let children) = value else { return nil }
    return children[key]
  }

  private static func comes(_ a: Place, before b: Place) -> Bool {
    (a.line ?? 0, a.column ?? 0) < (b.line ?? 0, b.column ?? 0)
  }
}
