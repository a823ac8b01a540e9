import Atomistics
import Diagnostics
import Foundation

/// The tables of an EAM potential as a LAMMPS setfl file (`eam/alloy`) gives them.
///
/// Three lines of comment; a line "N El₁ … El_N"; a line "Nρ Δρ Nr Δr cutoff"; for each element a line
/// "Z mass lattice-constant structure", Nρ values F(ρ), Nr values ρ(r); then for each pair i ≥ j, Nr values r φ(r).
/// Tables start at ρ = 0 and r = 0. eV, Å; LAMMPS's `metal` units.
public struct SetflFile: Equatable, Sendable {
  public var elements: [Element]
  public var densitySpacing: Double
  /// Å.
  public var distanceSpacing: Double
  /// Å.
  public var cutoff: Double
  /// F(ρ), eV: [elements][Nρ].
  public var embedding: [[Double]]
  /// ρ(r): [elements][Nr].
  public var density: [[Double]]
  /// r φ(r), eV Å: [pairs][Nr], pairs in the order (0, 0), (1, 0), (1, 1), (2, 0), …
  public var pair: [[Double]]

  /// - Throws: `Failure.input` with the line where the file departs from the format.
  public init(contentsOf path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure.input("the file cannot be read", at: Place(file: path), remedy: "check the path")
    }
    try self.init(bytes: Array(data), path: path)
  }

  /// - Parameter path: for error messages.
  public init(bytes: [UInt8], path: String) throws {
    var reader = SetflReader(bytes: bytes, path: path)
    for _ in 0..<3 { try reader.skipLine() }
    let names = try reader.words()
    guard let count = names.first.flatMap(Int.init), count > 0, count == names.count - 1 else {
      throw reader.failure("expected the number of elements and that many symbols")
    }
    elements = try names.dropFirst().map { name in
      guard let element = Element(symbol: name) else { throw reader.failure("\(name) is not a chemical element") }
      return element
    }
    guard Set(elements).count == count else { throw reader.failure("an element is listed twice") }
    let sizes = try reader.words()
    guard sizes.count == 5, let densityCount = Int(sizes[0]), let distanceCount = Int(sizes[2]) else {
      throw reader.failure("expected five numbers: Nrho drho Nr dr cutoff")
    }
    densitySpacing = try reader.positive(sizes[1], "drho")
    distanceSpacing = try reader.positive(sizes[3], "dr")
    cutoff = try reader.positive(sizes[4], "the cutoff")
    // A value takes two bytes at least: counts that the file cannot hold are found before anything is allocated.
    let largest = bytes.count / 2
    guard (5...max(largest, 5)).contains(densityCount), (5...max(largest, 5)).contains(distanceCount),
      count <= largest / (densityCount + distanceCount), count * (count + 1) / 2 <= largest / distanceCount
    else { throw reader.failure("the file is too short for the table sizes it states, or they are below 5") }
    guard cutoff <= Double(distanceCount - 1) * distanceSpacing * (1 + 1e-9) + distanceSpacing else {
      throw reader.failure("the cutoff of \(cutoff) Å lies beyond the last distance of the tables")
    }
    embedding = []
    density = []
    for _ in 0..<count {
      _ = try reader.words()
      embedding.append(try reader.numbers(densityCount))
      density.append(try reader.numbers(distanceCount))
    }
    pair = try (0..<count * (count + 1) / 2).map { _ in try reader.numbers(distanceCount) }
  }

  /// r φ(r) of two elements, in either order.
  func pair(_ first: Int, _ second: Int) -> [Double] {
    let (low, high) = (min(first, second), max(first, second))
    return pair[high * (high + 1) / 2 + low]
  }
}
