import Atomistics
import Numerics
import PotentialKit

/// Atoms, all the ghosts within reach, and a full neighbor list, found by comparing all pairs: what the engine would hand a
/// potential on one rank. For tests and benchmarks.
public final class BruteForceSystem {
  public let atoms = AtomStore()
  public private(set) var list: NeighborList
  /// Owned atom that each atom is an image of.
  public private(set) var owners: [Int] = []
  private var offsets: [Int] = [], neighbors: [Int32] = [], centers: [Int32] = [], kindOffsets: [Int] = []
  private let forces: UnsafeMutablePointer<SIMD4<Double>>
  private let energies: UnsafeMutablePointer<Double>
  private let grades: UnsafeMutablePointer<Double>

  /// - Parameter kinds: each atom's kind, counted from 0.
  public init(cell: Cell, kinds: [Int], positions: [Vector3], kindCount: Int, cutoff: Double, skin: Double = 0.3) {
    list = NeighborList(
      cutoff: cutoff, skin: skin, centerCount: 0, offsets: [0], neighbors: [0], centers: [0], kindOffsets: [0], kindCount: 0)
    let reach = cutoff + skin
    let images = Self.images(cell, positions, reach)
    owners = Array(positions.indices) + images.map(\.owner)
    let places = positions + images.map(\.place)
    atoms.resize(owned: positions.count, ghosts: images.count)
    for (index, place) in places.enumerated() {
      atoms.position[index] = SIMD4(place, 0)
      atoms.kind[index] = Int32(kinds[owners[index]])
      atoms.id[index] = Int64(owners[index] + 1)
    }
    forces = .allocate(capacity: max(places.count, 1))
    energies = .allocate(capacity: max(positions.count, 1))
    grades = .allocate(capacity: max(positions.count, 1))
    buildList(reach: reach, kindCount: kindCount)
  }

  deinit {
    forces.deallocate()
    energies.deallocate()
    grades.deallocate()
    for pointer in retained { pointer.deallocate() }
  }

  private var retained: [UnsafeMutableRawPointer] = []

  private func retain<T: BitwiseCopyable>(_ array: [T]) -> UnsafePointer<T> {
    let pointer = UnsafeMutablePointer<T>.allocate(capacity: max(array.count, 1))
    pointer.initialize(from: array, count: array.count)
    retained.append(UnsafeMutableRawPointer(pointer))
    return UnsafePointer(pointer)
  }

  /// Images other than the atoms themselves that lie within `reach` of the atoms' bounding box.
  private static func images(_ cell: Cell, _ positions: [Vector3], _ reach: Double) -> [(owner: Int, place: Vector3)] {
    guard let first = positions.first else { return [] }
    let low = positions.reduce(first) { pointwiseMin($0, $1) } - reach
    let high = positions.reduce(first) { pointwiseMax($0, $1) } + reach
    let full = cell.completed, extent = (high - low).length, heights = cell.heights
    let counts = (0..<3).map { cell.periodic[$0] ? Int((extent / heights[$0]).rounded(.up)) : 0 }
    var images: [(Int, Vector3)] = []
    for a in -counts[0]...counts[0] {
      for b in -counts[1]...counts[1] {
        for c in -counts[2]...counts[2] where (a, b, c) != (0, 0, 0) {
          let shift = Vector3(Double(a), Double(b), Double(c)) * full
          for (owner, position) in positions.enumerated() {
            let place = position + shift
            if all(place .>= low) && all(place .<= high) { images.append((owner, place)) }
          }
        }
      }
    }
    return images
  }

  private func buildList(reach: Double, kindCount: Int) {
    let total = atoms.totalCount, owned = atoms.ownedCount
    // Sorted along x, so that a benchmark of thousands of atoms is set up in a moment.
    let order = (0..<total).sorted { atoms.position[$0].x < atoms.position[$1].x }
    let sortedX = order.map { atoms.position[$0].x }
    offsets = [0]
    for center in 0..<owned {
      let origin = atoms.position[center]
      var found: [Int32] = []
      var rank = sortedX.partitioningIndex { $0 >= origin.x - reach }
      while rank < total, sortedX[rank] <= origin.x + reach {
        let other = order[rank], d = atoms.position[other] - origin
        if other != center, (d * d).sum() < reach * reach { found.append(Int32(other)) }
        rank += 1
      }
      found.sort { (atoms.kind[Int($0)], $0) < (atoms.kind[Int($1)], $1) }
      neighbors += found
      offsets.append(neighbors.count)
    }
    for kind in 0..<kindCount {
      kindOffsets.append(centers.count)
      centers += (0..<owned).filter { atoms.kind[$0] == Int32(kind) }.map { Int32($0) }
    }
    kindOffsets.append(centers.count)
    list = NeighborList(
      cutoff: list.cutoff, skin: list.skin, centerCount: owned, offsets: retain(offsets), neighbors: retain(neighbors),
      centers: retain(centers), kindOffsets: retain(kindOffsets), kindCount: kindCount)
  }

  public struct Result: Equatable {
    public var energies: [Double]
    public var forces: [Vector3]
    public var virial: Matrix3
    public var grades: [Double]
    public var energy: Double { energies.reduce(0, +) }

    public init(energies: [Double], forces: [Vector3], virial: Matrix3, grades: [Double]) {
      self.energies = energies
      self.forces = forces
      self.virial = virial
      self.grades = grades
    }
  }

  /// A cleared output; `grades` where asked for.
  public func output(grades wantsGrades: Bool = false) -> ForceOutput {
    forces.initialize(repeating: .zero, count: max(atoms.totalCount, 1))
    energies.initialize(repeating: 0, count: max(atoms.ownedCount, 1))
    grades.initialize(repeating: 0, count: max(atoms.ownedCount, 1))
    return ForceOutput(forces: forces, energies: energies, grades: wantsGrades ? grades : nil)
  }

  /// What an output holds, ghosts' forces returned to their owners.
  public func result(of output: ForceOutput) -> Result {
    var total = [Vector3](repeating: .zero, count: atoms.ownedCount)
    for (index, owner) in owners.enumerated() {
      total[owner] += Vector3(forces[index].x, forces[index].y, forces[index].z)
    }
    return Result(
      energies: (0..<atoms.ownedCount).map { energies[$0] }, forces: total, virial: output.virial,
      grades: output.grades.map { grades in (0..<atoms.ownedCount).map { grades[$0] } } ?? [])
  }

  public func evaluate(_ potential: any Potential, grades: Bool = false) throws -> Result {
    let output = output(grades: grades)
    try potential.evaluate(atoms, list, halo: SelfHalo(self), into: output)
    return result(of: output)
  }

  /// One rank: ghosts' owners are its own atoms.
  public final class SelfHalo: HaloExchange {
    private let owners: [Int], owned: Int

    public init(_ system: BruteForceSystem) {
      owners = system.owners
      owned = system.atoms.ownedCount
    }

    public func forward(_ values: UnsafeMutablePointer<Double>, width: Int) {
      for index in owned..<owners.count {
        for column in 0..<width { values[index * width + column] = values[owners[index] * width + column] }
      }
    }

    public func reverse(_ values: UnsafeMutablePointer<Double>, width: Int) {
      for index in owned..<owners.count {
        for column in 0..<width { values[owners[index] * width + column] += values[index * width + column] }
      }
    }
  }
}

extension Array {
  /// First index whose element satisfies the predicate, in an array where all that do come last.
  fileprivate func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
    var low = 0, high = count
    while low < high {
      let middle = (low + high) / 2
      if predicate(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
