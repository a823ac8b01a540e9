import Atomistics
import Diagnostics

extension ValueType {
  /// `[a, b, ...]`.
  /// - Parameter count: how many elements there must be; nil: at least one.
  static func array<Element: Sendable>(
    of element: ValueType<Element>, count: Int? = nil, named name: String? = nil
  ) -> ValueType where Value == [Element] {
    let described = name ?? "array of " + (count.map { "\($0) x " } ?? "") + element.name
    return ValueType(
      described, unit: element.unit, table: element.table,
      decode: { node in
        guard case .array(let nodes) = node.value else { throw mismatch(node, expected: "an \(described)") }
        guard !nodes.isEmpty else { throw Failure.input("'\(node.name)' is empty", at: node.place) }
        if let count, nodes.count != count {
          throw Failure.input("'\(node.name)' needs \(count) values, but has \(nodes.count)", at: node.place)
        }
        return try nodes.map(element.decode)
      },
      literal: { "[" + $0.map(element.literal).joined(separator: ", ") + "]" })
  }

  /// One table or an array of them: `[potential]` or `[[potential]]`.
  static func tables<Element: Sendable>(of element: ValueType<Element>) -> ValueType where Value == [Element] {
    var type = ValueType(
      KeyDescription.listType, table: element.table,
      decode: { node in
        switch node.value {
        case .table: return [try element.decode(node)]
        case .array(let nodes): return try nodes.map(element.decode)
        default: throw mismatch(node, expected: "a table or an array of tables")
        }
      },
      literal: { "[" + $0.map(element.literal).joined(separator: ", ") + "]" })
    type.sections = { values in values.flatMap { element.sections?($0) ?? [] } }
    return type
  }

  /// `{ Li = value, S = value }`.
  static func byElement<Element: Sendable>(
    _ value: ValueType<Element>
  ) -> ValueType where Value == [Atomistics.Element: Element] {
    ValueType(
      "table of element = \(value.name)", unit: value.unit,
      decode: { node in
        guard let entries = node.entries else { throw mismatch(node, expected: "a table such as { Li = 6.94 }") }
        return try Dictionary(
          uniqueKeysWithValues: entries.map {
            (try ValueType<Atomistics.Element>.element($0.key, of: $0.node), try value.decode($0.node))
          })
      },
      literal: { values in
        let entries = values.sorted { $0.key < $1.key }.map { "\($0.key) = \(value.literal($0.value))" }
        return "{ " + entries.joined(separator: ", ") + " }"
      })
  }
}

extension ValueType where Value == Periodicity {
  /// `[true, true, false]`: along a, b, c.
  static let periodicity: ValueType = {
    let flags = ValueType<[Bool]>.array(of: .boolean, count: 3)
    return ValueType(
      flags.name,
      decode: { node in
        let values = try flags.decode(node)
        return Periodicity(values[0], values[1], values[2])
      },
      literal: { flags.literal($0.flags) })
  }()
}
