/// One step into a TOML document: a key of a table or an index into an array.
enum PathStep: Hashable, Sendable {
  case key(String)
  case index(Int)
}

/// 1-based; the column counts Unicode scalars, as editors and toml++ do.
struct TextPosition: Equatable, Sendable {
  var line: Int
  var column: Int
}

/// Where a key stands and where its value begins. A table's value begins at its header.
struct KeyPosition: Equatable, Sendable {
  var key: TextPosition
  var value: TextPosition
}
