/// A quantity that changes linearly over a stage: q(s) = q₀ + s (q₁ − q₀), s from 0 at its start to 1 at its end.
///
/// A constant is a ramp with equal ends.
public struct Ramp: Equatable, Sendable {
  public var from: Double
  public var to: Double

  public init(from: Double, to: Double) {
    self.from = from
    self.to = to
  }

  /// - Parameter progress: s; what lies outside 0 to 1 counts as the nearer end.
  public func value(at progress: Double) -> Double { from + min(max(progress, 0), 1) * (to - from) }
}
