import Diagnostics

/// A value of the input file with the place where it stands, for checks that come after parsing.
public struct Located<Value: Sendable>: Sendable {
  public var value: Value
  public var place: Place

  public init(_ value: Value, at place: Place) {
    self.value = value
    self.place = place
  }
}

extension Located: Equatable where Value: Equatable {}
