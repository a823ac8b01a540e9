/// One set of data of a chart: points, a line, or both.
public struct Series: Equatable, Sendable {
  public enum Style: Sendable { case line, dashed, points, linePoints }

  /// What the legend calls it; nil: not in the legend.
  public var name: String?
  /// x and y, in the order in which a line joins them; a point that is not finite interrupts the line.
  public var points: [SIMD2<Double>]
  /// Half the length of the bar in y at each point; empty: no bars.
  public var errors: [Double]
  public var style: Style
  /// The number of its color in the palette; nil: the next one.
  public var color: Int?

  public init(
    _ name: String? = nil, points: [SIMD2<Double>], errors: [Double] = [], style: Style = .line, color: Int? = nil
  ) {
    precondition(errors.isEmpty || errors.count == points.count)
    (self.name, self.points, self.errors, self.style, self.color) = (name, points, errors, style, color)
  }

  /// A curve: `count` points of a function, at even distances over `range`.
  public init(
    _ name: String? = nil, curve function: (Double) -> Double, over range: ClosedRange<Double>, count: Int = 200,
    style: Style = .line, color: Int? = nil
  ) {
    let step = (range.upperBound - range.lowerBound) / Double(max(count - 1, 1))
    self.init(
      name,
      points: (0..<count).map { i in
        let x = range.lowerBound + Double(i) * step
        return SIMD2(x, function(x))
      }, style: style, color: color)
  }

  var hasLine: Bool { style != .points }
  var hasMarkers: Bool { style == .points || style == .linePoints }
  var dash: String? { style == .dashed ? "7 4" : nil }
}
