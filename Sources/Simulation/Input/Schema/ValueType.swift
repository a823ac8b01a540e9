import Diagnostics

/// How a value of the input file is read, written and described.
struct ValueType<Value: Sendable>: Sendable {
  /// "length", "integer >= 1", ...
  var name: String
  var unit: String?
  var table: TableDescription?
  /// - Throws: `Failure.input` at the value's place.
  var decode: @Sendable (InputNode) throws -> Value
  /// The value as TOML; `decode` reads it back as the same value.
  var literal: @Sendable (Value) -> String
  /// Where the value is a table or an array of tables: the keys and literals of each, for writing it below headers.
  var sections: (@Sendable (Value) -> [[SchemaEntry]])?

  init(
    _ name: String, unit: String? = nil, table: TableDescription? = nil,
    decode: @escaping @Sendable (InputNode) throws -> Value, literal: @escaping @Sendable (Value) -> String
  ) {
    self.name = name
    self.unit = unit
    self.table = table
    self.decode = decode
    self.literal = literal
  }

  /// Throws what a value of the wrong type deserves: "'system.frame' is an integer, but true stands here".
  static func mismatch(_ node: InputNode, expected: String, remedy: String? = nil) -> Failure {
    Failure.input(
      "'\(node.name)' must be \(expected), but \(node.kindName) stands here", at: node.place, remedy: remedy)
  }

  /// The same values, of which only some are accepted.
  func requiring(_ condition: String, _ isValid: @escaping @Sendable (Value) -> Bool) -> ValueType {
    var type = self
    type.name = "\(name) \(condition)"
    let decode = self.decode, literal = self.literal
    type.decode = { node in
      let value = try decode(node)
      guard isValid(value) else {
        throw Failure.input("'\(node.name)' must be \(condition), but it is \(literal(value))", at: node.place)
      }
      return value
    }
    return type
  }
}

extension ValueType {
  /// The same with its place.
  static func located<Plain: Sendable>(_ type: ValueType<Plain>) -> ValueType where Value == Located<Plain> {
    ValueType(
      type.name, unit: type.unit, table: type.table, decode: { Located(try type.decode($0), at: $0.place) },
      literal: { type.literal($0.value) })
  }
}

/// A key and its value as TOML.
struct SchemaEntry: Sendable {
  var key: String
  var literal: String
}

extension ValueType where Value: Comparable & Sendable {
  func above(_ bound: Value) -> ValueType { requiring("> \(Self.text(bound))") { $0 > bound } }
  func atLeast(_ bound: Value) -> ValueType { requiring(">= \(Self.text(bound))") { $0 >= bound } }

  private static func text(_ bound: Value) -> String {
    (bound as? Double).map(Quantity.shortest) ?? "\(bound)"
  }
}
