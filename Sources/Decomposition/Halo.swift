import Atomistics
import Communication
import Numerics

/// Which owned atoms are ghosts of which rank, and the exchange of per-atom arrays along these lists.
///
/// Every rank sends directly to each rank that needs its atoms, itself included (periodic images). Ghosts stand in
/// order of source rank, then periodic shift, then the source's local order: so what comes from one rank is one stretch
/// of every per-atom array, received in place on the way out and sent in place on the way back.
final class Halo {
  /// Owned atoms `list[start ..< end]` displaced by one periodic shift.
  struct Segment {
    var rank: Int
    /// In whole cells, and as the Cartesian vector that they come to in the present cell, Å.
    var cells: SIMD3<Int>
    var shift: SIMD4<Double>
    var start: Int
    var end: Int
  }

  /// What goes to, or comes from, one rank: a stretch of the send list or of the ghosts.
  struct Peer {
    var rank: Int
    var start: Int
    var count: Int
    /// Segments of a destination.
    var segments: Range<Int>
  }

  let communicator: Communicator
  private let messages: MessageBatch
  private let selection = HaloSelection()
  private let buffer = Storage<UInt64>()
  /// Ascending by rank.
  private var destinations: [Peer] = []
  private var sources: [Peer] = []
  private(set) var ghostCount = 0

  private var list: Storage<Int32> { selection.list }
  private var segments: [Segment] { selection.segments }

  init(_ communicator: Communicator) {
    self.communicator = communicator
    messages = MessageBatch(communicator)
  }

  var bytes: Int { selection.bytes + buffer.bytes }

  /// Chooses what to send to the ranks that `summaries` describes, and learns from them how many ghosts come from
  /// where. Collective.
  func choose(
    from position: UnsafePointer<SIMD4<Double>>, ownedCount: Int, for summaries: [RankSummary], lattice: Lattice,
    reach: Double
  ) {
    selection.select(
      from: position, ownedCount, for: summaries, rank: communicator.rank, lattice: lattice, reach: reach)
    var counts = [Int](repeating: 0, count: communicator.size)
    destinations.removeAll(keepingCapacity: true)
    for (index, segment) in segments.enumerated() {
      counts[segment.rank] += segment.end - segment.start
      if let last = destinations.last, last.rank == segment.rank {
        destinations[destinations.count - 1].count += segment.end - segment.start
        destinations[destinations.count - 1].segments = last.segments.lowerBound..<index + 1
      } else {
        destinations.append(
          Peer(
            rank: segment.rank, start: segment.start, count: segment.end - segment.start, segments: index..<index + 1))
      }
    }
    sources.removeAll(keepingCapacity: true)
    ghostCount = 0
    for (rank, count) in communicator.allToAll(counts).enumerated() where count > 0 {
      sources.append(Peer(rank: rank, start: ghostCount, count: count, segments: 0..<0))
      ghostCount += count
    }
  }

  /// From now on ghosts are displaced by the vectors of another lattice. Local.
  func setShifts(_ lattice: Lattice) { selection.setShifts(lattice) }

  // MARK: Owners to ghosts

  /// Fills the ghosts' section of `values`, which starts `ownedCount` elements in: owners' positions plus the periodic
  /// shifts.
  func forwardPositions(_ values: UnsafeMutablePointer<SIMD4<Double>>, ownedCount: Int) {
    forward(values, width: 1, ownedCount: ownedCount) { list, count, shift, target in
      for k in 0..<count { target[k] = values[Int(list[k])] + shift }
    }
  }

  /// Fills the ghosts' section of `values` with copies of their owners' elements.
  func forward<T: BitwiseCopyable>(_ values: UnsafeMutablePointer<T>, ownedCount: Int) {
    forward(values, width: 1, ownedCount: ownedCount) { list, count, _, target in
      for k in 0..<count { target[k] = values[Int(list[k])] }
    }
  }

  /// The same for `width` elements an atom.
  func forward<T: BitwiseCopyable>(_ values: UnsafeMutablePointer<T>, width: Int, ownedCount: Int) {
    forward(values, width: width, ownedCount: ownedCount) { list, count, _, target in
      for k in 0..<count {
        let from = values + Int(list[k]) &* width
        let to = target + k &* width
        for c in 0..<width { to[c] = from[c] }
      }
    }
  }

  /// Receives in place; packs each destination's part and sends it at once, its own images straight into place.
  @inline(__always)
  private func forward<T: BitwiseCopyable>(
    _ values: UnsafeMutablePointer<T>, width: Int, ownedCount: Int,
    pack: (UnsafePointer<Int32>, Int, SIMD4<Double>, UnsafeMutablePointer<T>) -> Void
  ) {
    let size = MemoryLayout<T>.stride &* width
    let ghosts = values + ownedCount &* width
    let packed = packBuffer(T.self, width)
    for source in sources where source.rank != communicator.rank {
      messages.receive(ghosts + source.start &* width, byteCount: source.count &* size, from: source.rank)
    }
    for destination in destinations {
      let isSelf = destination.rank == communicator.rank
      let base = isSelf ? ghosts + selfStart &* width : packed + destination.start &* width
      for index in destination.segments {
        let segment = segments[index]
        pack(
          list.pointer + segment.start, segment.end &- segment.start, segment.shift,
          base + (segment.start &- destination.start) &* width)
      }
      if !isSelf { messages.send(base, byteCount: destination.count &* size, to: destination.rank) }
    }
    messages.wait()
  }

  // MARK: Ghosts to owners

  /// Adds each ghost's `width` elements to its owner's, rank by rank, so that the same ranks give the same bits.
  func reverse(_ values: UnsafeMutablePointer<Double>, width: Int, ownedCount: Int) {
    if width == 1 {
      reverse(values, width: 1, ownedCount: ownedCount) { list, count, from in
        for k in 0..<count { values[Int(list[k])] += from[k] }
      }
    } else {
      reverse(values, width: width, ownedCount: ownedCount) { list, count, from in
        for k in 0..<count {
          let owner = values + Int(list[k]) &* width
          let ghost = from + k &* width
          for c in 0..<width { owner[c] += ghost[c] }
        }
      }
    }
  }

  /// The same for vectors.
  func reverse(_ values: UnsafeMutablePointer<SIMD4<Double>>, ownedCount: Int) {
    reverse(values, width: 1, ownedCount: ownedCount) { list, count, from in
      for k in 0..<count { values[Int(list[k])] += from[k] }
    }
  }

  @inline(__always)
  private func reverse<T: BitwiseCopyable>(
    _ values: UnsafeMutablePointer<T>, width: Int, ownedCount: Int,
    add: (UnsafePointer<Int32>, Int, UnsafePointer<T>) -> Void
  ) {
    let size = MemoryLayout<T>.stride &* width
    let ghosts = values + ownedCount &* width
    let received = packBuffer(T.self, width)
    for destination in destinations where destination.rank != communicator.rank {
      messages.receive(
        received + destination.start &* width, byteCount: destination.count &* size, from: destination.rank)
    }
    for source in sources where source.rank != communicator.rank {
      messages.send(ghosts + source.start &* width, byteCount: source.count &* size, to: source.rank)
    }
    messages.wait()
    for destination in destinations {
      let isSelf = destination.rank == communicator.rank
      let base = isSelf ? ghosts + selfStart &* width : received + destination.start &* width
      add(list.pointer + destination.start, destination.count, UnsafePointer(base))
    }
  }

  /// Where this rank's own images start among its ghosts.
  private var selfStart: Int { sources.first { $0.rank == communicator.rank }?.start ?? 0 }

  private func packBuffer<T: BitwiseCopyable>(_ type: T.Type, _ width: Int) -> UnsafeMutablePointer<T> {
    // Two words more than needed, as malloc aligns to 16 bytes and vectors of four doubles want 32.
    let byteCount = selection.count * width * MemoryLayout<T>.stride
    buffer.reserve(byteCount / 8 + 5)
    let raw = UnsafeMutableRawPointer(buffer.pointer).alignedUp(for: T.self)
    return raw.assumingMemoryBound(to: T.self)
  }
}
