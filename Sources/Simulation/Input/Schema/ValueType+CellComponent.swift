import Diagnostics

extension ValueType where Value == CellComponent {
  /// "xx", ..., "xy"; "x" is short for "xx".
  static let component = ValueType(
    "cell component",
    decode: { node in
      guard case .string(let word) = node.value else {
        throw mismatch(node, expected: "a component of the cell in quotes, such as \"z\" or \"xy\"")
      }
      return try component(word, of: node, at: node.place)
    },
    literal: { quoted($0.rawValue) })

  static func component(_ word: String, of node: InputNode, at place: Place) throws -> CellComponent {
    let full = word.count == 1 ? word + word : word
    if let component = CellComponent(rawValue: full) { return component }
    throw Failure.input(
      "'\(node.name)': the cell has no component '\(word)'", at: place,
      remedy: "the components are: " + CellComponent.allCases.map(\.rawValue).joined(separator: ", "))
  }
}

extension ValueType where Value == [CellComponent] {
  /// `["z"]`, `["xx", "yy", "xy"]`.
  static let components: ValueType = {
    let list = ValueType<[CellComponent]>.array(of: .component)
    return ValueType(
      "array of cell components",
      decode: { node in
        let components = try list.decode(node)
        guard Set(components).count == components.count else {
          throw Failure.input(
            "'\(node.name)' names a component twice", at: node.place, remedy: "\"x\" and \"xx\" are the same")
        }
        return components
      },
      literal: list.literal)
  }()
}

extension ValueType {
  /// `{ xx = value, xy = value }`.
  static func byComponent<Component: Sendable>(
    _ value: ValueType<Component>
  ) -> ValueType where Value == [CellComponent: Component] {
    ValueType(
      "table of xx, yy, zz, yz, xz, xy = \(value.name)", unit: value.unit,
      decode: { node in
        guard let entries = node.entries else { throw mismatch(node, expected: "a table such as { zz = ... }") }
        guard !entries.isEmpty else {
          throw Failure.input("'\(node.name)' names no component of the cell", at: node.place, remedy: "give at least one")
        }
        var values: [CellComponent: Component] = [:]
        for (key, child) in entries {
          let component = try ValueType<CellComponent>.component(key, of: node, at: child.keyPlace)
          guard values.updateValue(try value.decode(child), forKey: component) == nil else {
            throw Failure.input("'\(node.name)' names '\(component.rawValue)' twice", at: child.keyPlace)
          }
        }
        return values
      },
      literal: { values in
        let entries = CellComponent.allCases.compactMap { component in
          values[component].map { "\(component.rawValue) = \(value.literal($0))" }
        }
        return "{ " + entries.joined(separator: ", ") + " }"
      })
  }
}
