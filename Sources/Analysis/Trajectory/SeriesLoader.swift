import Atomistics
import Communication
import Diagnostics
import Formats
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
      var offset = 0
      for rank in 0..<size {
        let frames = slice(start, rank)
        let own = Array(cells[frames.lowerBound - start..<frames.upperBound - start])
        store(received.values + offset, frames: frames, own, &unwrapper)
        offset += 3 * batch.atoms.count * frames.count
      }
      for cell in cells { volume += cell.volume }
      progress(Double(min(frameCount, start + blockLength * size)) / Double(frameCount))
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
  private func read(_ frames: Range<Int>) throws -> (values: ExchangeBuffer, cells: [FrameCell]) {
    let vectors = try trajectory.vectors(quantity == .velocities ? .velocities : .positions, of: frames)
    let cells = zip(vectors.cells, vectors.hasImages).map { FrameCell($0, hasImages: $1) }
    let shares = (0..<communicator.size).map { Self.share(of: atoms, $0, communicator.size) }
    let values = ExchangeBuffer(counts: shares.map { 3 * $0.count * frames.count })
    var target = values.values, total = 0.0
    for share in shares {
      for (place, cell) in cells.enumerated() {
        let start = 3 * (vectors.atomCount * place + share.lowerBound), images = vectors.images.map { $0 + start }
        switch quantity {
        case .velocities: total += scale(vectors.values + start, by: 1000, into: target, count: 3 * share.count)
        case .displacements, .coordinates:
          total += makeFractional(vectors.values + start, images, in: cell, into: target, count: share.count)
        }
        target += 3 * share.count
      }
    }
    guard total.isFinite else { throw notFinite(vectors, frames) }
    return (values, cells)
  }

  private func notFinite(_ vectors: FrameVectors, _ frames: Range<Int>) -> Failure {
    let count = 3 * vectors.atomCount
    let place = frames.first { frame in
      (0..<count).contains { !vectors.values[(frame - frames.lowerBound) * count + $0].isFinite }
    }
    return .input(
      "frame \(trajectory.frames[place ?? frames.lowerBound]) has numbers that are not finite",
      at: Place(file: trajectory.path), remedy: "leave that part out by --skip or --until; the run went wrong there")
  }

  private func exchange(_ packed: ExchangeBuffer, start: Int) -> ExchangeBuffer {
    if communicator.size == 1 { return packed }
    let messages = MessageBatch(communicator), stride = MemoryLayout<Double>.stride
    let room = ExchangeBuffer(counts: (0..<communicator.size).map { 3 * batch.atoms.count * slice(start, $0).count })
    var offset = 0
    for (rank, count) in room.counts.enumerated() {
      messages.receive(room.values + offset, byteCount: count * stride, from: rank)
      offset += count
    }
    offset = 0
    for (rank, count) in packed.counts.enumerated() {
      messages.send(packed.values + offset, byteCount: count * stride, to: rank)
      offset += count
    }
    messages.wait()
    return room
  }

  /// - Parameter values: [frames][own atoms][3].
  private func store(
    _ values: UnsafePointer<Double>, frames: Range<Int>, _ cells: [FrameCell], _ unwrapper: inout Unwrapper
  ) {
    let count = batch.atoms.count
    // So many frames that their values stay in the cache while the atoms take turns.
    let steps = unwrapper.steps(to: cells)
    for first in stride(from: 0, to: frames.count, by: 64) {
      let last = min(frames.count, first + 64)
      for (k, atom) in batch.atoms.enumerated() {
        let source = values + 3 * (first * count + k), series = batch.series(atom: atom, axis: 0) + frames.lowerBound + first
        let run = Unwrapper.Run(
          values: source, stride: 3 * count, count: last - first, series: series, seriesStride: batch.frameCount)
        switch quantity {
        case .displacements: unwrapper.addDisplacements(of: k, run, steps[first..<last])
        case .coordinates: unwrapper.addCoordinates(of: k, run, steps[first..<last])
        case .velocities: run.copy()
        }
      }
    }
  }
}

/// Numbers for each rank, or from each, one after the other.
private final class ExchangeBuffer {
  let values: UnsafeMutablePointer<Double>
  /// [ranks].
  let counts: [Int]

  init(counts: [Int]) {
    self.counts = counts
    values = .allocate(capacity: max(1, counts.reduce(0, +)))
  }

  deinit { values.deallocate() }
}

/// Returns the sum of the results, which is finite if all are.
private func scale(
  _ values: UnsafePointer<Double>, by factor: Double, into target: UnsafeMutablePointer<Double>, count: Int
) -> Double {
  var total = 0.0
  for k in 0..<count {
    target[k] = factor * values[k]
    total += target[k]
  }
  return total
}

/// r h⁻¹, plus the images. Returns the sum of the results, which is finite if all are.
private func makeFractional(
  _ positions: UnsafePointer<Double>, _ images: UnsafePointer<Double>?, in cell: FrameCell,
  into target: UnsafeMutablePointer<Double>, count: Int
) -> Double {
  let a = cell.inverse.rows.0, b = cell.inverse.rows.1, c = cell.inverse.rows.2
  var total = Vector3.zero
  for atom in 0..<count {
    let r = positions + 3 * atom
    var s = r[0] * a + r[1] * b + r[2] * c
    if let images { s += Vector3(images[3 * atom], images[3 * atom + 1], images[3 * atom + 2]) }
    (target[3 * atom], target[3 * atom + 1], target[3 * atom + 2]) = (s.x, s.y, s.z)
    total += s
  }
  return total.sum()
}
