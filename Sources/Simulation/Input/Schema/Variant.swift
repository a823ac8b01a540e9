import Diagnostics

/// A key (`kind`) whose value decides which further keys a table has.
struct Selector<Root: InputTable>: Sendable {
  var key: String
  /// Words that are planned and that this version does not have.
  var planned: [String] = []
  var variants: [Variant<Root>]

  /// The variant that a table asks for; if several are implied, the last one, which may have the others' keys.
  func variant(for node: InputNode) throws -> Variant<Root> {
    guard let child = node[key] else {
      if let implied = variants.last(where: { $0.impliedBy.map { node[$0] != nil } ?? false }) { return implied }
      let keys = ([key] + variants.compactMap(\.impliedBy)).map { "'\($0)'" }.joined(separator: " or ")
      throw misspelt(in: node) ?? Failure.input("'\(node.name)' needs \(keys)", at: node.place)
    }
    let names = variants.compactMap(\.name)
    guard case .string(let word) = child.value else {
      throw ValueType<Root>.mismatch(child, expected: "one of " + names.map(quoted).joined(separator: ", "))
    }
    if let variant = variants.first(where: { $0.name == word }) { return variant }
    throw unknownChoice(word, of: child, available: names, unavailable: planned)
  }

  /// A key that is close to the missing one is more likely than that it was forgotten.
  private func misspelt(in node: InputNode) -> Failure? {
    let wanted = [key] + variants.compactMap(\.impliedBy)
    let known = Set(Root.schema.fields.map(\.description.name) + variants.flatMap(\.keys))
    for (given, child) in node.entries ?? [] where !known.contains(given) {
      guard let near = nearestName(to: given, among: wanted) else { continue }
      return Failure.input(
        "unknown key '\(given)' in '\(node.name)'", at: child.keyPlace, remedy: "did you mean '\(near)'?")
    }
    return nil
  }

  func entries(_ root: Root) -> [SchemaEntry] {
    for variant in variants {
      guard let entries = variant.entries(root) else { continue }
      return (variant.name.map { [SchemaEntry(key: key, literal: quoted($0))] } ?? []) + entries
    }
    return []
  }
}

/// The keys of a table for one value of its selector, declared by the table type that they fill.
struct Variant<Root: InputTable>: Sendable {
  /// The selector's value; nil: the selector is left out.
  var name: String?
  /// The key that stands for the selector where that is left out.
  var impliedBy: String?
  var keys: [String]
  var planned: [String]
  var description: TableDescription
  var decode: @Sendable (InputNode, inout Root) throws -> Void
  /// nil if `Root` holds another variant.
  var entries: @Sendable (Root) -> [SchemaEntry]?

  /// - Parameters:
  ///   - embed: puts the decoded table into the root.
  ///   - extract: takes it out again; nil if the root holds another variant.
  init<Table: InputTable>(
    _ name: String?, impliedBy: String? = nil, _ table: Table.Type,
    embed: @escaping @Sendable (Table, inout Root) -> Void, extract: @escaping @Sendable (Root) -> Table?
  ) {
    self.name = name
    self.impliedBy = impliedBy
    keys = Table.schema.fields.map(\.description.name)
    planned = Table.schema.planned
    description = Table.schema.description
    decode = { node, root in embed(try Table.schema.decode(node.keeping(Table.schema)), &root) }
    entries = { root in extract(root).map(Table.schema.entries) }
  }

  /// `kind = "md"`, or `file` where the selector is left out.
  func label(_ selector: String?) -> String {
    if let name, let selector { return "\(selector) = \(quoted(name))" }
    return "a table with '\(impliedBy ?? "")'"
  }
}

extension InputNode {
  /// The table with only the keys of `schema`: a variant's share of the table that it stands in.
  func keeping<Table: InputTable>(_ schema: Schema<Table>) -> InputNode {
    guard case .table(let children) = value else { return self }
    let names = Set(schema.fields.map(\.description.name))
    var node = self
    node.value = .table(children.filter { names.contains($0.key) })
    return node
  }
}
