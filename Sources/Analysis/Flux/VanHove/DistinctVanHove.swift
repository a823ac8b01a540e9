import Atomistics
import Communication
import Diagnostics
import Numerics

/// The distinct part of the van Hove function: where other atoms are a time after an atom was at the origin,
///
///     G_d(r, t) = (1/N_A) ⟨Σ_{i∈A, j∈B, j≠i} δ(r − |r_j(t_0 + t) − r_i(t_0)|)⟩ / (4π r²),
///
/// which is ρ_B g(r) at t = 0 and ρ_B where nothing is correlated any more. L. van Hove, Phys. Rev. 95, 249 (1954).
///
/// Frames are read once, forwards: an origin is kept until its last lag has come.
struct DistinctVanHove {
  let pairs: [SpeciesPair]
  /// Steps between frames, ascending.
  let lags: [Int]
  let radius: Double
  let binCount: Int
  /// Frames, ascending.
  let origins: [Int]
  private let elements: [Element]
  /// [pairs][lags][blocks][bins]
  private(set) var counts: [Int64]
  /// Mean over the origins, Å³.
  private(set) var volume = 0.0
  static let blockCount = 10

  /// - Parameter originCount: at most; spread evenly over the frames that have the longest lag after them.
  init(
    _ pairs: [SpeciesPair], lags: [Int], radius: Double, binCount: Int, originCount: Int, trajectory: Trajectory
  ) throws {
    (self.pairs, self.lags, self.radius, self.binCount) = (pairs, lags, radius, binCount)
    let usable = trajectory.frameCount - (lags.last ?? 0), count = max(1, min(originCount, usable))
    origins = (0..<count).map { $0 * usable / count }
    elements = trajectory.elements
    counts = [Int64](repeating: 0, count: pairs.count * lags.count * Self.blockCount * binCount)
    try trajectory.require(pairs)
    let cell = try trajectory.frame(0).cell
    let height = (0..<3).filter { cell.periodic[$0] }.map { cell.heights[$0] }.min() ?? .infinity
    guard cell.volume > 0, radius <= 0.5 * height else {
      throw Failure.input(
        "the distinct van Hove function needs a cell with heights of at least twice the radius, \(2 * radius) Å",
        at: Place(file: trajectory.path), remedy: "give a smaller --rmax")
    }
  }

  /// Collective.
  mutating func run(_ trajectory: Trajectory, progress: (Double) -> Void) throws {
    let world = trajectory.communicator
    let mine = Trajectory.share(of: origins.count, world.rank, world.size)
    try world.together { try addOrigins(mine, trajectory, progress) }
    counts = world.sum(counts)
    volume = world.sum(volume) / Double(origins.count)
  }

  private mutating func addOrigins(_ mine: Range<Int>, _ trajectory: Trajectory, _ progress: (Double) -> Void) throws {
    guard let first = mine.first, let last = mine.last, let longest = lags.last else { return }
    var waiting: [(number: Int, frame: Configuration)] = [], next = first
    for number in origins[first]...origins[last] + longest {
      let isOrigin = next <= last && origins[next] == number
      guard isOrigin || waiting.contains(where: { lags.contains(number - origins[$0.number]) }) else { continue }
      let frame = try trajectory.frame(number)
      if isOrigin {
        waiting.append((next, frame))
        volume += frame.cell.volume
        next += 1
      }
      for origin in waiting {
        if let lag = lags.firstIndex(of: number - origins[origin.number]) {
          try add(origin.frame, later: frame, lag: lag, block: origin.number * Self.blockCount / origins.count)
        }
      }
      waiting.removeAll { origins[$0.number] + longest <= number }
      progress(Double(next - first) / Double(mine.count))
    }
  }

  /// Later positions count in the origin's cell.
  private mutating func add(_ origin: Configuration, later: Configuration, lag: Int, block: Int) throws {
    var moved = later
    if later.cell != origin.cell {
      let map = later.cell.completed.inverse * origin.cell.completed
      moved.positions = later.positions.map { $0 * map }
      moved.cell = origin.cell
    }
    // The bins must be the same: those of the origin's cell, which for a direction that is not periodic cover both.
    let lattice = BinLattice(Self.joined(origin, moved), radius: radius)
    for (n, pair) in pairs.enumerated() {
      let centers = AtomGrid(), neighbors = AtomGrid()
      centers.fill(indices(pair.center), of: origin, in: lattice)
      neighbors.fill(indices(pair.neighbor), of: moved, in: lattice)
      let row = ((n * lags.count + lag) * Self.blockCount + block) * binCount
      counts.withUnsafeMutableBufferPointer { counts in
        var visitor = OtherDistances(
          centers: centers, neighbors: neighbors, radius: radius, binCount: binCount, counts: counts.baseAddress! + row)
        PairSearch.visit(lattice, centers: centers, neighbors: neighbors, &visitor)
      }
    }
  }

  private func indices(_ element: Element) -> [Int32] {
    elements.indices.filter { elements[$0] == element }.map { Int32($0) }
  }

  private static func joined(_ a: Configuration, _ b: Configuration) -> Configuration {
    Configuration(cell: a.cell, elements: a.elements + b.elements, positions: a.positions + b.positions)
  }

  /// G_d in Å⁻³ with its error, and over the mean density: [lags][bins].
  func result(_ pair: Int) -> [DistinctDensity] {
    let centers = Double(indices(pairs[pair].center).count), neighbors = Double(indices(pairs[pair].neighbor).count)
    let others = pairs[pair].isLike ? neighbors - 1 : neighbors
    let volumes = shellVolumes(binWidth: radius / Double(binCount), count: binCount)
    return lags.indices.map { lag in
      let start = (pair * lags.count + lag) * Self.blockCount
      let blocks = (0..<Self.blockCount).map { block in counts[(start + block) * binCount..<(start + block + 1) * binCount] }
      let used = (0..<Self.blockCount).map { block in origins.indices.count { $0 * Self.blockCount / origins.count == block }
      }
      func density(_ counts: [Int64], origins: Int) -> [Double] {
        counts.indices.map { Double(counts[$0]) / (Double(origins) * centers * volumes[$0]) }
      }
      let total = (0..<binCount).map { bin in blocks.reduce(0) { $0 + $1[$1.startIndex + bin] } }
      let perBlock = zip(blocks, used).filter { $0.1 > 0 }.map { density(Array($0.0), origins: $0.1) }
      return DistinctDensity(
        counts: total.map { Int($0) }, density: density(total, origins: origins.count),
        densityError: standardErrors(perBlock),
        meanDensity: others / volume)
    }
  }
}

/// G_d at one lag.
public struct DistinctDensity: Sendable {
  /// [bins]
  public let counts: [Int]
  /// [bins], Å⁻³.
  public let density: [Double]
  /// [bins], from blocks of origins; nil with one.
  public let densityError: [Double]?
  /// Of the neighbors, Å⁻³.
  public let meanDensity: Double
}

/// Counts distances between atoms, each atom's own excepted.
private struct OtherDistances: RunVisitor {
  private let x, y, z: UnsafeMutablePointer<Double>
  private let own, atoms: UnsafeMutablePointer<Int32>
  private let limit, scale: Double
  private let binCount: Int
  /// [bins]
  private let counts: UnsafeMutablePointer<Int64>

  init(centers: AtomGrid, neighbors: AtomGrid, radius: Double, binCount: Int, counts: UnsafeMutablePointer<Int64>) {
    (x, y, z) = (neighbors.extendedX, neighbors.extendedY, neighbors.extendedZ)
    (own, atoms) = (centers.atoms, neighbors.extendedAtoms)
    (limit, scale, self.binCount, self.counts) = (radius * radius, Double(binCount) / radius, binCount, counts)
  }

  @inline(__always)
  mutating func visit(_ center: Int, at position: Vector3, _ runs: UnsafePointer<SIMD2<Int32>>, runCount: Int) {
    let atom = own[center]
    for run in 0..<runCount {
      for index in Int(runs[run].x)..<Int(runs[run].y) {
        let dx = x[index] - position.x, dy = y[index] - position.y, dz = z[index] - position.z
        let square = dx * dx + dy * dy + dz * dz
        if square < limit, atoms[index] != atom { counts[min(Int(square.squareRoot() * scale), binCount - 1)] += 1 }
      }
    }
  }
}
