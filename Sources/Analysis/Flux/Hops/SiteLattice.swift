import Atomistics
import Diagnostics
import Foundation
import Numerics

/// The sites between which atoms hop, with the sites around each.
///
/// Each site has a core, a sphere that no other core touches. An atom belongs to a site from when it is found in its core
/// until it is found in another's: rattling across the border between two sites is no hop (hysteresis).
struct SiteLattice {
  /// [sites], in parts of the cell vectors.
  let sites: [Vector3]
  /// Rows: the lattice vectors, Å.
  let vectors: Matrix3
  private let periodic: Periodicity
  /// Radius of the cores, Å.
  let core: Double
  /// Between two sites, Å.
  let smallestDistance: Double
  /// Sites around each, nearest first: [starts[site] ..< starts[site + 1]].
  private var around: [Neighbor] = []
  private var starts = [0]
  /// Within which `around` has all sites, Å.
  private let range: Double
  private let bins: BinLattice
  private let grid: AtomGrid

  private struct Neighbor {
    let site: Int32
    /// Which image of the site, relative to the center's.
    let image: SIMD3<Int32>
    /// From the center, Å.
    let vector: Vector3
    let distance: Double
  }

  /// Where an atom is: a site and one of its images.
  struct Place: Equatable {
    var site: Int
    var image: SIMD3<Int32>
  }

  /// - Parameters:
  ///   - sites: in parts of the cell vectors.
  ///   - core: Å; nil: 0.4 of the smallest distance between sites.
  /// - Throws: `Failure.input` for fewer than two sites, sites at one place, or cores that touch.
  init(_ sites: [Vector3], cell: Cell, core: Double?) throws {
    (self.sites, vectors, periodic) = (sites, cell.completed, cell.periodic)
    guard sites.count > 1 || cell.periodic != .none, cell.volume > 0 else {
      throw Failure.input("hops need at least two sites in a cell")
    }
    let frame = Self.frame(sites, vectors, periodic)
    // Some thirty sites; where they are uneven, more or fewer.
    range = 2 * cbrt(cell.volume / Double(sites.count))
    let grids = SpeciesGrids([Self.marker], of: frame.elements, radius: range), table = NeighborTable()
    try grids.fill(frame)
    (bins, grid) = (grids.lattice, grids.grid(of: Self.marker))
    table.fill(bins, centers: grid, neighbors: grid, radius: range, isLike: true)
    let inverse = vectors.inverse
    var rows = [[Neighbor]](repeating: [], count: sites.count)
    for row in 0..<grid.count {
      let center = Int(grid.atoms[row])
      rows[center] = table.row(row).map { entry in
        let other = Int(table.atoms[entry]), vector = table.vectors[entry].xyz
        let image = (sites[center] + vector * inverse - sites[other]).rounded(.toNearestOrAwayFromZero)
        return Neighbor(
          site: Int32(other), image: SIMD3<Int32>(image), vector: vector, distance: vector.length)
      }.sorted { ($0.distance, $0.site) < ($1.distance, $1.site) }
    }
    for row in rows {
      around += row
      starts.append(around.count)
    }
    smallestDistance = rows.compactMap(\.first?.distance).min() ?? range
    guard smallestDistance > 0.1 else {
      throw Failure.input(
        "two sites are \(smallestDistance) Å apart", remedy: "give each site once; leave out alternatives of split sites")
    }
    self.core = core ?? 0.4 * smallestDistance
    guard self.core > 0, self.core <= 0.5 * smallestDistance else {
      throw Failure.input(
        "the core of \(self.core) Å is not between 0 and half the smallest distance of two sites, "
          + "\(smallestDistance) Å", remedy: "give a smaller --core")
    }
  }

  /// Points in parts of the cell vectors as the search for neighbors wants them; whatever element they are of.
  private static func frame(_ points: [Vector3], _ vectors: Matrix3, _ periodic: Periodicity) -> Configuration {
    Configuration(
      cell: Cell(vectors: vectors, periodic: periodic), elements: points.map { _ in marker },
      positions: points.map { $0 * vectors })
  }

  private static let marker = Element(atomicNumber: 1)!

  /// From a place to a position: Å.
  @inline(__always)
  func offset(of position: Vector3, from place: Place) -> Vector3 {
    (position - sites[place.site] - Vector3(place.image)) * vectors
  }

  /// The nearest place to each position in parts of the cell vectors.
  func nearest(to positions: [Vector3]) -> [Place] {
    let inverse = vectors.inverse, centers = AtomGrid(), table = NeighborTable()
    let frame = Self.frame(positions, vectors, periodic)
    centers.fill(frame.positions.indices.map { Int32($0) }, of: frame, in: bins)
    table.fill(bins, centers: centers, neighbors: grid, radius: range, isLike: false)
    var places = positions.map { _ in Place(site: 0, image: .zero) }
    for row in 0..<centers.count {
      let atom = Int(centers.atoms[row])
      guard let entry = table.row(row).min(by: { table.vectors[$0].w < table.vectors[$1].w }) else {
        places[atom] = nearest(to: positions[atom]).place
        continue
      }
      let site = Int(table.atoms[entry]), offset = table.vectors[entry].xyz * inverse
      let image = (positions[atom] + offset - sites[site]).rounded(.toNearestOrAwayFromZero)
      places[atom] = Place(site: site, image: SIMD3<Int32>(image))
    }
    return places
  }

  /// The same for a single position, by a search over all sites.
  private func nearest(to position: Vector3) -> (place: Place, distance: Double) {
    var best = (place: Place(site: 0, image: .zero), distance: Double.infinity)
    for (site, fractional) in sites.enumerated() {
      var home = (position - fractional).rounded(.toNearestOrAwayFromZero)
      for axis in 0..<3 where !periodic[axis] { home[axis] = 0 }
      // In a skewed cell the nearest image is not always the one by rounding.
      forEachImage { shift in
        let place = Place(site: site, image: SIMD3<Int32>(home) &+ shift)
        let distance = offset(of: position, from: place).length
        if distance < best.distance { best = (place, distance) }
      }
    }
    return best
  }

  private func forEachImage(_ body: (SIMD3<Int32>) -> Void) {
    let reach = SIMD3<Int32>(periodic.a ? 1 : 0, periodic.b ? 1 : 0, periodic.c ? 1 : 0)
    for i in -reach.x...reach.x {
      for j in -reach.y...reach.y {
        for k in -reach.z...reach.z { body(SIMD3(i, j, k)) }
      }
    }
  }

  /// Where an atom that was at `place` is when it is found at `position`.
  func next(_ place: Place, at position: Vector3) -> Place {
    let offset = offset(of: position, from: place), distance = offset.length
    // No other core begins nearer.
    guard distance > smallestDistance - core else { return place }
    guard distance + core < range else {
      let found = nearest(to: position)
      return found.distance < core ? found.place : place
    }
    for neighbor in around[starts[place.site]..<starts[place.site + 1]] {
      if neighbor.distance > distance + core { break }
      if (offset - neighbor.vector).lengthSquared < core * core {
        return Place(site: Int(neighbor.site), image: place.image &+ neighbor.image)
      }
    }
    return place
  }

  /// From one place to another, Å.
  func vector(from a: Place, to b: Place) -> Vector3 {
    (sites[b.site] + Vector3(b.image) - sites[a.site] - Vector3(a.image)) * vectors
  }
}

extension SIMD4<Double> {
  fileprivate var xyz: Vector3 { Vector3(x, y, z) }
}
