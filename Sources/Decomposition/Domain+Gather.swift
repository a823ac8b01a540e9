import Communication

/// Where, in order of ids, each rank's owned atoms go: computed once between two rebuilds.
struct GatherPlan {
  /// Owned atoms of each rank.
  var counts: [Int]
  /// On root: the place of each atom, ranks one after the other in local order. Empty elsewhere.
  var places: [Int]
  /// On root: all ids, ascending. Empty elsewhere.
  var ids: [Int64]
}

extension Domain {
  /// The ids of all atoms in ascending order on root, an empty array elsewhere. Collective.
  public func gatherIdsToRoot() -> [Int64] { plannedGather().ids }

  /// `width` elements of each owned atom, given in local order, from all ranks: on root in order of ids,
  /// [atoms][width]; elsewhere an empty array. Ranks but root need no memory for it; root holds the result and one
  /// rank's part. Collective.
  public func gatherToRoot<T: BitwiseCopyable>(_ owned: UnsafePointer<T>, width: Int = 1) -> [T] {
    let plan = plannedGather()
    guard communicator.isRoot else {
      collect(owned, width: width, counts: plan.counts) { _, _ in }
      return []
    }
    return [T](unsafeUninitializedCapacity: atomCount * width) { result, initialized in
      guard let base = result.baseAddress else { return }
      collect(owned, width: width, counts: plan.counts) { k, element in
        (base + plan.places[k] * width).initialize(from: element, count: width)
      }
      initialized = atomCount * width
    }
  }

  /// The inverse of `gatherToRoot`: each owned atom gets its `width` elements, in local order, of `values`, which root has
  /// in order of ids, [atoms][width]; what the other ranks give is not looked at. Root needs one rank's part of memory.
  /// Collective.
  public func scatterFromRoot<T: BitwiseCopyable>(
    _ values: [T], width: Int = 1, to owned: UnsafeMutablePointer<T>
  ) {
    let plan = plannedGather()
    let messages = MessageBatch(communicator)
    let size = MemoryLayout<T>.stride * width
    guard communicator.isRoot else {
      messages.receive(owned, byteCount: atoms.ownedCount * size, from: 0)
      messages.wait()
      return
    }
    let part = UnsafeMutablePointer<T>.allocate(capacity: (plan.counts.dropFirst().max() ?? 0) * width)
    defer { part.deallocate() }
    var first = 0
    values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return }
      for (rank, count) in plan.counts.enumerated() {
        let target = rank == 0 ? owned : part
        for k in 0..<count {
          (target + k * width).update(from: base + plan.places[first + k] * width, count: width)
        }
        first += count
        if rank > 0 { messages.send(part, byteCount: count * size, to: rank) }
        messages.wait()
      }
    }
  }

  private func plannedGather() -> GatherPlan {
    if let gatherPlan { return gatherPlan }
    var plan = GatherPlan(counts: communicator.allGather(atoms.ownedCount), places: [], ids: [])
    var ids: [Int64] = []
    if communicator.isRoot { ids.reserveCapacity(atomCount) }
    collect(UnsafePointer(atoms.id), width: 1, counts: plan.counts) { _, id in ids.append(id[0]) }
    (plan.places, plan.ids) = Self.arrange(ids)
    gatherPlan = plan
    return plan
  }

  /// The place of each id in ascending order, and the ids in that order.
  private static func arrange(_ ids: [Int64]) -> (places: [Int], ids: [Int64]) {
    let lowest = ids.min() ?? 0
    var places = [Int](repeating: 0, count: ids.count)
    var sorted = [Int64](repeating: .max, count: ids.count)
    for (k, id) in ids.enumerated() {
      // Without gaps and repetitions an id says its place.
      let (place, overflow) = id.subtractingReportingOverflow(lowest)
      guard !overflow, place < ids.count, sorted[Int(place)] == .max else { return arrangeAny(ids) }
      places[k] = Int(place)
      sorted[Int(place)] = id
    }
    return (places, sorted)
  }

  private static func arrangeAny(_ ids: [Int64]) -> (places: [Int], ids: [Int64]) {
    let order = ids.indices.sorted { (ids[$0], $0) < (ids[$1], $1) }
    var places = [Int](repeating: 0, count: ids.count)
    for (place, k) in order.enumerated() { places[k] = place }
    return (places, order.map { ids[$0] })
  }

  /// On root, calls `use` with each atom's elements, rank after rank; the others send theirs.
  private func collect<T: BitwiseCopyable>(
    _ owned: UnsafePointer<T>, width: Int, counts: [Int], use: (Int, UnsafePointer<T>) -> Void
  ) {
    let messages = MessageBatch(communicator)
    let size = MemoryLayout<T>.stride * width
    guard communicator.isRoot else {
      messages.send(owned, byteCount: atoms.ownedCount * size, to: 0)
      messages.wait()
      return
    }
    var place = 0
    for k in 0..<atoms.ownedCount {
      use(place, owned + k * width)
      place += 1
    }
    let largest = counts.dropFirst().max() ?? 0
    let part = UnsafeMutablePointer<T>.allocate(capacity: largest * width)
    defer { part.deallocate() }
    for rank in counts.indices.dropFirst() {
      messages.receive(part, byteCount: counts[rank] * size, from: rank)
      messages.wait()
      for k in 0..<counts[rank] {
        use(place, part + k * width)
        place += 1
      }
    }
  }
}
