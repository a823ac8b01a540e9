import Foundation

/// One axis of a chart.
public struct Axis: Equatable, Sendable {
  public enum Scale: Sendable { case linear, logarithmic }

  /// With its unit: "volume (Å³/atom)".
  public var label: String
  public var scale: Scale
  /// nil: as the data need, with a margin.
  public var range: ClosedRange<Double>?

  public init(_ label: String, scale: Scale = .linear, range: ClosedRange<Double>? = nil) {
    self.label = label
    self.scale = scale
    self.range = range
  }

  /// The range to draw for `values`; those that the scale cannot show do not count.
  func drawnRange(_ values: [Double]) -> ClosedRange<Double> {
    if let range, range.upperBound > range.lowerBound, scale == .linear || range.lowerBound > 0 { return range }
    let shown = values.filter(canShow)
    guard let low = shown.min(), let high = shown.max() else { return scale == .linear ? 0...1 : 1...10 }
    switch scale {
    case .linear:
      // A constant still needs an axis that labels can tell apart from rounding.
      let span = high > low ? high - low : max(abs(high) * 0.1, 1e-12)
      return (low - 0.06 * span)...(high + 0.06 * span)
    case .logarithmic:
      let factor = max(pow(high / low, 0.06), 1.05)
      return (low / factor)...(high * factor)
    }
  }

  func canShow(_ value: Double) -> Bool { value.isFinite && (scale == .linear || value > 0) }
}

/// Takes values to pixels along one axis.
struct AxisMap {
  let axis: Axis
  let range: ClosedRange<Double>
  /// The pixels of the range's ends.
  let pixels: (from: Double, to: Double)

  init(_ axis: Axis, values: [Double], pixels: (from: Double, to: Double)) {
    self.axis = axis
    self.pixels = pixels
    range = axis.drawnRange(values)
  }

  func callAsFunction(_ value: Double) -> Double {
    let fraction: Double
    switch axis.scale {
    case .linear: fraction = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    case .logarithmic: fraction = log(value / range.lowerBound) / log(range.upperBound / range.lowerBound)
    }
    return pixels.from + fraction * (pixels.to - pixels.from)
  }

  func ticks(count: Int) -> Ticks {
    axis.scale == .linear ? Ticks(linear: range, count: count) : Ticks(logarithmic: range, count: count)
  }
}
