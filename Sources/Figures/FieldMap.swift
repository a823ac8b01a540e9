import Foundation

/// A quantity over two axes as a picture: every bin of a regular grid a color, with a bar that says what the colors mean.
///
/// The same values give the same bytes.
public struct FieldMap: Equatable, Sendable {
  public enum Colors: Sendable {
    /// Blue for negative values, white for zero, red for positive ones.
    case diverging
    /// Light for the lowest value, dark for the highest.
    case sequential
  }

  public var title: String
  /// What the colors mean, with the unit.
  public var label: String
  public var x: Axis
  public var y: Axis
  /// [rows along y][columns along x]; what is not finite stays gray.
  public var values: [[Double]]
  /// The ends of the grid.
  public var xRange: ClosedRange<Double>
  public var yRange: ClosedRange<Double>
  public var colors: Colors

  /// Every row of `values` is as long as the first.
  public init(
    title: String, label: String, x: Axis, y: Axis, values: [[Double]], xRange: ClosedRange<Double>,
    yRange: ClosedRange<Double>, colors: Colors = .sequential
  ) {
    precondition(values.allSatisfy { $0.count == values[0].count })
    (self.title, self.label, self.x, self.y, self.values) = (title, label, x, y, values)
    (self.xRange, self.yRange, self.colors) = (xRange, yRange, colors)
  }

  /// The text of an SVG file of `width` × `height` pixels.
  public func svg(width: Double = 720, height: Double = 480) -> String {
    let shades = drawnValues, bar = 92.0
    let chart = Chart(title: title, x: fixed(x, xRange), y: fixed(y, yRange), series: [])
    var document = SVGDocument(width: width + bar, height: height)
    let plot = Plot(chart, width: width, height: height)
    for (row, line) in values.enumerated() {
      let low = plot.y(edge(row, of: values.count, in: yRange)), high = plot.y(edge(row + 1, of: values.count, in: yRange))
      drawRow(line, from: low, to: high, plot, shades, on: &document)
    }
    plot.drawFrame(on: &document)
    drawBar(x: width, plot, shades, on: &document)
    return document.text
  }

  /// Neighbors of one color are one rectangle: smaller files, no seams.
  private func drawRow(
    _ line: [Double], from low: Double, to high: Double, _ plot: Plot, _ shades: ClosedRange<Double>,
    on document: inout SVGDocument
  ) {
    let fills = line.map { fill($0, shades) }
    var start = 0
    for column in 1...max(1, fills.count) where column == fills.count || fills[column] != fills[start] {
      let left = plot.x(edge(start, of: line.count, in: xRange)), right = plot.x(edge(column, of: line.count, in: xRange))
      document.rectangle(x: left, y: high, width: right - left + 0.3, height: low - high + 0.3, fill: fills[start])
      start = column
    }
  }

  private func drawBar(x: Double, _ plot: Plot, _ shades: ClosedRange<Double>, on document: inout SVGDocument) {
    let steps = 64, length = plot.bottom - plot.top, step = length / Double(steps)
    for i in 0..<steps {
      let value = edge(i, of: steps, in: shades) + 0.5 * (shades.upperBound - shades.lowerBound) / Double(steps)
      document.rectangle(
        x: x, y: plot.bottom - Double(i + 1) * step, width: 16, height: step + 0.3, fill: fill(value, shades))
    }
    let map = AxisMap(Axis(label, range: shades), values: [], pixels: (plot.bottom, plot.top)), ticks = map.ticks(count: 6)
    for (value, text) in zip(ticks.values, ticks.labels) {
      document.line(from: SIMD2(x + 16, map(value)), to: SIMD2(x + 20, map(value)), stroke: "#444444")
      document.label(text, at: SIMD2(x + 24, map(value) + 4.5), size: 12)
    }
    document.label(label, at: SIMD2(document.width - 8, plot.top - 12), size: 12, anchor: .end)
  }

  /// The values at the ends of the colors; around zero where the colors are.
  private var drawnValues: ClosedRange<Double> {
    let shown = values.joined().filter(\.isFinite)
    guard let low = shown.min(), let high = shown.max() else { return 0...1 }
    if colors == .diverging {
      let most = max(abs(low), abs(high))
      return most > 0 ? -most...most : -1...1
    }
    return high > low ? low...high : low...(low + max(abs(low), 1))
  }

  private func fill(_ value: Double, _ shades: ClosedRange<Double>) -> String {
    guard value.isFinite else { return "#bbbbbb" }
    let part = (value - shades.lowerBound) / (shades.upperBound - shades.lowerBound)
    return colors == .diverging ? Palette.diverging(2 * part - 1) : Palette.sequential(part)
  }

  private func edge(_ i: Int, of count: Int, in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * Double(i) / Double(count)
  }

  private func fixed(_ axis: Axis, _ range: ClosedRange<Double>) -> Axis { Axis(axis.label, range: range) }
}
