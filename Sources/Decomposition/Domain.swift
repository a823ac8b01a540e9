import Atomistics
import Communication
import Diagnostics
import Numerics

/// One rank's share of the atoms, their ghosts and their neighbor list: the parallel core of the engine.
///
/// Owned atoms come first in `atoms`, in an order that is a function of positions and ids alone; ghosts follow. All
/// methods are collective unless they say otherwise. See README.md beside this file.
public final class Domain {
  public let atoms = AtomStore()
  public let communicator: Communicator
  /// As last set; the atoms' images are those of this cell.
  public internal(set) var cell: Cell
  /// The cell when the neighbor list was built: with it, the atoms' reference positions and the cuts a restart is bit
  /// for bit the run that went on.
  public internal(set) var referenceCell: Cell
  /// Å; the largest distance at which neighbors matter.
  public let cutoff: Double
  /// Å; neighbors are listed up to `cutoff` + `skin`. In a constant cell the list holds until an atom moves half a skin.
  public let skin: Double
  public let kindCount: Int
  /// Which rank owns which part of the cell; with every atom's reference position it fixes all else at a restart.
  public internal(set) var cuts: Cuts
  public internal(set) var statistics = DomainStatistics()

  /// Heaviest rank over the mean above which the next rebuild moves the cuts.
  public var imbalanceLimit = 1.05

  var lattice: Lattice
  var validity: ListValidity
  /// Per-atom arrays of others that travel with the atoms, on all ranks the same ones in the same order.
  var fields: [AtomField] = []
  let halo: Halo
  let migration: Migration
  let grid = RowGrid()
  let search: NeighborSearch
  /// Owned positions when the list was built, Å.
  let reference = Storage<SIMD4<Double>>()
  let scratch = Storage<SIMD4<Double>>()
  let extremes = UnsafeMutablePointer<Double>.allocate(capacity: 2)
  /// Atoms on all ranks.
  public internal(set) var atomCount = 0
  var gatherPlan: GatherPlan?

  var reach: Double { cutoff + skin }

  /// Learns what is exchange and what is the rebuilding of lists.
  let timer: PhaseTimer

  /// An empty domain; `load` gives it atoms.
  public init(
    cell: Cell, kindCount: Int, cutoff: Double, skin: Double, communicator: Communicator, timer: PhaseTimer = PhaseTimer()
  ) {
    self.timer = timer
    self.cell = cell
    referenceCell = cell
    self.kindCount = kindCount
    self.cutoff = cutoff
    self.skin = skin
    self.communicator = communicator
    lattice = Lattice(cell)
    validity = ListValidity(from: lattice, to: lattice, cutoff: cutoff, skin: skin)
    cuts = Cuts(rankCount: communicator.size)
    halo = Halo(communicator)
    migration = Migration(communicator)
    search = NeighborSearch(kindCount: kindCount)
  }

  deinit { extremes.deallocate() }

  /// Valid until the next rebuild. Local.
  public var neighbors: NeighborList { search.list(cutoff: cutoff, skin: skin) }

  /// This rank's owned atoms in local order. Local.
  public func records() -> [AtomRecord] { (0..<atoms.ownedCount).map { record($0) } }

  /// The same into an array that is used again: after the first time nothing is allocated. Local.
  public func copyRecords(into records: inout [AtomRecord]) {
    let count = atoms.ownedCount
    if records.count > count { records.removeLast(records.count - count) }
    for i in records.indices { records[i] = record(i) }
    for i in records.count..<count { records.append(record(i)) }
  }

  func record(_ i: Int) -> AtomRecord {
    let position = atoms.position[i]
    let velocity = atoms.velocity[i]
    let image = atoms.image[i]
    let old = reference.pointer[i]
    return AtomRecord(
      id: atoms.id[i], kind: atoms.kind[i], position: Vector3(position.x, position.y, position.z),
      velocity: Vector3(velocity.x, velocity.y, velocity.z), image: SIMD3(image.x, image.y, image.z),
      reference: Vector3(old.x, old.y, old.z), groups: atoms.groups[i])
  }

  func store(_ record: AtomRecord, at i: Int) {
    atoms.id[i] = record.id
    atoms.kind[i] = record.kind
    atoms.position[i] = SIMD4(record.position, 0)
    atoms.velocity[i] = SIMD4(record.velocity, 0)
    atoms.image[i] = SIMD4(record.image, 0)
    atoms.groups[i] = record.groups
    reference.pointer[i] = SIMD4(record.reference, 0)
  }

  // MARK: Every step

  /// Whether atoms have moved and the cell has changed so much since the list was built that it may miss a pair within
  /// the cutoff (`ListValidity`), and whether any rank raised `flag`: one reduction for both.
  public func needsRebuild(flag: Bool) -> (rebuild: Bool, flag: Bool) {
    timer.measure(.exchange) {
      extremes[0] = validity.largestDisplacementSquared(
        atoms.position, from: reference.pointer, count: atoms.ownedCount)
      extremes[1] = flag ? 1 : 0
      communicator.max(extremes, count: 2)
    }
    return (extremes[0] > validity.limitSquared, extremes[1] > 0)
  }

  /// Gives the ghosts their owners' positions.
  public func updateGhosts() {
    timer.measure(.exchange) { halo.forwardPositions(atoms.position, ownedCount: atoms.ownedCount) }
  }

  /// Adds the forces on ghosts to their owners'; ghosts keep theirs.
  public func returnForces() {
    timer.measure(.exchange) { halo.reverse(atoms.force, ownedCount: atoms.ownedCount) }
  }

  /// Copies `width` doubles of each owned atom to all its ghosts. `values`: [total atoms][width].
  public func forward(_ values: UnsafeMutablePointer<Double>, width: Int) {
    timer.measure(.exchange) {
      if width == 1 {
        halo.forward(values, ownedCount: atoms.ownedCount)
      } else {
        halo.forward(values, width: width, ownedCount: atoms.ownedCount)
      }
    }
  }

  /// Adds `width` doubles of each ghost to its owner's; ghosts keep theirs. `values`: [total atoms][width].
  public func reverse(_ values: UnsafeMutablePointer<Double>, width: Int) {
    timer.measure(.exchange) { halo.reverse(values, width: width, ownedCount: atoms.ownedCount) }
  }
}

/// What the log prints of a rank's domain.
public struct DomainStatistics: Sendable {
  public var rebuildCount = 0
  public var rebalanceCount = 0
  public var ownedCount = 0
  public var ghostCount = 0
  /// Entries of the neighbor list.
  public var neighborCount = 0
  /// Memory of the domain's arrays, its atoms included.
  public var bytes = 0
  /// Weight of the heaviest rank over the mean after the last rebuild; atoms weigh their neighbors and a little more.
  public var imbalance = 1.0
}
