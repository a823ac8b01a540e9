import Atomistics
import Diagnostics
import Numerics

extension Domain {
  /// Wraps atoms into the cell (open directions never wrap), moves them to their owners, moves the cuts if the load has
  /// become uneven, and builds order, ghosts, neighbor list and reference positions anew.
  ///
  /// Forces and any other per-atom array of the caller refer to the old order afterwards; fields move with their atoms.
  /// - Throws: `Failure.runtime`, on all ranks alike, if a position is not finite or the cell is no longer one that can
  ///   be simulated; the domain is then as before.
  public func rebuild() throws {
    try timer.measure(.neighborList) {
      try checkState()
      wrap()
      adoptCell()
      if isUneven || cuts.areForAnotherShape(than: lattice.heights) { balance() }
      migrate()
      try build()
      reference.pointer.update(from: atoms.position, count: atoms.ownedCount)
    }
  }

  /// What an atom costs: its neighbors, and as much as a few of them for what is done once an atom.
  private static let baseWeight = 8

  /// Whether the heaviest rank exceeds the mean by more than the limit, beyond what the cuts could not avoid.
  var isUneven: Bool { statistics.imbalance > imbalanceLimit * cuts.imbalance }

  /// Moves the cuts so that all ranks have the same weight, by the neighbors that the present list counts.
  func balance() {
    let points = (0..<atoms.ownedCount).map { lattice.fractional(atoms.position[$0]) }
    let offsets = neighbors.offsets
    let weights = points.indices.map { Int32(Self.baseWeight + min(offsets[$0 + 1] - offsets[$0], 1 << 20)) }
    points.withUnsafeBufferPointer { points in
      weights.withUnsafeBufferPointer { weights in
        cuts = Balancer(communicator: communicator, heights: lattice.heights, points: points, weights: weights)
          .findCuts()
      }
    }
    statistics.rebalanceCount += 1
  }

  private func measureImbalance() {
    let weights = communicator.allGather(Self.baseWeight * atoms.ownedCount + search.neighborCount)
    let total = weights.reduce(0, +)
    statistics.imbalance = total == 0 ? 1 : Double((weights.max() ?? 0) * weights.count) / Double(total)
  }

  private func checkState() throws {
    let cellFailure = cellFailure
    let lost = (0..<atoms.ownedCount).first { lattice.isLost(atoms.position[$0]) }
    try communicator.agree(
      on: cellFailure
        ?? lost.map {
          .runtime(
            "atom \(atoms.id[$0]) is lost: its position is not finite or more than \(lattice.farthest) Å from the origin",
            remedy: "shorten the time step or relax the structure first")
        })
  }

  private func wrap() {
    let position = atoms.position
    let image = atoms.image
    let mask = lattice.periodicMask
    for i in 0..<atoms.ownedCount {
      let cells = lattice.fractional(position[i]).rounded(.down) * mask
      if cells == .zero { continue }
      let (wrapped, wrappedImage) = lattice.wrap(position[i], image[i], by: cells)
      position[i] = wrapped
      image[i] = wrappedImage
    }
  }

  /// Sends atoms that left the domain to their owners.
  func migrate() {
    guard communicator.size > 1 else { return }
    let rank = communicator.rank
    let domain = cuts.domain(of: rank)
    let position = atoms.position
    var leavers: [Int] = []
    for i in 0..<atoms.ownedCount where !domain.holds(lattice.fractional(position[i])) { leavers.append(i) }
    let arrived = migration.exchange(
      count: leavers.count, destination: { cuts.owner(of: lattice.fractional(position[leavers[$0]])) },
      record: { record(leavers[$0]) })
    let arrivedFields = fields.isEmpty ? nil : exchangeFields(of: leavers)
    // The last atoms fill the holes.
    var count = atoms.ownedCount
    for hole in leavers.reversed() {
      count -= 1
      guard hole != count else { continue }
      store(record(count), at: hole)
      for field in fields { field.copy(from: count, to: hole) }
    }
    resizeOwned(count + arrived.count)
    for (k, record) in arrived.enumerated() { store(record, at: count + k) }
    if let arrivedFields { storeFields(arrivedFields, first: count, count: arrived.count) }
  }

  /// Sets the number of owned atoms; there are no ghosts until the next build.
  func resizeOwned(_ count: Int) {
    // The store copies what it held: the owned atoms must count as such before they are more.
    atoms.resize(owned: min(atoms.ownedCount, count), ghosts: 0)
    atoms.resize(owned: count, ghosts: 0)
    reference.reserve(count)
    for field in fields { field.reserve(count) }
  }

  /// Order, ghosts and list from the owned atoms' positions. The caller sees to the reference.
  func build() throws {
    let count = atoms.ownedCount
    atoms.resize(owned: count, ghosts: 0)
    let summary = summarize()
    let order = grid.arrangeOwned(
      atoms.position, atoms.id, count: count, bounds: summary.cartesian, reach: reach)
    permute(order)
    let summaries = communicator.allGather(summary)
    atomCount = summaries.reduce(0) { $0 + $1.count }
    try makeGhosts(summaries)
    grid.build(atoms.position, owned: count, ghosts: atoms.ghostCount)
    search.build(grid, kind: atoms.kind, ownedCount: count, reach: reach)
    measureImbalance()
    gatherPlan = nil
    updateStatistics()
  }

  private func summarize() -> RankSummary {
    var summary = RankSummary()
    summary.count = atoms.ownedCount
    for i in 0..<atoms.ownedCount {
      let p = atoms.position[i]
      summary.cartesian.include(Vector3(p.x, p.y, p.z))
      summary.fractional.include(lattice.fractional(p))
    }
    return summary
  }

  private func makeGhosts(_ summaries: [RankSummary]) throws {
    let count = atoms.ownedCount
    halo.choose(from: atoms.position, ownedCount: count, for: summaries, lattice: lattice, reach: reach)
    let total = count + halo.ghostCount
    try communicator.agree(
      on: total < Int(Int32.max)
        ? nil : .runtime("rank \(communicator.rank) has more than 2^31 atoms and ghosts", remedy: "use more ranks"))
    atoms.resize(owned: count, ghosts: halo.ghostCount)
    halo.forward(atoms.id, ownedCount: count)
    halo.forward(atoms.kind, ownedCount: count)
    halo.forwardPositions(atoms.position, ownedCount: count)
  }

  /// Brings every array of the owned atoms into the given order.
  private func permute(_ order: UnsafePointer<KeyedAtom>) {
    let count = atoms.ownedCount
    scratch.reserve(count)
    permute(atoms.position, order, count)
    permute(atoms.velocity, order, count)
    permute(reference.pointer, order, count)
    permute(atoms.image, order, count)
    permute(atoms.id, order, count)
    permute(atoms.kind, order, count)
    permute(atoms.groups, order, count)
    for field in fields { field.permute(order, count, scratch: scratch) }
  }

  @inline(__always)
  private func permute<T: BitwiseCopyable>(
    _ values: UnsafeMutablePointer<T>, _ order: UnsafePointer<KeyedAtom>, _ count: Int
  ) {
    let sorted = UnsafeMutableRawPointer(scratch.pointer).assumingMemoryBound(to: T.self)
    for k in 0..<count { sorted[k] = values[Int(order[k].atom)] }
    values.update(from: sorted, count: count)
  }

  private func updateStatistics() {
    statistics.rebuildCount += 1
    statistics.ownedCount = atoms.ownedCount
    statistics.ghostCount = atoms.ghostCount
    statistics.neighborCount = search.neighborCount
    // Position, force, velocity, image, id, kind, groups.
    statistics.bytes =
      atoms.capacity * (3 * 32 + 16 + 8 + 4 + 4) + reference.bytes + scratch.bytes + halo.bytes + migration.bytes
      + grid.bytes + search.bytes + fields.reduce(0) { $0 + $1.bytes }
  }
}
