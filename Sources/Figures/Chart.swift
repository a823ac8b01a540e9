/// Lines and points over two axes, as a picture: `chart.svg()` is the text of an SVG file.
///
/// The same values give the same bytes. Points that an axis cannot show (not finite, or not positive on a logarithmic
/// one) are left out.
public struct Chart: Equatable, Sendable {
  public var title: String
  public var x: Axis
  public var y: Axis
  /// Drawn in this order.
  public var series: [Series]
  /// Values of x marked by a dotted vertical line, with a word beside it.
  public var marks: [Mark] = []

  /// A value of x that means something: a fitted minimum.
  public struct Mark: Equatable, Sendable {
    public var x: Double
    public var text: String

    public init(_ x: Double, _ text: String) { (self.x, self.text) = (x, text) }
  }

  public init(title: String, x: Axis, y: Axis, series: [Series]) {
    (self.title, self.x, self.y, self.series) = (title, x, y, series)
  }

  /// The text of an SVG file of `width` × `height` pixels.
  public func svg(width: Double = 720, height: Double = 480) -> String {
    var document = SVGDocument(width: width, height: height)
    let plot = Plot(self, width: width, height: height)
    plot.drawGrid(on: &document)
    document.clipped(
      x: plot.left, y: plot.top, width: plot.right - plot.left, height: plot.bottom - plot.top
    ) { document in
      for mark in marks { plot.draw(mark, on: &document) }
      for (index, series) in series.enumerated() { plot.draw(series, color: color(of: index), on: &document) }
    }
    plot.drawFrame(on: &document)
    plot.drawLegend(on: &document)
    return document.text
  }

  /// The palette's color of the series at `index`: its own, or the next after those before it.
  func color(of index: Int) -> String {
    Palette.color(series[index].color ?? series[..<index].count { $0.color == nil })
  }
}
