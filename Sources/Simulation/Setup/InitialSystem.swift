import Atomistics
import Communication
import Decomposition
import Diagnostics
import Numerics

/// The atoms of a run before they are dealt out: all records on root, and the facts that every rank needs.
struct InitialSystem {
  let cell: Cell
  let kinds: [AtomKind]
  let atomCount: Int
  /// All atoms on root, none elsewhere.
  let records: [AtomRecord]

  /// Root's frame, told to the other ranks. Collective.
  /// - Parameters:
  ///   - frame: makes it; called on root alone. What it throws, every rank throws.
  ///   - groups: the groups of each of its atoms; called on root alone, as `frame`.
  init(
    communicator: Communicator, frame: () throws -> Configuration,
    groups: (Configuration) throws -> [UInt32] = { [UInt32](repeating: 0, count: $0.count) }
  ) throws {
    let prepared = try communicator.onRoot {
      let frame = try frame()
      let (kinds, index) = frame.kinds()
      return (Facts(frame.cell, kinds, frame.count), Self.records(of: frame, kindIndex: index, groups: try groups(frame)))
    }
    let facts = Facts(encoded: communicator.broadcast(prepared?.0.encoded ?? []))
    (cell, kinds, atomCount) = (facts.cell, facts.kinds, facts.atomCount)
    records = prepared?.1 ?? []
  }

  /// From a checkpoint, which root alone holds. Collective.
  init(communicator: Communicator, checkpoint: RunCheckpoint?) {
    let mine = checkpoint.map { Facts($0.cell, $0.kinds, $0.records.count) }
    let facts = Facts(encoded: communicator.broadcast(mine?.encoded ?? []))
    (cell, kinds, atomCount) = (facts.cell, facts.kinds, facts.atomCount)
    records = checkpoint?.records ?? []
  }

  private static func records(of frame: Configuration, kindIndex: [Int32], groups: [UInt32]) -> [AtomRecord] {
    (0..<frame.count).map { i in
      AtomRecord(
        id: frame.ids?[i] ?? Int64(i + 1), kind: kindIndex[i], position: frame.positions[i],
        velocity: frame.velocities?[i] ?? .zero, image: frame.images?[i] ?? .zero, reference: frame.positions[i],
        groups: groups[i])
    }
  }
}

/// Cell, kinds and count as numbers, for the broadcast.
private struct Facts {
  let cell: Cell
  let kinds: [AtomKind]
  let atomCount: Int

  init(_ cell: Cell, _ kinds: [AtomKind], _ atomCount: Int) {
    (self.cell, self.kinds, self.atomCount) = (cell, kinds, atomCount)
  }

  var encoded: [Double] {
    cell.vectors.elements + cell.periodic.flags.map { $0 ? 1 : 0 } + [Double(atomCount)]
      + kinds.flatMap { [Double($0.element.atomicNumber), $0.mass] }
  }

  init(encoded e: [Double]) {
    let kinds = stride(from: 13, to: e.count, by: 2).compactMap { i in
      Element(atomicNumber: Int(e[i])).map { AtomKind(element: $0, mass: e[i + 1]) }
    }
    self.init(
      Cell(vectors: Matrix3(elements: Array(e[0..<9])), periodic: Periodicity(e[9] == 1, e[10] == 1, e[11] == 1)),
      kinds, Int(e[12]))
  }
}
