/// A chart laid out on its picture: where the axes lie, and how values become pixels.
struct Plot {
  let chart: Chart
  let left, right, top, bottom: Double
  let x: AxisMap
  let y: AxisMap
  private let xTicks: Ticks
  private let yTicks: Ticks
  private let center: Double

  /// Pixels a letter is wide on the average, as a part of the font's size: for margins, where nothing can be measured.
  static let letterWidth = 0.56

  init(_ chart: Chart, width: Double, height: Double) {
    self.chart = chart
    center = width / 2
    (top, bottom, right) = (chart.title.isEmpty ? 20 : 44, height - 58, width - 24)
    let points = chart.series.flatMap { series in
      series.points.indices.flatMap { i -> [SIMD2<Double>] in
        let point = series.points[i], bar = SIMD2(0, series.errors.isEmpty ? 0 : series.errors[i])
        return series.errors.isEmpty ? [point] : [point - bar, point, point + bar]
      }
    }.filter { chart.x.canShow($0.x) && chart.y.canShow($0.y) }
    y = AxisMap(chart.y, values: points.map(\.y), pixels: (bottom, top))
    yTicks = y.ticks(count: 6)
    let widest = Double(yTicks.labels.map(\.count).max() ?? 0)
    left = 44 + widest * Self.letterWidth * 13
    x = AxisMap(chart.x, values: points.map(\.x), pixels: (left, right))
    xTicks = x.ticks(count: 7)
  }

  func drawGrid(on document: inout SVGDocument) {
    for value in xTicks.values {
      document.line(from: SIMD2(x(value), top), to: SIMD2(x(value), bottom), stroke: "#e6e6e6")
    }
    for value in yTicks.values {
      document.line(from: SIMD2(left, y(value)), to: SIMD2(right, y(value)), stroke: "#e6e6e6")
    }
  }

  /// Axes, ticks, their labels and the title.
  func drawFrame(on document: inout SVGDocument) {
    let ink = "#444444"
    document.line(from: SIMD2(left, bottom), to: SIMD2(right, bottom), stroke: ink, width: 1.2)
    document.line(from: SIMD2(left, top), to: SIMD2(left, bottom), stroke: ink, width: 1.2)
    for (value, text) in zip(xTicks.values, xTicks.labels) {
      document.line(from: SIMD2(x(value), bottom), to: SIMD2(x(value), bottom + 5), stroke: ink)
      document.label(text, at: SIMD2(x(value), bottom + 20), anchor: .middle)
    }
    for (value, text) in zip(yTicks.values, yTicks.labels) {
      document.line(from: SIMD2(left - 5, y(value)), to: SIMD2(left, y(value)), stroke: ink)
      document.label(text, at: SIMD2(left - 9, y(value) + 4.5), anchor: .end)
    }
    document.label(chart.x.label, at: SIMD2((left + right) / 2, bottom + 44), size: 14, anchor: .middle)
    document.label(chart.y.label, at: SIMD2(20, (top + bottom) / 2), size: 14, anchor: .middle, quarterTurn: true)
    document.label(chart.title, at: SIMD2(center, 27), size: 16, anchor: .middle, isBold: true)
  }

  func draw(_ series: Series, color: String, on document: inout SVGDocument) {
    if series.hasLine {
      for piece in series.points.split(whereSeparator: { !canShow($0) }) {
        document.polyline(piece.map(pixel), stroke: color, dash: series.dash)
      }
    }
    for (i, point) in series.points.enumerated() where canShow(point) {
      if !series.errors.isEmpty, series.errors[i].isFinite, series.errors[i] > 0 {
        drawBar(at: point, half: series.errors[i], color: color, on: &document)
      }
      if series.hasMarkers { document.circle(at: pixel(point), radius: 4, fill: "#ffffff", stroke: color) }
    }
  }

  private func drawBar(at point: SIMD2<Double>, half: Double, color: String, on document: inout SVGDocument) {
    // On a logarithmic axis a bar may reach below all that it shows: it then leaves the picture at the bottom.
    let low = chart.y.canShow(point.y - half) ? y(point.y - half) : bottom
    let high = y(point.y + half), middle = x(point.x)
    document.line(from: SIMD2(middle, low), to: SIMD2(middle, high), stroke: color, width: 1.2)
    for end in [low, high] {
      document.line(from: SIMD2(middle - 4, end), to: SIMD2(middle + 4, end), stroke: color, width: 1.2)
    }
  }

  func draw(_ mark: Chart.Mark, on document: inout SVGDocument) {
    guard chart.x.canShow(mark.x) else { return }
    let place = x(mark.x), isRight = place > (left + right) / 2
    document.line(from: SIMD2(place, top), to: SIMD2(place, bottom), stroke: "#888888", width: 1.2, dash: "2 3")
    document.label(
      mark.text, at: SIMD2(place + (isRight ? -6 : 6), top + 16), size: 12, anchor: isRight ? .end : .start,
      fill: "#555555")
  }

  func pixel(_ point: SIMD2<Double>) -> SIMD2<Double> { SIMD2(x(point.x), y(point.y)) }

  func canShow(_ point: SIMD2<Double>) -> Bool { chart.x.canShow(point.x) && chart.y.canShow(point.y) }
}
