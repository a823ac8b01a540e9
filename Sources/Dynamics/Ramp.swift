/// A quantity that goes linearly from one value to another over a stage.
public struct Ramp: Equatable, Sendable {
  public var from: Double
  public var to: Double

  public init(from: Double, to: Double) { (self.from, self.to) = (from, to) }

  public init(_ constant: Double) { self.init(from: constant, to: constant) }

  public var isConstant: Bool { from == to }
  public var mean: Double { 0.5 * (from + to) }

  /// - Parameter progress: 0 at the start of the stage, 1 at its end.
  public func value(at progress: Double) -> Double { isConstant ? from : from + (to - from) * progress }
}
