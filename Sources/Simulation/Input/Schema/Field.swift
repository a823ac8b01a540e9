import Diagnostics

/// One key of a table: its name, its type, the property that it fills, and what a reader should know of it.
struct Field<Root: InputTable>: Sendable {
  let description: KeyDescription
  let set: @Sendable (inout Root, InputNode) throws -> Void
  /// The property as TOML; nil if it is not set.
  let literal: @Sendable (Root) -> String?
  /// The property as tables with headers; nil if it is no table.
  let sections: (@Sendable (Root) -> [[SchemaEntry]])?

  /// A key with a default: what the property holds in `Root()`.
  init<Value: Sendable>(
    _ name: String, _ property: WritableKeyPath<Root, Value> & Sendable, _ type: ValueType<Value>,
    _ sentence: String
  ) {
    self.init(name, property, type, isRequired: false, default: type.literal(Root()[keyPath: property]), sentence)
  }

  /// A key that must be given.
  init<Value: Sendable>(
    required name: String, _ property: WritableKeyPath<Root, Value> & Sendable, _ type: ValueType<Value>,
    _ sentence: String
  ) {
    self.init(name, property, type, isRequired: true, default: nil, sentence)
  }

  private init<Value: Sendable>(
    _ name: String, _ property: WritableKeyPath<Root, Value> & Sendable, _ type: ValueType<Value>,
    isRequired: Bool, default defaultValue: String?, _ sentence: String
  ) {
    description = KeyDescription(
      name: name, type: type.name, unit: type.unit, isRequired: isRequired, defaultValue: defaultValue,
      sentence: sentence, table: type.table)
    set = { root, node in root[keyPath: property] = try type.decode(node) }
    literal = { type.literal($0[keyPath: property]) }
    if let inner = type.sections {
      sections = { inner($0[keyPath: property]) }
    } else {
      sections = nil
    }
  }

  /// A key that may be left out, which leaves the property nil.
  init<Value: Sendable>(
    optional name: String, _ property: WritableKeyPath<Root, Value?> & Sendable, _ type: ValueType<Value>,
    _ sentence: String
  ) {
    description = KeyDescription(
      name: name, type: type.name, unit: type.unit, isRequired: false, defaultValue: nil, sentence: sentence,
      table: type.table)
    set = { root, node in root[keyPath: property] = try type.decode(node) }
    literal = { $0[keyPath: property].map(type.literal) }
    if let inner = type.sections {
      sections = { $0[keyPath: property].map(inner) ?? [] }
    } else {
      sections = nil
    }
  }
}
