import Atomistics
import Communication
import Diagnostics
import Formats
import Numerics

/// Where the sites come from.
public enum SiteSource: Sendable {
  /// The atoms of an element in a structure file whose cell is that of the trajectory, by their fractional coordinates.
  case file(String, Element)
  /// The mean positions of an element's atoms in the trajectory itself.
  case averages(of: Element)
}

/// Hops of atoms between sites: rates, residence times, hop vectors and correlations.
public struct HopAnalysis: Sendable {
  public var mobile: Element
  public var sites: SiteSource
  /// Radius of the sites' cores, Å; nil: 0.4 of the smallest distance between sites.
  public var core: Double?
  public var reference = ReferenceFrame.raw
  public var memory = 1 << 30
  /// For the sites' file.
  public var reading = ReadOptions()

  public init(mobile: Element, sites: SiteSource) { (self.mobile, self.sites) = (mobile, sites) }

  /// Collective.
  /// - Throws: `Failure.input`: no even times, elements that are absent, sites that make no sense.
  public func run(_ trajectory: Trajectory, progress: (Double) -> Void = { _ in }) throws -> HopReport {
    let world = trajectory.communicator
    let (spacing, atoms, cell) = try world.together {
      (try trajectory.time.evenSpacing(), try trajectory.atoms(of: mobile), try trajectory.frame(0).cell)
    }
    let places = try sitePlaces(trajectory, cell, progress)
    let lattice = try world.together { try SiteLattice(places, cell: cell, core: core) }
    var visits: [Visit] = []
    let summary = try trajectory.forEachSeries(
      of: .coordinates, in: reference, memory: memory, progress: progress
    ) { batch in
      let first = atoms.partitioningIndex { $0 >= batch.atoms.lowerBound }
      let mine = Array(atoms[first...].prefix { $0 < batch.atoms.upperBound })
      let starts = lattice.nearest(to: mine.map { Self.position(of: $0, frame: 0, in: batch) })
      for (atom, start) in zip(mine, starts) { Self.follow(atom, from: start, in: batch, lattice, &visits) }
    }
    let all = world.allGather(visits).joined().sorted { ($0.atom, $0.start) < ($1.atom, $1.start) }
    let statistics = HopStatistics(
      all, lattice: lattice, atomCount: atoms.count, frameCount: trajectory.frameCount, spacing: spacing)
    return HopReport(self, trajectory, lattice, statistics, warning: summary.warning)
  }

  /// In parts of the cell vectors.
  private func sitePlaces(
    _ trajectory: Trajectory, _ cell: Cell, _ progress: (Double) -> Void
  ) throws -> [Vector3] {
    let world = trajectory.communicator
    switch sites {
    case .file(let path, let element):
      return try world.together { try Self.sites(of: element, in: path, cell, reading) }
    case .averages(let element):
      let atoms = try world.together { try trajectory.atoms(of: element) }
      var sums = [Double](repeating: 0, count: 3 * trajectory.atomCount)
      try trajectory.forEachSeries(of: .coordinates, in: reference, memory: memory, progress: progress) { batch in
        for atom in batch.atoms {
          for axis in 0..<3 {
            let series = UnsafeBufferPointer(start: batch.series(atom: atom, axis: axis), count: batch.frameCount)
            sums[3 * atom + axis] = series.reduce(0, +) / Double(batch.frameCount)
          }
        }
      }
      sums = world.sum(sums)
      return atoms.map { Vector3(sums[3 * $0], sums[3 * $0 + 1], sums[3 * $0 + 2]) }
    }
  }

  private static func sites(
    of element: Element, in path: String, _ cell: Cell, _ reading: ReadOptions
  ) throws -> [Vector3] {
    let structure = try readStructure(at: path, options: reading)
    let ratio = structure.cell.completed * cell.completed.inverse
    let strain = (ratio - .identity).elements.map { abs($0) }.max() ?? 0
    guard strain < 0.1 else {
      throw Failure.input(
        "the cell of the sites is not that of the trajectory: they differ by \(Int((100 * strain).rounded())) %",
        at: Place(file: path), remedy: "give the sites in the trajectory's own cell, repeated as often")
    }
    let inverse = structure.cell.completed.inverse
    let sites = structure.positions.indices.filter { structure.elements[$0] == element }
    guard !sites.isEmpty else {
      throw Failure.input(
        "there is no \(element.symbol) among the sites", at: Place(file: path), remedy: "name another --site-species")
    }
    return sites.map { structure.positions[$0] * inverse }
  }

  private static func position(of atom: Int, frame: Int, in batch: SeriesBatch) -> Vector3 {
    Vector3(
      batch.series(atom: atom, axis: 0)[frame], batch.series(atom: atom, axis: 1)[frame],
      batch.series(atom: atom, axis: 2)[frame])
  }

  private static func follow(
    _ atom: Int, from first: SiteLattice.Place, in batch: SeriesBatch, _ lattice: SiteLattice, _ visits: inout [Visit]
  ) {
    var place = first, start = 0
    func finish(_ end: Int) {
      visits.append(
        Visit(atom: Int32(atom), site: Int32(place.site), image: place.image, start: Int32(start), end: Int32(end)))
    }
    for frame in 1..<batch.frameCount {
      let next = lattice.next(place, at: position(of: atom, frame: frame, in: batch))
      guard next != place else { continue }
      finish(frame)
      (place, start) = (next, frame)
    }
    finish(batch.frameCount)
  }
}

/// An atom's stay at a site.
struct Visit: BitwiseCopyable {
  let atom: Int32
  let site: Int32
  let image: SIMD3<Int32>
  /// The first frame at the site, and the first one elsewhere (or the number of frames).
  let start: Int32
  let end: Int32

  var place: SiteLattice.Place { .init(site: Int(site), image: image) }
}

extension Array {
  /// The first index at which `belongs` holds, of an array that it divides in two.
  fileprivate func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
    var low = 0, high = count
    while low < high {
      let middle = (low + high) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
