import Diagnostics

/// A table of the input file as a value: `init()` holds the defaults, `schema` declares the keys that fill it.
///
/// What is required is empty in `init()`; only a value that `schema` has decoded leaves this folder.
protocol InputTable: Sendable {
  init()
  static var schema: Schema<Self> { get }
}

/// The declaration of a table: the one source of its decoding, its errors, its help and its reference.
struct Schema<Root: InputTable>: Sendable {
  var sentence: String
  var fields: [Field<Root>]
  /// Key names of which just one, or at most one, may be given.
  var alternatives: [Alternatives] = []
  /// Keys that are planned and that this version does not have.
  var planned: [String] = []
  var selector: Selector<Root>?
  /// Completes the value from its node, and throws what no single key can tell, at the place of the key to change.
  var finish: @Sendable (inout Root, InputNode) throws -> Void = { _, _ in }

  struct Alternatives: Sendable {
    var keys: [String]
    var isRequired: Bool

    static func exactlyOne(_ keys: String...) -> Alternatives { Alternatives(keys: keys, isRequired: true) }
    static func atMostOne(_ keys: String...) -> Alternatives { Alternatives(keys: keys, isRequired: false) }
  }

  /// Fills a `Root` from a table.
  /// - Throws: `Failure.input` for the first thing that is wrong, misspelt keys first.
  func decode(_ node: InputNode) throws -> Root {
    guard let entries = node.entries else { throw ValueType<Root>.mismatch(node, expected: "a table") }
    let variant = try selector?.variant(for: node)
    let names = fields.map(\.description.name) + (variant?.keys ?? []) + (selector.map { [$0.key] } ?? [])
    for (key, child) in entries where !names.contains(key) {
      throw unknown(key, at: child.keyPlace, in: node, variant: variant, names: names)
    }
    try requireAlternatives(entries.map(\.key), of: node)
    var root = Root()
    for field in fields {
      if let child = node[field.description.name] {
        try field.set(&root, child)
      } else if field.description.isRequired {
        throw Self.missing(field.description.name, in: node)
      }
    }
    for field in fields { try field.checkUse(in: root, node) }
    try variant?.decode(node, &root)
    try finish(&root, node)
    return root
  }

  static func missing(_ key: String, in node: InputNode) -> Failure {
    let table = node.name.isEmpty ? "the input" : "'\(node.name)'"
    return Failure.input("\(table) lacks the key '\(key)'", at: node.place, remedy: "add it, see 'swmd help input'")
  }

  private func requireAlternatives(_ given: [String], of node: InputNode) throws {
    for rule in alternatives {
      let present = rule.keys.filter(given.contains)
      if present.count > 1 {
        throw Failure.input(
          "'\(present[0])' and '\(present[1])' exclude each other", at: node[present[1]]?.keyPlace,
          remedy: "delete one of them")
      }
      if rule.isRequired, present.isEmpty {
        let list = rule.keys.map { "'\($0)'" }.joined(separator: " or ")
        throw Failure.input("'\(node.name)' needs \(list)", at: node.place)
      }
    }
  }

  private func unknown(
    _ key: String, at place: Place, in node: InputNode, variant: Variant<Root>?, names: [String]
  ) -> Failure {
    let table = node.name.isEmpty ? "" : " in '\(node.name)'"
    let list = names.joined(separator: ", ")
    if (planned + (variant?.planned ?? [])).contains(key) {
      return Failure.input("this version of swmd has no '\(key)'\(table)", at: place, remedy: "available: \(list)")
    }
    if let owner = selector?.variants.first(where: { $0.keys.contains(key) && $0.name != variant?.name }) {
      let chosen = variant?.label(selector?.key) ?? "this table"
      return Failure.input(
        "'\(key)'\(table) belongs to \(owner.label(selector?.key)), not to \(chosen)", at: place,
        remedy: "its keys are: \(list)")
    }
    let nearest = nearestName(to: key, among: names).map { "did you mean '\($0)'?" }
    return Failure.input("unknown key '\(key)'\(table)", at: place, remedy: nearest ?? "its keys are: \(list)")
  }

  /// The keys and values of `root`, in the order of declaration; keys that are not set are left out.
  func entries(_ root: Root) -> [SchemaEntry] {
    let own = fields.compactMap { field in
      field.literal(root).map { SchemaEntry(key: field.description.name, literal: $0) }
    }
    return own + (selector?.entries(root) ?? [])
  }

  var description: TableDescription {
    TableDescription(
      sentence: sentence, keys: fields.map(\.description), selector: selector?.key,
      variants: selector?.variants.map { VariantDescription(value: $0.name, table: $0.description) } ?? [])
  }
}

extension ValueType where Value: InputTable {
  /// A table that `Value.schema` declares.
  static var table: ValueType {
    var type = ValueType(
      "table", table: Value.schema.description, decode: { try Value.schema.decode($0) },
      literal: { value in
        "{ " + Value.schema.entries(value).map { "\($0.key) = \($0.literal)" }.joined(separator: ", ") + " }"
      })
    type.sections = { [Value.schema.entries($0)] }
    return type
  }
}
