import Atomistics
import Diagnostics
import Numerics

extension Domain {
  /// Records sent to their owners in one round: bounds the memory of a start from one rank.
  private static let roundSize = 1 << 16

  /// Takes over a run's atoms, in any distribution over the ranks, and builds everything.
  ///
  /// A fresh start wraps the atoms into the cell and balances. A restart builds from the reference positions, unwrapped,
  /// in the reference cell (nil: the domain's own) and with the given cuts if they are for this number of ranks, then
  /// sets the domain's cell and the positions: the state is bit for bit that of the run that went on.
  /// - Throws: `Failure.input`, on all ranks alike, for a cell that cannot be simulated, no atoms, a kind out of
  ///   range, an id twice, a position that is not finite, or a cell so small that its images within the cutoff
  ///   cannot be counted.
  public func load(
    _ records: [AtomRecord], cuts given: Cuts?, isRestart: Bool, referenceCell old: Cell? = nil
  ) throws {
    let current = cell
    if isRestart, let old {
      try communicator.together { try current.validate() }
      setCell(old)
    }
    adoptCell()
    try communicator.together { try check(records) }
    let count = communicator.sum(records.count)
    guard count > 0 else {
      throw Failure.input("there are no atoms", remedy: "give a structure with at least one atom")
    }
    if let reason = crowding(count) {
      throw Failure.input("the cell is too small: \(reason)", remedy: "check the cell's unit or replicate the cell")
    }
    let points = UnsafeMutableBufferPointer<Vector3>.allocate(capacity: records.count)
    defer { points.deallocate() }
    for (k, record) in records.enumerated() {
      points.initializeElement(at: k, to: lattice.fractional(SIMD4(placed(record, isRestart).position, 0)))
    }
    if isRestart, let given, given.rankCount == communicator.size {
      cuts = given
    } else {
      cuts = Balancer(
        communicator: communicator, heights: lattice.heights, points: UnsafeBufferPointer(points), weights: nil
      ).findCuts()
    }
    distribute(records, points, isRestart)
    for field in fields { field.clear(atoms.ownedCount) }
    try build()
    if isRestart {
      setCell(current)
      restoreCurrentPositions()
    } else if isUneven {
      // Only now is known what each atom costs.
      balance()
      migrate()
      try build()
    }
    try checkIds()
  }

  /// A record as it is built from. Restart: reference and position trade places until the list stands.
  private func placed(_ record: AtomRecord, _ isRestart: Bool) -> AtomRecord {
    var placed = record
    if isRestart {
      (placed.position, placed.reference) = (record.reference, record.position)
      return placed
    }
    let position = SIMD4(record.position, 0)
    let cells = lattice.fractional(position).rounded(.down) * lattice.periodicMask
    if cells != .zero {
      let (wrapped, image) = lattice.wrap(position, SIMD4(record.image, 0), by: cells)
      placed.position = Vector3(wrapped.x, wrapped.y, wrapped.z)
      placed.image = SIMD3(image.x, image.y, image.z)
    }
    placed.reference = placed.position
    return placed
  }

  private func distribute(_ records: [AtomRecord], _ points: UnsafeMutableBufferPointer<Vector3>, _ isRestart: Bool) {
    resizeOwned(0)
    var start = 0
    repeat {
      let end = min(start + Self.roundSize, records.count)
      let first = start
      let arrived = migration.exchange(
        count: end - start, destination: { cuts.owner(of: points[first + $0]) },
        record: { placed(records[first + $0], isRestart) })
      let count = atoms.ownedCount
      resizeOwned(count + arrived.count)
      for (k, record) in arrived.enumerated() { store(record, at: count + k) }
      start = end
    } while communicator.any(start < records.count)
  }

  /// Ends the trade of `placed`: what the list was built from becomes the reference.
  private func restoreCurrentPositions() {
    for i in 0..<atoms.ownedCount { swap(&atoms.position[i], &reference.pointer[i]) }
    updateGhosts()
  }

  private func check(_ records: [AtomRecord]) throws {
    try cell.validate()
    guard cutoff > 0, cutoff.isFinite, skin >= 0, skin.isFinite else {
      throw Failure.input("the cutoff (\(cutoff) Å) must be positive and the skin (\(skin) Å) not negative")
    }
    for record in records {
      guard 0..<Int32(kindCount) ~= record.kind else {
        throw Failure.input("atom \(record.id) has kind \(record.kind), of \(kindCount)")
      }
      guard !lattice.isLost(SIMD4(record.position, 0)), !lattice.isLost(SIMD4(record.reference, 0)) else {
        throw Failure.input(
          "the position of atom \(record.id) is not finite or more than \(lattice.farthest) Å from the origin")
      }
    }
  }

  private func checkIds() throws {
    let ids = gatherIdsToRoot()
    try communicator.onRoot {
      for (id, next) in zip(ids, ids.dropFirst()) where id == next {
        throw Failure.input("two atoms have the id \(id)", remedy: "give every atom an id of its own")
      }
    }
  }}
