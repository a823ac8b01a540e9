import Foundation

/// A matrix as a picture: each element a colored square with its number; blue is negative, white zero, red positive.
public struct HeatMap: Equatable, Sendable {
  public var title: String
  /// What the colors mean, with the unit: "GPa".
  public var label: String
  /// [rows][columns]; what is not finite stays gray.
  public var values: [[Double]]
  public var rowLabels: [String]
  public var columnLabels: [String]
  /// Decimals of the numbers in the squares.
  public var digits: Int

  /// `values`: [rows][columns], every row as long as `columnLabels`.
  public init(
    title: String, label: String, values: [[Double]], rowLabels: [String], columnLabels: [String], digits: Int = 1
  ) {
    precondition(values.count == rowLabels.count && values.allSatisfy { $0.count == columnLabels.count })
    (self.title, self.label, self.values) = (title, label, values)
    (self.rowLabels, self.columnLabels, self.digits) = (rowLabels, columnLabels, digits)
  }

  private var largest: Double {
    let magnitudes = values.joined().filter(\.isFinite).map { abs($0) }
    return magnitudes.max().flatMap { $0 > 0 ? $0 : nil } ?? 1
  }

  /// The text of an SVG file; `cell`: pixels of a square's side.
  public func svg(cell: Double = 64) -> String {
    let left = 24 + 9 * Double(rowLabels.map(\.count).max() ?? 0), top = 78.0
    let columns = Double(columnLabels.count), rows = Double(rowLabels.count)
    let longestTick = Ticks(linear: -largest...largest, count: 6).labels.map(\.count).max() ?? 0
    let tickWidth = 30 + Plot.letterWidth * 13 * Double(longestTick)
    var document = SVGDocument(width: left + columns * cell + 72 + tickWidth, height: top + max(rows, 2) * cell + 28)
    document.label(title, at: SIMD2(document.width / 2, 28), size: 16, anchor: .middle, isBold: true)
    for (column, text) in columnLabels.enumerated() {
      document.label(text, at: SIMD2(left + (Double(column) + 0.5) * cell, top - 10), size: 14, anchor: .middle)
    }
    for (row, text) in rowLabels.enumerated() {
      let y = top + Double(row) * cell
      document.label(text, at: SIMD2(left - 10, y + 0.5 * cell + 5), size: 14, anchor: .end)
      for (column, value) in values[row].enumerated() {
        draw(value, x: left + Double(column) * cell, y: y, side: cell, on: &document)
      }
    }
    drawColorBar(x: left + columns * cell + 28, top: top, height: max(rows, 2) * cell, on: &document)
    return document.text
  }

  private func draw(_ value: Double, x: Double, y: Double, side: Double, on document: inout SVGDocument) {
    let part = value / largest
    document.rectangle(
      x: x, y: y, width: side, height: side, fill: value.isFinite ? Palette.diverging(part) : "#bbbbbb", stroke: "#ffffff")
    guard value.isFinite else { return }
    var text = String(format: "%.\(digits)f", value)
    if text.allSatisfy({ "-0.".contains($0) }) { text = "0" }
    document.label(
      text.replacingOccurrences(of: "-", with: "−"), at: SIMD2(x + side / 2, y + side / 2 + 5), anchor: .middle,
      fill: abs(part) > 0.6 ? "#ffffff" : "#222222")
  }

  private func drawColorBar(x: Double, top: Double, height: Double, on document: inout SVGDocument) {
    let steps = 64, step = height / Double(steps)
    for i in 0..<steps {
      let part = 1 - 2 * (Double(i) + 0.5) / Double(steps)
      // A little taller than a step: no seams between them.
      document.rectangle(
        x: x, y: top + Double(i) * step, width: 16, height: min(step + 0.5, height - Double(i) * step),
        fill: Palette.diverging(part))
    }
    let ticks = Ticks(linear: -largest...largest, count: 6)
    for (value, text) in zip(ticks.values, ticks.labels) {
      let y = top + height * (0.5 - 0.5 * value / largest)
      document.line(from: SIMD2(x + 16, y), to: SIMD2(x + 20, y), stroke: "#444444")
      document.label(text, at: SIMD2(x + 24, y + 4.5))
    }
    document.label(label, at: SIMD2(x + 8, top - 10), anchor: .middle)
  }
}
