import Atomistics
import Diagnostics
import Numerics

/// The counts and the box at the top of a LAMMPS data file.
struct LAMMPSDataHeader {
  private(set) var atomCount: Int?
  private(set) var typeCount: Int?
  private var low = Vector3(repeating: -0.5)
  private var high = Vector3(repeating: 0.5)
  private var tilt: Vector3?
  private var general: [String: Vector3] = [:]

  /// Takes one header line (no comment, not blank); false if it is none, that is, a section begins.
  mutating func take(_ line: ByteSpan, at place: Place) throws -> Bool {
    let words = line.wordStrings
    let keyword = words.drop { $0.withSpan { parseDouble($0) } != nil }.joined(separator: " ")
    let numbers = words.prefix { $0.withSpan { parseDouble($0) } != nil }
    switch keyword {
    case "atoms": atomCount = try count(numbers, keyword, place)
    case "atom types": typeCount = try count(numbers, keyword, place)
    case "xlo xhi", "ylo yhi", "zlo zhi":
      let axis = keyword.hasPrefix("x") ? 0 : keyword.hasPrefix("y") ? 1 : 2
      let bounds = try reals(numbers, 2, keyword, place)
      guard bounds[0] < bounds[1] else {
        throw Failure.input("\(keyword): the low end is not below the high one", at: place, remedy: "correct the box")
      }
      (low[axis], high[axis]) = (bounds[0], bounds[1])
    case "xy xz yz":
      let values = try reals(numbers, 3, keyword, place)
      tilt = Vector3(values[0], values[1], values[2])
    case "avec", "bvec", "cvec", "abc origin":
      let values = try reals(numbers, 3, keyword, place)
      general[keyword] = Vector3(values[0], values[1], values[2])
    default:
      // Bonds, angles and whatever else has a number in front is no business of a structure.
      return !numbers.isEmpty
    }
    return true
  }

  var origin: Vector3 { general.isEmpty ? low : general["abc origin"] ?? .zero }

  /// Throws if a general triclinic box lacks a vector.
  func cellVectors(at place: Place) throws -> Matrix3 {
    if general.isEmpty {
      let size = high - low
      let tilt = tilt ?? .zero
      return Matrix3(
        rows: Vector3(size.x, 0, 0), Vector3(tilt.x, size.y, 0), Vector3(tilt.y, tilt.z, size.z))
    }
    guard let a = general["avec"], let b = general["bvec"], let c = general["cvec"] else {
      throw Failure.input(
        "a general triclinic box needs avec, bvec and cvec", at: place, remedy: "add the missing vector")
    }
    return Matrix3(rows: a, b, c)
  }

  private func count(_ words: some Collection<String>, _ keyword: String, _ place: Place) throws -> Int {
    guard words.count == 1, let word = words.first, let count = Int(word), count >= 0 else {
      throw Failure.input(
        "the number of \(keyword) is no whole number", at: place, remedy: "write for example '17 \(keyword)'")
    }
    return count
  }

  private func reals(
    _ words: some Collection<String>, _ count: Int, _ keyword: String, _ place: Place
  ) throws -> [Double] {
    let values = words.compactMap { $0.withSpan { parseDouble($0) } }
    guard values.count == count, values.allSatisfy(\.isFinite) else {
      throw Failure.input("'\(keyword)' needs \(count) finite numbers before it", at: place, remedy: "correct the line")
    }
    return values
  }
}
