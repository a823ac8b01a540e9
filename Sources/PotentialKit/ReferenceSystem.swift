import Atomistics
import Diagnostics
import Numerics

/// A configuration spread over one or more ranks of one process: the oracle for the parallel engine and the stage of
/// the conformance suite.
///
/// Ghosts and neighbor lists are found by brute force over all pairs and images, so any triclinic, partly periodic
/// cell is right, also one smaller than the cutoff. The cost grows with the square of the number of atoms. Which rank
/// owns an atom is arbitrary: the caller may say.
public final class ReferenceSystem {
  public let configuration: Configuration
  /// The table of kinds: atoms of kind k are of element `elements[k]`.
  public let elements: [Element]
  public let ranks: [ReferenceRank]

  /// - Parameters:
  ///   - cutoff: Å; neighbors are listed within `cutoff` + `skin`.
  ///   - elements: the table of kinds; nil: the configuration's elements by atomic number.
  ///   - owners: the rank that owns each atom, from 0 to `rankCount` - 1; nil: rank 0 owns all.
  /// - Throws: `Failure.input` for a cell that cannot be simulated, an element that is missing in `elements`, an
  ///   owner that is not a rank, or a cell so much smaller than the cutoff that the images cannot be listed.
  public init(
    _ configuration: Configuration, cutoff: Double, skin: Double = 0, elements: [Element]? = nil, owners: [Int]? = nil,
    rankCount: Int = 1
  ) throws {
    try configuration.cell.validate()
    self.configuration = configuration
    let table = elements ?? Set(configuration.elements).sorted()
    self.elements = table
    let kinds = try configuration.elements.map { element in
      guard let kind = table.firstIndex(of: element) else {
        throw Failure.input("the table of kinds lacks the element \(element)")
      }
      return Int32(kind)
    }
    let owners = owners ?? Array(repeating: 0, count: configuration.count)
    guard owners.count == configuration.count, owners.allSatisfy((0..<rankCount).contains) else {
      throw Failure.input("the owners must name one rank from 0 to \(rankCount - 1) for each atom")
    }
    let images = try PeriodicImages(configuration, within: cutoff + skin)
    var localIndex = [Int](repeating: 0, count: owners.count), ownedCount = [Int](repeating: 0, count: rankCount)
    for (atom, owner) in owners.enumerated() {
      localIndex[atom] = ownedCount[owner]
      ownedCount[owner] += 1
    }
    ranks = (0..<rankCount).map { rank in
      ReferenceRank(
        members: owners.indices.filter { owners[$0] == rank }, owners: owners, localIndex: localIndex, rank: rank,
        kinds: kinds, kindCount: table.count, images: images, cutoff: cutoff, skin: skin)
    }
  }

  /// The number of atoms on all ranks.
  public var count: Int { configuration.count }
}

/// Finds the neighbors of an atom among all atoms and their periodic images.
struct PeriodicImages {
  let configuration: Configuration
  private let lattice: Matrix3
  private let fractional: [Vector3]
  /// Cutoff over the height of the cell, in each direction: how far images matter, in cells.
  private let reach: Vector3
  private let cutoff: Double

  init(_ configuration: Configuration, within cutoff: Double) throws {
    self.configuration = configuration
    self.cutoff = cutoff
    lattice = configuration.cell.completed
    let inverse = lattice.inverse
    fractional = configuration.positions.map { $0 * inverse }
    reach = cutoff / configuration.cell.heights
    for axis in 0..<3 where configuration.cell.periodic[axis] && !(reach[axis] < 100) {
      throw Failure.input("the cutoff of \(cutoff) Å spans more than a hundred cells")
    }
    guard fractional.allSatisfy({ abs($0.x) < 1e9 && abs($0.y) < 1e9 && abs($0.z) < 1e9 }) else {
      throw Failure.input("an atom's position is not finite or lies beyond a thousand million cells")
    }
  }

  /// Calls `body` with each image of each atom within the cutoff of atom `center`, except the atom itself: the atom,
  /// its shift in cells and its position.
  func forEachNeighbor(of center: Int, _ body: (_ atom: Int, _ shift: SIMD3<Int32>, _ position: Vector3) -> Void) {
    let origin = configuration.positions[center]
    for atom in 0..<configuration.count {
      let apart = fractional[atom] - fractional[center]
      let first = shiftBound(apart, -1), last = shiftBound(apart, 1)
      var shift = first
      while shift.z <= last.z {
        let position = configuration.positions[atom] + Vector3(shift) * lattice
        if (position - origin).lengthSquared < cutoff * cutoff, atom != center || shift != .zero {
          body(atom, shift, position)
        }
        shift.x += 1
        if shift.x > last.x { (shift.x, shift.y) = (first.x, shift.y + 1) }
        if shift.y > last.y { (shift.y, shift.z) = (first.y, shift.z + 1) }
      }
    }
  }

  /// The first (`side` -1) or last (1) shift that can bring an atom `apart` (in cells) from the center into reach.
  private func shiftBound(_ apart: Vector3, _ side: Double) -> SIMD3<Int32> {
    var bound = SIMD3<Int32>.zero
    for axis in 0..<3 where configuration.cell.periodic[axis] {
      // One part in 10^9 wider, so that rounding never loses an image; the distance decides.
      let value = -apart[axis] + side * (reach[axis] + 1e-9)
      bound[axis] = Int32(side < 0 ? value.rounded(.up) : value.rounded(.down))
    }
    return bound
  }
}
