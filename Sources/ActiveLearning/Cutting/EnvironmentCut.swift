import Atomistics
import Diagnostics
import Numerics

/// An atom's environment, cut out of a large structure.
public struct EnvironmentCut: Sendable {
  /// The center is atom 0; the column `source` has the atoms' ids in the large structure.
  public var configuration: Configuration
  /// Å, in the cut, images included; nil of a lone atom.
  public let closestDistance: Double?
  /// Å, among the same atoms where they came from.
  public let originalClosestDistance: Double?

  /// - Parameters:
  ///   - center: index of the atom.
  ///   - cutoff: Å; images are kept out of this neighborhood of the center where the cut reaches so far.
  ///   - closest: Å; images of atoms are kept that far apart; nil: nine tenths of the closest distance in the environment.
  /// - Throws: `Failure.input` where the structure is no larger than what would be cut out of it.
  public init(
    around center: Int, of configuration: Configuration, as shape: CutShape, cutoff: Double, closest: Double? = nil
  ) throws {
    let nearby = NearbyAtoms(configuration)
    var atoms: [NearbyAtoms.Atom]
    var cell = Cell.none, half = 0.0
    switch shape {
    case .sphere(let radius): atoms = nearby.around(center, within: radius)
    case .periodic(let radius):
      half = radius
      atoms = Self.cube(nearby.around(center, within: 3.0.squareRoot() * half), half)
    case .cell(let count, _):
      atoms = Self.nearestInCubes(nearby, center, count: count, limit: configuration)
      half = atoms.map(\.cubeDistance).max() ?? 0
    }
    var places = atoms.map(\.place)
    originalClosestDistance = Self.closest(places, Vector3(repeating: .infinity))
    if half > 0 {
      guard atoms.count < configuration.count else {
        throw Failure.input(
          "a cell cut out around atom \(center + 1) would have \(atoms.count) atoms, but the structure itself has only"
            + " \(configuration.count)",
          remedy: "compute the structure as it is, or cut out less with --radius or --atoms")
      }
      let least = closest ?? 0.9 * (originalClosestDistance ?? 0)
      let box = Self.box(around: places, shape: shape, keeping: half >= cutoff ? cutoff : 0, least: least)
      cell = Cell(vectors: Matrix3(rows: Vector3(box.x, 0, 0), Vector3(0, box.y, 0), Vector3(0, 0, box.z)), periodic: .all)
      let middle = Self.middle(of: places)
      places = places.map { $0 - middle + 0.5 * box }
      closestDistance = Self.closest(places, box)
    } else {
      closestDistance = originalClosestDistance
    }
    self.configuration = Configuration(
      cell: cell, elements: atoms.map { configuration.elements[$0.index] }, positions: places)
    let ids = atoms.map { Int(configuration.ids?[$0.index] ?? Int64($0.index) + 1) }
    self.configuration.columns = [AtomColumn(name: "source", width: 1, values: .integer(ids))]
  }

  private static func cube(_ atoms: [NearbyAtoms.Atom], _ half: Double) -> [NearbyAtoms.Atom] {
    atoms.filter { $0.cubeDistance <= half }
  }

  /// The atoms of the smallest cube that holds `count`; all there are if there are fewer.
  private static func nearestInCubes(
    _ nearby: NearbyAtoms, _ center: Int, count: Int, limit: Configuration
  ) -> [NearbyAtoms.Atom] {
    var half = 3.0
    while true {
      let found = cube(nearby.around(center, within: 3.0.squareRoot() * half), half)
      let isAll = limit.cell.periodic == .none && found.count == limit.count
      if found.count >= count || isAll || half > 200 {
        let distances = found.map(\.cubeDistance).sorted()
        // Atoms of one plane enter together.
        let edge = distances[min(count, distances.count) - 1] + 1e-6
        return found.filter { $0.cubeDistance <= edge }
      }
      half *= 1.3
    }
  }

  /// The smallest edges, from the atoms' extent and the padding on, at which no image is nearer than `least` to an atom,
  /// nor nearer than `kept` to the center.
  private static func box(around places: [Vector3], shape: CutShape, keeping kept: Double, least: Double) -> Vector3 {
    var low = Vector3.zero, high = Vector3.zero
    for place in places {
      low = pointwiseMin(low, place)
      high = pointwiseMax(high, place)
    }
    var padding = 0.0
    if case .cell(_, let empty) = shape { padding = empty }
    let neighborhood = pointwiseMax(-low, high) + Vector3(repeating: kept)
    while true {
      var edges = pointwiseMax(high - low + Vector3(repeating: padding), neighborhood)
      if case .periodic = shape { edges = Vector3(repeating: edges.max()) }
      // With so much padding no image can be nearer.
      if padding >= least || (closest(places, edges) ?? .infinity) >= least { return edges }
      padding = min(padding + 0.05, least)
    }
  }

  private static func middle(of places: [Vector3]) -> Vector3 {
    var low = Vector3(repeating: .infinity), high = Vector3(repeating: -.infinity)
    for place in places {
      low = pointwiseMin(low, place)
      high = pointwiseMax(high, place)
    }
    return 0.5 * (low + high)
  }

  /// The closest distance (Å) among atoms and images in a rectangular box, infinite edges for none; nil of a lone atom in none.
  static func closest(_ places: [Vector3], _ box: Vector3) -> Double? {
    var least = box.min() * box.min()
    for (i, place) in places.enumerated() {
      for other in places[..<i] {
        var apart = place - other
        for axis in 0..<3 where box[axis].isFinite { apart[axis] -= box[axis] * (apart[axis] / box[axis]).rounded() }
        least = min(least, apart.lengthSquared)
      }
    }
    return least.isFinite ? least.squareRoot() : nil
  }
}
