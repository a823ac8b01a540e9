/// What there is to know of the input file, made of the declarations that read it.
public enum InputReference {
  /// A table of keys under a heading.
  struct Section {
    /// "[system]", "velocities in [system]", "[[stage]] with kind = \"md\"", ...
    var title: String
    var sentence: String
    var keys: [KeyDescription]
  }

  /// Every table, in the order of declaration, inner tables after those that hold them.
  static let sections: [Section] = SimulationInput.schema.description.keys.flatMap { key in
    key.table.map { sections(of: $0, title: key.isList ? "[[\(key.name)]]" : "[\(key.name)]") } ?? []
  }

  private static func sections(of table: TableDescription, title: String) -> [Section] {
    var keys = table.keys
    if let selector = table.selector { keys.append(selectorDescription(selector, of: table)) }
    let nested = table.keys.flatMap { key in
      key.table.map { sections(of: $0, title: "\(key.name) in \(title)") } ?? []
    }
    let variants = table.variants.flatMap { variant in
      sections(of: variant.table, title: title + variantSuffix(variant, selector: table.selector))
    }
    return [Section(title: title, sentence: table.sentence, keys: keys)] + nested + variants
  }

  private static func variantSuffix(_ variant: VariantDescription, selector: String?) -> String {
    guard let selector else { return "" }
    return variant.value.map { " with \(selector) = \(quoted($0))" } ?? " without \(selector)"
  }

  private static func selectorDescription(_ name: String, of table: TableDescription) -> KeyDescription {
    let words = table.variants.compactMap(\.value)
    return KeyDescription(
      name: name, type: "one of " + words.map(quoted).joined(separator: ", "), unit: nil,
      isRequired: !table.variants.contains { $0.value == nil }, defaultValue: nil,
      sentence: "Decides which further keys there are.", table: nil)
  }

  /// "Å, nm, ...": one line for each dimension.
  static let units: [(dimension: String, accepted: String)] = Dimension.allCases.map {
    ($0.rawValue, $0.acceptedUnits.joined(separator: ", "))
  }

  static let introduction = """
    An input file is TOML. A bare number is in the unit that the key's line names; a string carries its own unit
    ("300 K", "0.5 fs", "0.01 eV/Å") and is converted. Paths are relative to the input file.
    """
}

extension KeyDescription {
  static let listType = "table or array of tables"
  /// Whether the key is an array of tables, written below [[headers]].
  var isList: Bool { type == Self.listType }

  /// "required", "default 100", "optional", "default 3; for kind = "nose-hoover"".
  var presence: String {
    let plain =
      if isRequired { "required" } else if let defaultValue, defaultValue != "[]", defaultValue != "{  }" {
        "default \(defaultValue)"
      } else { "optional" }
    return plain + (condition.map { "; for \($0)" } ?? "")
  }
}
