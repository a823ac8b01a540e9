/// A table for people: columns as wide as they need to be, the first to the left, the others to the right.
struct AlignedTable {
  var rows: [[String]]

  init(header: [String]) { rows = [header] }

  var text: String {
    let widths = (0..<(rows.map(\.count).max() ?? 0)).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, text in
        let padding = String(repeating: " ", count: widths[column] - text.count)
        return column == 0 ? text + padding : padding + text
      }
      return "  " + cells.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
