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

/// Throws unless `name` can be, or be part of, the name of a file.
func requireFileName(_ name: Located<String>) throws {
  let allowed = !name.value.isEmpty && name.value.utf8.allSatisfy { byte in
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }
  guard allowed else {
    throw Failure.input(
      "\(quoted(name.value)) cannot be the name of a file here", at: name.place, remedy: "use letters, digits, - and _")
  }
}

extension Located: Equatable where Value: Equatable {}
