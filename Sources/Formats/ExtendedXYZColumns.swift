import Atomistics
import Diagnostics
import Numerics

/// One column group of a frame while it is read: the values of all atoms so far.
final class ExtendedXYZColumn {
  enum Kind { case real, integer, logical, string, element }

  let name: String
  let kind: Kind
  let width: Int
  fileprivate(set) var reals: [Double] = []
  fileprivate(set) var integers: [Int] = []
  fileprivate(set) var logicals: [Bool] = []
  fileprivate(set) var strings: [String] = []
  fileprivate(set) var elements: [Element] = []
  /// Must be finite: the columns that swmd computes with.
  let isPhysical: Bool

  private static let physicalNames: Set<String> = [
    "pos", "velocities", "velocity", "velo", "vel", "momenta", "forces", "force", "energies", "masses", "mass",
    "initial_charges", "charges", "charge",
  ]

  init(name: String, kind: Kind, width: Int) {
    self.name = name
    self.kind = kind
    self.width = width
    isPhysical = Self.physicalNames.contains(name)
  }

  /// Reads this column's values off the front of `rest`; false if a word is missing or wrong.
  func appendRow(from rest: inout ByteSpan, failed: inout ByteSpan?) -> Bool {
    for _ in 0..<width {
      guard let word = rest.nextWord() else { return false }
      guard append(word) else {
        failed = word
        return false
      }
    }
    return true
  }

  private func append(_ word: ByteSpan) -> Bool {
    switch kind {
    case .real:
      guard let value = parseDouble(word), value.isFinite || !isPhysical else { return false }
      reals.append(value)
    case .integer:
      guard let value = parseInteger(word) else { return false }
      integers.append(value)
    case .logical:
      guard let value = parseLogical(word) else { return false }
      logicals.append(value)
    case .string: strings.append(word.string)
    case .element:
      guard let value = parseElement(word) else { return false }
      elements.append(value)
    }
    return true
  }

  func reserve(_ count: Int) {
    switch kind {
    case .real: reals.reserveCapacity(count * min(width, 3))
    case .element: elements.reserveCapacity(count)
    default: break
    }
  }

  /// The values as vectors; nil unless they are three numbers an atom.
  var vectors: [Vector3]? {
    guard width == 3 else { return nil }
    switch kind {
    case .real: return stride(from: 0, to: reals.count, by: 3).map { Vector3(reals[$0], reals[$0 + 1], reals[$0 + 2]) }
    case .integer:
      return stride(from: 0, to: integers.count, by: 3).map { i in
        Vector3(Double(integers[i]), Double(integers[i + 1]), Double(integers[i + 2]))
      }
    default: return nil
    }
  }

  /// nil unless it is one number an atom.
  var scalars: [Double]? {
    guard width == 1 else { return nil }
    return kind == .real ? reals : kind == .integer ? integers.map(Double.init) : nil
  }

  var asAtomColumn: AtomColumn {
    let values: AtomColumn.Values =
      switch kind {
      case .real: .real(reals)
      case .integer: .integer(integers)
      case .logical: .logical(logicals)
      case .string: .string(strings)
      case .element: .string(elements.map(\.symbol))
      }
    return AtomColumn(name: name, width: width, values: values)
  }

  /// The columns of a `Properties` value such as `species:S:1:pos:R:3:forces:R:3`.
  static func parse(_ text: String, at place: Place) throws -> [ExtendedXYZColumn] {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count % 3 == 0, parts.count >= 3 else {
      throw Failure.input(
        "Properties is '\(text.prefix(80))', not name:type:width triples", at: place,
        remedy: "write for example Properties=species:S:1:pos:R:3")
    }
    var columns: [ExtendedXYZColumn] = []
    for first in stride(from: 0, to: parts.count, by: 3) {
      let name = parts[first]
      guard !columns.contains(where: { $0.name == name }) else {
        throw Failure.input("Properties names the column '\(name)' twice", at: place, remedy: "rename one of them")
      }
      guard let width = Int(parts[first + 2]), (1...1_000_000).contains(width) else {
        throw Failure.input(
          "column '\(name)' has the width '\(parts[first + 2])'", at: place, remedy: "give a width of 1 or more")
      }
      columns.append(ExtendedXYZColumn(name: name, kind: try kind(parts[first + 1], name, width, place), width: width))
    }
    return columns
  }

  private static func kind(_ letter: String, _ name: String, _ width: Int, _ place: Place) throws -> Kind {
    switch letter {
    case "S": return name == "species" && width == 1 ? .element : .string
    case "R": return .real
    case "I": return .integer
    case "L": return .logical
    default:
      throw Failure.input(
        "column '\(name)' has the type '\(letter)'", at: place,
        remedy: "use S (string), R (real), I (integer) or L (logical)")
    }
  }
}
