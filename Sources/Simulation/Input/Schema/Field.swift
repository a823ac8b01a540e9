import Diagnostics

/// One key of a table: its name, its type, the property that it fills, and what a reader should know of it.
struct Field<Root: InputTable>: Sendable {
  private(set) var description: KeyDescription
  let set: @Sendable (inout Root, InputNode) throws -> Void
  /// The property as TOML; nil if it is not set.
  private(set) var literal: @Sendable (Root) -> String?
  /// The property as tables with headers; nil if it is no table.
  let sections: (@Sendable (Root) -> [[SchemaEntry]])?
  /// Whether a table has this key, as its other keys are.
  private var applies: @Sendable (Root) -> Bool = { _ in true }

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

  /// An array that may be left out, which leaves the property empty.
  init<Element: Sendable>(
    list name: String, _ property: WritableKeyPath<Root, [Element]> & Sendable, _ type: ValueType<[Element]>,
    _ sentence: String
  ) {
    description = KeyDescription(
      name: name, type: type.name, unit: type.unit, isRequired: false, defaultValue: nil, sentence: sentence,
      table: type.table)
    set = { root, node in root[keyPath: property] = try type.decode(node) }
    literal = { $0[keyPath: property].isEmpty ? nil : type.literal($0[keyPath: property]) }
    if let inner = type.sections {
      sections = { inner($0[keyPath: property]) }
    } else {
      sections = nil
    }
  }

  /// A key whose type depends on the keys declared before it: `type` tells it from what they have filled.
  init<Value: Sendable>(
    _ name: String, described typeName: String, _ property: WritableKeyPath<Root, Value?> & Sendable,
    _ type: @escaping @Sendable (Root) -> ValueType<Value>, _ sentence: String
  ) {
    description = KeyDescription(
      name: name, type: typeName, unit: nil, isRequired: false, defaultValue: nil, sentence: sentence, table: nil)
    set = { root, node in root[keyPath: property] = try type(root).decode(node) }
    literal = { root in root[keyPath: property].map(type(root).literal) }
    sections = nil
  }
}

extension Field {
  /// The same key, which makes sense in some tables only.
  /// - Parameter condition: what the reference and the error say of those: "ensemble = \"npt\"".
  func only(for condition: String, _ applies: @escaping @Sendable (Root) -> Bool) -> Field {
    var field = self
    let literal = self.literal
    field.applies = applies
    field.literal = { applies($0) ? literal($0) : nil }
    field.description.condition = condition
    return field
  }

  /// Throws if the key is given in a table that has no use for it.
  /// - Parameter root: the table with all its keys.
  func checkUse(in root: Root, _ node: InputNode) throws {
    guard let condition = description.condition, let child = node[description.name], !applies(root) else { return }
    throw Failure.input(
      "'\(child.name)' is for \(condition) only", at: child.keyPlace, remedy: "delete it, or choose that")
  }
}
