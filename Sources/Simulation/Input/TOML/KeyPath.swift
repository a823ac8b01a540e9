/// One step into a TOML document: a key of a table or an index into an array.
package enum PathStep: Hashable, Sendable {
  case key(String)
  case index(Int)
}

/// 1-based; the column counts Unicode scalars, as editors and toml++ do.
package struct TextPosition: Equatable, Sendable {
  package var line: Int
  package var column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

/// Where a key stands and where its value begins. A table's value begins at its header.
package struct KeyPosition: Equatable, Sendable {
  package var key: TextPosition
  package var value: TextPosition

  package init(key: TextPosition, value: TextPosition) {
    self.key = key
    self.value = value
  }
}
