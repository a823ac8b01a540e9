import Atomistics
import Communication
import Diagnostics
import Numerics

/// Reads all frames once and keeps the motion of some atoms.
///
/// Unwrapping: fractional displacements from frame to frame, each rounded into (−½, ½] where the file has no image counts,
/// times the mean cell of the two frames, are summed. So a cell that changes (NPT) adds no noise that grows with the number of
/// images, as unwrapping by image counts times the current cell would: S. von Bülow, J. T. Bullerjahn and G. Hummer,
/// J. Chem. Phys. 153, 021101 (2020).
struct SeriesLoader {
  let trajectory: Trajectory
  let quantity: SeriesQuantity
  /// Of the pass, on all ranks.
  let atoms: Range<Int>
  let batch: SeriesBatch
  private let communicator: Communicator
  /// Frames that a rank reads before an exchange.
  private let blockLength: Int

  init(_ trajectory: Trajectory, _ quantity: SeriesQuantity, atoms: Range<Int>) {
    (self.trajectory, self.quantity, self.atoms) = (trajectory, quantity, atoms)
    communicator = trajectory.communicator
    batch = SeriesBatch(
      atoms: Self.share(of: atoms, communicator.rank, communicator.size), frameCount: trajectory.frameCount)
    // About 8 MB a rank.
    blockLength = max(1, min(trajectory.frameCount, (1 << 20) / (3 * max(1, atoms.count))))
  }

  static func share(of atoms: Range<Int>, _ rank: Int, _ size: Int) -> Range<Int> {
    let share = Trajectory.share(of: atoms.count, rank, size)
    return atoms.lowerBound + share.lowerBound..<atoms.lowerBound + share.upperBound
  }

  /// Collective.
  func load(progress: (Double) -> Void) throws -> (batch: SeriesBatch, summary: SeriesSummary) {
    let size = communicator.size, frameCount = trajectory.frameCount
    var unwrapper = Unwrapper(atomCount: batch.atoms.count), volume = 0.0
    for start in stride(from: 0, to: frameCount, by: blockLength * size) {
      let mine = slice(start, communicator.rank)
      let packed = try communicator.together { try read(mine) }
      let received = exchange(packed.values, start: start)
      let cells = communicator.allGather(packed.cells).flatMap { $0 }
      var frame = start
      for rank in 0..<size {
        for k in 0..<slice(start, rank).count {
          store(received[rank], at: k * 3 * batch.atoms.count, frame: frame, cells[frame - start], &unwrapper)
          volume += cells[frame - start].volume
          frame += 1
        }
      }
      progress(Double(frame) / Double(frameCount))
    }
    var summary = SeriesSummary(meanVolume: volume / Double(frameCount))
    summary.largestStep = communicator.max(unwrapper.largestStep)
    return (batch, summary)
  }

  /// The frames that a rank reads of a block.
  private func slice(_ start: Int, _ rank: Int) -> Range<Int> {
    let end = trajectory.frameCount
    return min(end, start + rank * blockLength)..<min(end, start + (rank + 1) * blockLength)
  }

  /// What each rank wants of these frames: [ranks][frames][its atoms][3], fractional unless velocities; and the cells.
  private func read(_ frames: Range<Int>) throws -> (values: [[Double]], cells: [FrameCell]) {
    let shares = (0..<communicator.size).map { Self.share(of: atoms, $0, communicator.size) }
    var values = shares.map { share -> [Double] in
      var room: [Double] = []
      room.reserveCapacity(3 * share.count * frames.count)
      return room
    }
    var cells: [FrameCell] = []
    for frame in frames {
      let configuration = try trajectory.frame(frame, requiresPositions: quantity == .displacements)
      let cell = FrameCell(configuration.cell, hasImages: configuration.images != nil)
      cells.append(cell)
      for (rank, share) in shares.enumerated() {
        for atom in share {
          let vector = try self.vector(configuration, atom, cell, frame)
          values[rank].append(vector.x)
          values[rank].append(vector.y)
          values[rank].append(vector.z)
        }
      }
    }
    return (values, cells)
  }

  private func vector(_ frame: Configuration, _ atom: Int, _ cell: FrameCell, _ number: Int) throws -> Vector3 {
    switch quantity {
    case .displacements:
      let fractional = frame.positions[atom] * cell.inverse
      return frame.images.map { fractional + Vector3($0[atom]) } ?? fractional
    case .velocities:
      guard let velocities = frame.velocities else {
        throw Failure.input(
          "frame \(trajectory.frames[number]) has no velocities", at: Place(file: trajectory.path),
          remedy: "write the trajectory with velocities")
      }
      return 1000 * velocities[atom]
    }
  }

  private func exchange(_ values: [[Double]], start: Int) -> [[Double]] {
    if communicator.size == 1 { return values }
    let messages = MessageBatch(communicator), stride = MemoryLayout<Double>.stride
    let counts = (0..<communicator.size).map { 3 * batch.atoms.count * slice(start, $0).count }
    let room = UnsafeMutablePointer<Double>.allocate(capacity: max(1, counts.reduce(0, +)))
    defer { room.deallocate() }
    var offset = 0
    for (rank, count) in counts.enumerated() {
      messages.receive(room + offset, byteCount: count * stride, from: rank)
      offset += count
    }
    let sent = values.map { part in
      let copy = UnsafeMutableBufferPointer<Double>.allocate(capacity: part.count)
      _ = copy.update(from: part)
      return copy
    }
    defer { sent.forEach { $0.deallocate() } }
    for (rank, part) in sent.enumerated() {
      if let base = part.baseAddress { messages.send(base, byteCount: part.count * stride, to: rank) }
    }
    messages.wait()
    offset = 0
    return counts.map { count in
      defer { offset += count }
      return Array(UnsafeBufferPointer(start: room + offset, count: count))
    }
  }

  private func store(_ values: [Double], at offset: Int, frame: Int, _ cell: FrameCell, _ unwrapper: inout Unwrapper) {
    for (k, atom) in batch.atoms.enumerated() {
      let place = offset + 3 * k
      var vector = Vector3(values[place], values[place + 1], values[place + 2])
      if quantity == .displacements { vector = unwrapper.displacement(of: k, at: vector, in: cell) }
      for axis in 0..<3 { batch.series(atom: atom, axis: axis)[frame] = vector[axis] }
    }
    unwrapper.previousCell = cell
  }
}
