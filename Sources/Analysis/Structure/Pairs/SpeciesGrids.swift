import Atomistics
import Diagnostics
import Numerics

/// The atoms of a frame in bins, one grid a species: made again and again for frame after frame of the same atoms.
final class SpeciesGrids {
  /// Those that are searched.
  let species: [Element]
  private let radius: Double
  private let selections: [[Int32]]
  private let grids: [AtomGrid]
  private(set) var lattice = BinLattice(Configuration(cell: .none, elements: [], positions: []), radius: 1)

  /// - Parameter elements: [atoms].
  init(_ species: [Element], of elements: [Element], radius: Double) {
    (self.species, self.radius) = (species, radius)
    selections = species.map { element in
      elements.indices.filter { elements[$0] == element }.map { Int32(truncatingIfNeeded: $0) }
    }
    grids = species.map { _ in AtomGrid() }
  }

  /// - Throws: `Failure.input` if a position is no number, or the radius spans too many images to keep.
  func fill(_ frame: Configuration) throws {
    guard frame.positions.reduce(.zero, +).sum().isFinite else {
      throw Failure.input("a position is not finite", remedy: "leave the frame out by --skip or --every")
    }
    lattice = BinLattice(frame, radius: radius)
    guard lattice.cellCount * Double(frame.count) < 1e8 else {
      throw Failure.input(
        "within \(radius) Å there are about \(Int(lattice.cellCount)) images of the cell and its \(frame.count) atoms",
        remedy: "use a smaller distance")
    }
    for (grid, selection) in zip(grids, selections) { grid.fill(selection, of: frame, in: lattice) }
  }

  /// The grid of an element among `species`.
  func grid(of element: Element) -> AtomGrid { grids[species.firstIndex(of: element)!] }

  func atoms(of element: Element) -> [Int32] { selections[species.firstIndex(of: element)!] }
}

/// Two species whose pairs are looked at: neighbors B around centers A.
public struct SpeciesPair: Hashable, Sendable {
  public var center: Element
  public var neighbor: Element

  public init(_ center: Element, _ neighbor: Element) { (self.center, self.neighbor) = (center, neighbor) }

  public var name: String { "\(center.symbol)-\(neighbor.symbol)" }
  var isLike: Bool { center == neighbor }

  /// "Li-S".
  /// - Throws: `Failure.input` for anything else.
  public init(named name: String) throws {
    let parts = name.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    let elements = parts.compactMap { Element(symbol: $0) }
    guard parts.count == 2, elements.count == 2 else {
      throw Failure.input("'\(name)' is no pair of elements", remedy: "write it as Li-S")
    }
    self.init(elements[0], elements[1])
  }

  /// All unlike and like pairs once, in the order of the species.
  public static func all(of species: [Element]) -> [SpeciesPair] {
    species.indices.flatMap { i in species[i...].map { SpeciesPair(species[i], $0) } }
  }

  /// "Li-S:3.2" or "Li-S:2.8:3.4": a pair and radii, Å.
  /// - Throws: `Failure.input` if it is not that, or a radius is not above 0.
  public static func withRadii(_ text: String, count: ClosedRange<Int>) throws -> (pair: SpeciesPair, radii: [Double]) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let pair = try SpeciesPair(named: parts[0])
    let radii = parts.dropFirst().compactMap { Double($0) }.filter { $0 > 0 && $0.isFinite }
    guard radii.count == parts.count - 1, count.contains(radii.count) else {
      throw Failure.input(
        "'\(text)' does not say its radius", remedy: "write it as \(parts[0]):3.2, in Å and above 0")
    }
    return (pair, radii)
  }
}

extension Trajectory {
  /// All unlike and like pairs once, in the order of the species.
  public var allPairs: [SpeciesPair] { SpeciesPair.all(of: species) }

  /// - Throws: `Failure.input` if an element of the pairs is absent, or a pair comes twice.
  public func require(_ pairs: [SpeciesPair]) throws {
    for (n, pair) in pairs.enumerated() {
      _ = try (atoms(of: pair.center), atoms(of: pair.neighbor))
      if pairs[..<n].contains(pair) { throw Failure.input("the pair \(pair.name) is given twice") }
    }
  }
}

extension Array<SpeciesPair> {
  /// Elements that occur, each once.
  var elements: [Atomistics.Element] {
    reduce(into: []) { found, pair in
      for element in [pair.center, pair.neighbor] where !found.contains(element) { found.append(element) }
    }
  }
}
