import Foundation

/// Rows as lines with aligned columns; the first row is the header.
func textTable(_ rows: [[String]]) -> String {
  let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    var line = zip(row, widths).map { $0.padding(toLength: $1 + 2, withPad: " ", startingAt: 0) }.joined()
    while line.hasSuffix(" ") { line.removeLast() }
    return line
  }.joined(separator: "\n")
}

/// "1.234 ± 0.005", or without the error where there is none.
func withError(_ value: Double, _ error: Double?, digits: Int = 3) -> String {
  String(format: "%.\(digits)f", value) + (error.map { String(format: " ± %.\(digits)f", $0) } ?? "")
}
