extension Plot {
  /// The names of the series, in the corner where they hide the least; none where only one series has a name.
  func drawLegend(on document: inout SVGDocument) {
    let entries = chart.series.indices.filter { chart.series[$0].name != nil }
    guard entries.count > 1 else { return }
    let longest = Double(entries.compactMap { chart.series[$0].name?.count }.max() ?? 0)
    let size = SIMD2(56 + longest * Self.letterWidth * 13, 10 + 20 * Double(entries.count))
    let corner = emptiestCorner(for: size)
    document.rectangle(
      x: corner.x, y: corner.y, width: size.x, height: size.y, fill: "#ffffff", stroke: "#dddddd", opacity: 0.9)
    for (row, index) in entries.enumerated() {
      let series = chart.series[index], color = chart.color(of: index)
      let middle = SIMD2(corner.x + 24, corner.y + 15 + 20 * Double(row)), half = SIMD2(14.0, 0)
      if series.hasLine { document.polyline([middle - half, middle + half], stroke: color, dash: series.dash) }
      if series.hasMarkers { document.circle(at: middle, radius: 4, fill: "#ffffff", stroke: color) }
      document.label(series.name ?? "", at: middle + SIMD2(22, 4.5))
    }
  }

  /// The upper left corner of a legend's box: of the plot's four corners the one with the fewest points of data below it.
  private func emptiestCorner(for size: SIMD2<Double>) -> SIMD2<Double> {
    let margin = 10.0
    let corners = [
      SIMD2(right - margin - size.x, top + margin), SIMD2(left + margin, top + margin),
      SIMD2(right - margin - size.x, bottom - margin - size.y), SIMD2(left + margin, bottom - margin - size.y),
    ]
    let pixels = chart.series.flatMap(\.points).filter(canShow).map(pixel)
    func hidden(_ corner: SIMD2<Double>) -> Int {
      pixels.count {
        $0.x > corner.x - 8 && $0.x < corner.x + size.x + 8 && $0.y > corner.y - 8 && $0.y < corner.y + size.y + 8
      }
    }
    // The first of the best: `min` keeps the order where corners are alike.
    return corners.min { hidden($0) < hidden($1) } ?? corners[0]
  }
}
