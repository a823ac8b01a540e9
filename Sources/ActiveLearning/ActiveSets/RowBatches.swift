import Communication
import PotentialKit

/// Walks over the rows of a source in batches of bounded memory, each dealt to the ranks frame by frame.
///
/// What a batch holds does not depend on the number of ranks. A source that fits one batch is evaluated once and kept.
final class RowBatches {
  private let evaluator: RowEvaluator
  private let source: FrameSource
  private let communicator: Communicator
  /// Rows of a batch, on all ranks together.
  let capacity: Int
  private var kept: [CandidatePool]?
  private(set) var frameCount = 0
  private(set) var atomCount = 0

  /// - Parameter memory: bytes that the rows of a batch and their coefficients may take on all ranks together.
  init(_ evaluator: RowEvaluator, _ source: FrameSource, _ communicator: Communicator, memory: Int) {
    self.evaluator = evaluator
    self.source = source
    self.communicator = communicator
    let widest = evaluator.potential.activeSetBlocks(evaluator.mode).map(\.width).max() ?? 1
    capacity = max(1, memory / (16 * widest))
  }

  /// Whether one batch held everything, so that another sweep finds the same.
  var isSingle: Bool { kept != nil }

  /// Calls `body` with each batch, one pool a block, on all ranks. Collective.
  func forEach(_ body: ([CandidatePool]) throws -> Void) throws {
    if let kept { return try body(kept) }
    (frameCount, atomCount) = (0, 0)
    var batch = emptyBatch, rows = 0, batchCount = 0
    var loads = [Int](repeating: 0, count: communicator.size)
    try source.forEach(communicator) { frame in
      let count = frame.configuration.count, added = evaluator.mode == .configuration ? 1 : count
      if rows > 0, rows + added > capacity {
        try body(batch)
        (batch, rows) = (emptyBatch, 0)
        batchCount += 1
      }
      // The rank with the least so far; the lowest of several.
      let owner = loads.indices.min { (loads[$0], $0) < (loads[$1], $1) } ?? 0
      loads[owner] += count
      let pools = try communicator.together { owner == communicator.rank ? try evaluator.pools(of: frame) : [] }
      for (block, pool) in pools.enumerated() { batch[block].append(pool) }
      rows += added
      frameCount += 1
      atomCount += count
    }
    if batchCount == 0 { kept = batch }
    try body(batch)
  }

  private var emptyBatch: [CandidatePool] {
    evaluator.potential.activeSetBlocks(evaluator.mode).map { CandidatePool(width: $0.width) }
  }
}
