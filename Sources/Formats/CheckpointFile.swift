import Diagnostics

/// A self-describing binary file of named arrays and texts, from which a run is continued bit for bit.
///
/// All numbers little-endian, every part padded with zeros to 8 bytes:
///
///     magic (8) · version, section count (UInt32 each) · file length (UInt64)
///     a table: for each section type, name length (UInt32 each) · element count (UInt64) · name (UTF-8)
///     the sections' elements, in the table's order
///     XXH64 of all that stands before it (UInt64)
public struct CheckpointFile: Equatable, Sendable {
  public enum Values: Equatable, Sendable {
    case reals([Double])
    case integers([Int64])
    case shortIntegers([Int32])
    case bytes([UInt8])
    case text(String)
  }

  public struct Section: Equatable, Sendable {
    public var name: String
    public var values: Values
  }

  /// In the order in which they were set first.
  public private(set) var sections: [Section] = []
  /// Where it was read from; what errors name.
  public internal(set) var path: String?

  public init() {}

  /// The section of this name, or nil; setting one that exists replaces it, setting nil removes it.
  public subscript(name: String) -> Values? {
    get { sections.first { $0.name == name }?.values }
    set {
      let index = sections.firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let values?): sections[index].values = values
      case (let index?, nil): sections.remove(at: index)
      case (nil, let values?): sections.append(Section(name: name, values: values))
      case (nil, nil): break
      }
    }
  }

  public static func == (a: Self, b: Self) -> Bool { a.sections == b.sections }
}

extension CheckpointFile {
  /// The section `name` as an array of doubles.
  /// - Throws: `Failure.input` if it is missing, of another type or (where `count` is given) of another length.
  public func reals(_ name: String, count: Int? = nil) throws -> [Double] {
    guard case .reals(let values) = try section(name) else { throw mismatch(name, "doubles") }
    return try checked(values, name, count)
  }

  /// The section `name` as an array of 64-bit integers; throws as `reals`.
  public func integers(_ name: String, count: Int? = nil) throws -> [Int64] {
    guard case .integers(let values) = try section(name) else { throw mismatch(name, "64-bit integers") }
    return try checked(values, name, count)
  }

  /// The section `name` as an array of 32-bit integers; throws as `reals`.
  public func shortIntegers(_ name: String, count: Int? = nil) throws -> [Int32] {
    guard case .shortIntegers(let values) = try section(name) else { throw mismatch(name, "32-bit integers") }
    return try checked(values, name, count)
  }

  /// The section `name` as bytes; throws as `reals`.
  public func bytes(_ name: String, count: Int? = nil) throws -> [UInt8] {
    guard case .bytes(let values) = try section(name) else { throw mismatch(name, "bytes") }
    return try checked(values, name, count)
  }

  /// The section `name` as text; throws as `reals`.
  public func text(_ name: String) throws -> String {
    guard case .text(let text) = try section(name) else { throw mismatch(name, "text") }
    return text
  }

  private func section(_ name: String) throws -> Values {
    guard let values = self[name] else {
      let nearest = nearestName(to: name, among: sections.map(\.name)).map { " (it has \"\($0)\")" } ?? ""
      throw Failure.input("the checkpoint has no section \"\(name)\"\(nearest)", at: place, remedy: Self.otherRun)
    }
    return values
  }

  private func checked<T>(_ values: [T], _ name: String, _ count: Int?) throws -> [T] {
    guard count == nil || values.count == count else {
      throw Failure.input(
        "section \"\(name)\" of the checkpoint has \(values.count) values where the run has \(count ?? 0)", at: place,
        remedy: Self.otherRun)
    }
    return values
  }

  private func mismatch(_ name: String, _ type: String) -> Failure {
    Failure.input("section \"\(name)\" of the checkpoint does not hold \(type)", at: place, remedy: Self.otherRun)
  }

  private var place: Place? { path.map { Place(file: $0) } }
  private static let otherRun = "restart from a checkpoint that this version of swmd wrote for this input"
}
