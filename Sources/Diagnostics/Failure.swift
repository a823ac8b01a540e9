/// The one error that swmd's rooms throw: what went wrong, where, and what to do about it.
///
/// It is printed once (by rank 0) and decides the exit status; a room never prints or exits by itself.
public struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
  /// Who can mend it, which is what the exit status tells.
  public enum Kind: Int32, Sendable {
    /// The run failed while running.
    case runtime = 1
    /// The input is wrong; nothing was run.
    case input = 2
    /// A monitor stopped the run.
    case monitor = 3
  }

  public var kind: Kind
  /// What is wrong, one sentence without a full stop.
  public var message: String
  public var place: Place?
  /// What to do about it, one sentence without a full stop.
  public var remedy: String?

  public init(_ kind: Kind, _ message: String, at place: Place? = nil, remedy: String? = nil) {
    self.kind = kind
    self.message = message
    self.place = place
    self.remedy = remedy
  }

  /// Wrong input: exit status 2.
  public static func input(_ message: String, at place: Place? = nil, remedy: String? = nil) -> Failure {
    Failure(.input, message, at: place, remedy: remedy)
  }

  /// Failed while running: exit status 1.
  public static func runtime(_ message: String, at place: Place? = nil, remedy: String? = nil) -> Failure {
    Failure(.runtime, message, at: place, remedy: remedy)
  }

  public var exitStatus: Int32 { kind.rawValue }

  /// `file:line:column: message; remedy`
  public var description: String {
    (place.map { "\($0): " } ?? "") + message + (remedy.map { "; \($0)" } ?? "")
  }
}

/// A place in a file, printed as compilers do so that editors can jump to it.
public struct Place: Equatable, Sendable, CustomStringConvertible {
  public var file: String
  /// 1-based.
  public var line: Int?
  /// 1-based.
  public var column: Int?

  public init(file: String, line: Int? = nil, column: Int? = nil) {
    self.file = file
    self.line = line
    self.column = column
  }

  public var description: String {
    file + (line.map { ":\($0)" } ?? "") + (column.map { ":\($0)" } ?? "")
  }
}
