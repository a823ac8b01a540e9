/// Where a monitor warns and where it stops a run.
public struct MonitorBounds: Equatable, Sendable {
  public var above: Double?
  public var below: Double?
  public var breakAbove: Double?
  public var breakBelow: Double?

  public init(above: Double? = nil, below: Double? = nil, breakAbove: Double? = nil, breakBelow: Double? = nil) {
    (self.above, self.below, self.breakAbove, self.breakBelow) = (above, below, breakAbove, breakBelow)
  }

  public enum Verdict: Equatable, Sendable {
    case fine
    /// The bound that was crossed, and to which side.
    case warns(bound: Double, isAbove: Bool)
    case breaks(bound: Double, isAbove: Bool)
  }

  /// What is not a number has crossed every bound.
  public func verdict(on value: Double) -> Verdict {
    if let breakAbove, !(value <= breakAbove) { return .breaks(bound: breakAbove, isAbove: true) }
    if let breakBelow, !(value >= breakBelow) { return .breaks(bound: breakBelow, isAbove: false) }
    if let above, !(value <= above) { return .warns(bound: above, isAbove: true) }
    if let below, !(value >= below) { return .warns(bound: below, isAbove: false) }
    return .fine
  }

  public var breaks: Bool { breakAbove != nil || breakBelow != nil }
}
