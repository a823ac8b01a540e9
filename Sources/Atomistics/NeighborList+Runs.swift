/// Runs of neighbors of one kind: entries are ordered by kind. Everything here is inlined into kernels.
extension NeighborList {
  /// The first entry in `start ..< end`, all of one center, whose kind is larger, by bisection.
  ///
  /// - Parameter kinds: the kind of each atom, owned or ghost.
  @inlinable @inline(__always)
  public func endOfKind(_ kind: Int, _ kinds: UnsafePointer<Int32>, from start: Int, to end: Int) -> Int {
    var low = start, high = end
    while low < high {
      let middle = (low &+ high) &>> 1
      if Int(kinds[Int(neighbors[middle])]) <= kind { low = middle &+ 1 } else { high = middle }
    }
    return low
  }

  /// Calls `body` for each kind among the neighbors of a center, with the kind's run of entries.
  @inlinable @inline(__always)
  public func forEachRun(
    of center: Int, _ kinds: UnsafePointer<Int32>, _ body: (_ kind: Int, _ run: UnsafePointer<Int32>, _ count: Int) -> Void
  ) {
    var first = offsets[center], kind = 0
    let end = offsets[center &+ 1]
    while first < end {
      let next = kind == kindCount &- 1 ? end : endOfKind(kind, kinds, from: first, to: end)
      body(kind, neighbors + first, next &- first)
      first = next
      kind &+= 1
    }
  }
}
