import Atomistics
import Numerics

/// One rank's share of a `ReferenceSystem`: its atoms with their ghosts, and the neighbor list of the owned ones.
public final class ReferenceRank {
  public let rank: Int
  /// The owned atoms, as indices into the configuration, in local order.
  public let members: [Int]
  public let atoms = AtomStore()
  /// For each ghost in local order, the rank and the local index of its owner.
  public private(set) var sources: [(rank: Int, index: Int)] = []
  /// Valid as long as this object lives.
  public private(set) var neighbors: NeighborList

  private var offsets: UnsafeMutablePointer<Int>
  private var entries: UnsafeMutablePointer<Int32>
  private var centers: UnsafeMutablePointer<Int32>
  private var kindOffsets: UnsafeMutablePointer<Int>

  private struct Image: Hashable {
    var atom: Int
    var shift: SIMD3<Int32>
  }

  init(
    members: [Int], owners: [Int], localIndex: [Int], rank: Int, kinds: [Int32], kindCount: Int, images: PeriodicImages,
    cutoff: Double, skin: Double
  ) {
    self.rank = rank
    self.members = members
    var ghosts: [Image: Int] = [:], ghostOrder: [(image: Image, position: Vector3)] = []
    var lists: [[(kind: Int32, local: Int32)]] = []
    for center in members {
      var list: [(kind: Int32, local: Int32)] = []
      images.forEachNeighbor(of: center) { atom, shift, position in
        var local = localIndex[atom]
        if owners[atom] != rank || shift != .zero {
          let image = Image(atom: atom, shift: shift)
          local = ghosts[image] ?? members.count + ghostOrder.count
          if ghosts.updateValue(local, forKey: image) == nil { ghostOrder.append((image, position)) }
        }
        list.append((kinds[atom], Int32(local)))
      }
      lists.append(list.sorted { ($0.kind, $0.local) < ($1.kind, $1.local) })
    }
    sources = ghostOrder.map { (owners[$0.image.atom], localIndex[$0.image.atom]) }
    offsets = copy([0] + lists.reduce(into: []) { $0.append(($0.last ?? 0) + $1.count) })
    entries = copy(lists.joined().map(\.local))
    centers = copy((0..<Int32(kindCount)).flatMap { kind in
      members.indices.filter { kinds[members[$0]] == kind }.map(Int32.init)
    })
    kindOffsets = copy((0...kindCount).map { bound in members.count { kinds[$0] < bound } })
    neighbors = NeighborList(
      cutoff: cutoff, skin: skin, centerCount: members.count, offsets: offsets, neighbors: entries, centers: centers,
      kindOffsets: kindOffsets, kindCount: kindCount)
    atoms.resize(owned: members.count, ghosts: ghostOrder.count)
    let everyone = members.map { ($0, images.configuration.positions[$0]) }
      + ghostOrder.map { ($0.image.atom, $0.position) }
    for (local, (atom, position)) in everyone.enumerated() {
      atoms.position[local] = SIMD4(position, 0)
      atoms.kind[local] = kinds[atom]
      atoms.id[local] = images.configuration.ids?[atom] ?? Int64(atom) + 1
    }
  }

  deinit {
    offsets.deallocate()
    entries.deallocate()
    centers.deallocate()
    kindOffsets.deallocate()
  }
}

/// The array's elements in memory of their own, which the caller must deallocate.
private func copy<T: BitwiseCopyable>(_ values: [T]) -> UnsafeMutablePointer<T> {
  let pointer = UnsafeMutablePointer<T>.allocate(capacity: values.count)
  pointer.initialize(from: values, count: values.count)
  return pointer
}
