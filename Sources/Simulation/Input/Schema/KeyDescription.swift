/// What a key's declaration says to a reader: the help text and the reference are made of it.
struct KeyDescription: Sendable {
  var name: String
  /// "length", "integer >= 1", "one of \"cut\", \"shift\"", ...
  var type: String
  /// The unit of a bare number.
  var unit: String?
  var isRequired: Bool
  /// As TOML; nil: the key has no default, or none that can be written.
  var defaultValue: String?
  var sentence: String
  /// The keys of a table, or of each table of an array.
  var table: TableDescription?
  /// Of the table, where it must hold for the key to make sense: "ensemble = \"npt\"".
  var condition: String?
}

/// What a table's declaration says to a reader.
struct TableDescription: Sendable {
  var sentence: String
  var keys: [KeyDescription]
  /// The key whose value chooses among `variants`.
  var selector: String?
  var variants: [VariantDescription] = []
}

struct VariantDescription: Sendable {
  /// The selector's value; nil where the selector is left out.
  var value: String?
  var table: TableDescription
}
