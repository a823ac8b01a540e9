import Atomistics
import Communication
import Numerics

/// Deals the frames of a run to the ranks, so that as many frames are analyzed at a time as there are ranks.
///
/// The k-th goes, whole, to rank k mod ranks, whenever it is worked on: sums do not depend on when that was.
public final class FrameDealer {
  /// What a rank holds and has not worked on yet: which analysis takes it, and as which of its frames.
  public typealias Held = [(frame: Configuration, use: [(analysis: Int, number: Int)])]

  /// Frames so far.
  public var dealt = 0
  /// This rank's.
  public var held: Held = []
  private let communicator: Communicator
  private let elements: [Element]
  private let masses: [Double]

  /// - Parameter atoms: in the order of positions, on every rank.
  public init(_ communicator: Communicator, elements: [Element], masses: [Double]) {
    (self.communicator, self.elements, self.masses) = (communicator, elements, masses)
  }

  /// Brings a frame from root to the rank whose turn it is. Collective.
  /// - Parameters:
  ///   - positions: [atoms], Å; of root.
  ///   - use: the same on every rank.
  /// - Returns: whether every rank holds one now, so that it is time to work.
  public func deal(
    positions: [Vector3], cell: Cell, step: Int, time: Double, use: [(analysis: Int, number: Int)]
  ) -> Bool {
    let owner = dealt % communicator.size
    dealt += 1
    if let positions = move(positions, to: owner) {
      var frame = Configuration(cell: cell, elements: elements, positions: positions)
      (frame.masses, frame.step, frame.time) = (masses, step, time)
      held.append((frame, use))
    }
    return owner == communicator.size - 1
  }

  /// Hands out what this rank holds, in the order in which it came. Local.
  public func work(_ body: (Configuration, _ analysis: Int, _ number: Int) throws -> Void) throws {
    let work = held
    held = []
    for (frame, use) in work {
      for (analysis, number) in use { try body(frame, analysis, number) }
    }
  }

  /// nil on ranks that do not get them.
  private func move(_ positions: [Vector3], to owner: Int) -> [Vector3]? {
    if owner == 0 { return communicator.isRoot ? positions : nil }
    guard communicator.isRoot || communicator.rank == owner else { return nil }
    let messages = MessageBatch(communicator), byteCount = elements.count * MemoryLayout<Vector3>.stride
    if communicator.isRoot {
      positions.withUnsafeBytes { bytes in
        if let base = bytes.baseAddress { messages.send(base, byteCount: byteCount, to: owner) }
        messages.wait()
      }
      return nil
    }
    return [Vector3](unsafeUninitializedCapacity: elements.count) { room, count in
      if let base = room.baseAddress { messages.receive(base, byteCount: byteCount, from: 0) }
      messages.wait()
      count = elements.count
    }
  }
}
