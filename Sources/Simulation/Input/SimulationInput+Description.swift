extension SimulationInput {
  /// The input as it was understood, as TOML: every value with its default and unit.
  ///
  /// Parsed again, it is the same input.
  public func describe() -> String {
    Self.schema.fields.flatMap { field -> [String] in
      let name = field.description.name
      let header = field.description.isList ? "[[\(name)]]" : "[\(name)]"
      return (field.sections?(self) ?? []).map { entries in
        let width = entries.map(\.key.count).max() ?? 0
        let lines = entries.map { entry in
          entry.key + String(repeating: " ", count: width - entry.key.count) + " = " + entry.literal
        }
        return ([header] + lines).joined(separator: "\n")
      }
    }.joined(separator: "\n\n") + "\n"
  }
}
