import Foundation

/// A drawing in Scalable Vector Graphics: elements in the order in which they are drawn, lengths in pixels, y downwards.
///
/// The same calls give the same bytes: coordinates are written with two decimals.
struct SVGDocument {
  enum Anchor: String { case start, middle, end }

  let width: Double
  let height: Double
  private var body: [String] = []

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
    rectangle(x: 0, y: 0, width: width, height: height, fill: "#ffffff")
  }

  /// The whole file.
  var text: String {
    let size = "width=\"\(Self.number(width))\" height=\"\(Self.number(height))\""
    let box = "viewBox=\"0 0 \(Self.number(width)) \(Self.number(height))\""
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" \(size) \(box) font-family=\"Helvetica, Arial, sans-serif\">\n"
      + body.joined(separator: "\n") + "\n</svg>\n"
  }

  mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, fill: String, stroke: String? = nil, opacity: Double = 1
  ) {
    body.append(
      "<rect \(Self.attributes([("x", x), ("y", y), ("width", width), ("height", height)])) fill=\"\(fill)\""
        + (stroke.map { " stroke=\"\($0)\"" } ?? "")
        + (opacity < 1 ? " fill-opacity=\"\(Self.number(opacity))\"" : "") + "/>")
  }

  mutating func line(
    from a: SIMD2<Double>, to b: SIMD2<Double>, stroke: String, width: Double = 1, dash: String? = nil
  ) {
    body.append(
      "<line \(Self.attributes([("x1", a.x), ("y1", a.y), ("x2", b.x), ("y2", b.y), ("stroke-width", width)])) "
        + "stroke=\"\(stroke)\"\(Self.dashes(dash))/>")
  }

  mutating func polyline(_ points: [SIMD2<Double>], stroke: String, width: Double = 1.8, dash: String? = nil) {
    guard points.count > 1 else { return }
    let list = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }.joined(separator: " ")
    body.append(
      "<polyline points=\"\(list)\" fill=\"none\" stroke=\"\(stroke)\" stroke-width=\"\(Self.number(width))\" "
        + "stroke-linejoin=\"round\"\(Self.dashes(dash))/>")
  }

  mutating func circle(at center: SIMD2<Double>, radius: Double, fill: String, stroke: String) {
    body.append(
      "<circle \(Self.attributes([("cx", center.x), ("cy", center.y), ("r", radius)])) fill=\"\(fill)\" "
        + "stroke=\"\(stroke)\" stroke-width=\"1.2\"/>")
  }

  /// - Parameter quarterTurn: reads upwards instead of to the right.
  mutating func label(
    _ text: String, at point: SIMD2<Double>, size: Double = 13, anchor: Anchor = .start, fill: String = "#222222",
    isBold: Bool = false, quarterTurn: Bool = false
  ) {
    let (x, y) = (Self.number(point.x), Self.number(point.y))
    body.append(
      "<text x=\"\(x)\" y=\"\(y)\" font-size=\"\(Self.number(size))\" text-anchor=\"\(anchor.rawValue)\" fill=\"\(fill)\""
        + (isBold ? " font-weight=\"bold\"" : "") + (quarterTurn ? " transform=\"rotate(-90 \(x) \(y))\"" : "")
        + ">\(Self.escaped(text))</text>")
  }

  /// Shows of what `draw` draws only what lies in the rectangle.
  mutating func clipped(
    x: Double, y: Double, width: Double, height: Double, _ draw: (inout SVGDocument) -> Void
  ) {
    let name = "clip\(body.count)"
    body.append(
      "<clipPath id=\"\(name)\"><rect \(Self.attributes([("x", x), ("y", y), ("width", width), ("height", height)]))/>"
        + "</clipPath>\n<g clip-path=\"url(#\(name))\">")
    draw(&self)
    body.append("</g>")
  }

  private static func attributes(_ values: [(String, Double)]) -> String {
    values.map { "\($0)=\"\(number($1))\"" }.joined(separator: " ")
  }

  private static func dashes(_ dash: String?) -> String { dash.map { " stroke-dasharray=\"\($0)\"" } ?? "" }

  /// Two decimals without trailing zeros; never "-0".
  static func number(_ value: Double) -> String {
    var text = String(format: "%.2f", value)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text == "-0" ? "0" : text
  }

  static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: ">", with: "&gt;")
  }
}
