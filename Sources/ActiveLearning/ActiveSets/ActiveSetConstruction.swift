import Atomistics
import Communication
import Diagnostics
import Formats
import PotentialKit

/// Makes a potential's active sets out of a training set: maxvol over all its rows, one set a block.
///
/// Maxvol finds a local maximum of the volume, so on the first batch it starts twice, from placeholders (as MLIP does) and
/// from the pivots of an LU decomposition, and goes on from the larger. Sweeps over the rows, in batches where they do not fit into
/// memory, exchange until a whole sweep exchanges nothing. Then every grade of the training set is at most the tolerance.
public struct ActiveSetConstruction {
  public let sets: [ActiveSetMatrix]
  public let mode: ActiveSetMode
  /// Of the training set.
  public let frameCount: Int
  public let atomCount: Int
  public let exchangeCount: Int
  public let sweepCount: Int
  /// Grades of the training set with the new sets.
  public let grades: GradeStatistics

  /// Collective.
  /// - Parameters:
  ///   - tolerance: above 1.
  ///   - memory: bytes that a batch of rows and their coefficients may take on all ranks together.
  /// - Throws: `Failure.input`: unknown elements, no frames, a mode that the potential does not have.
  public init(
    of potential: any ActiveSetPotential, from source: FrameSource, mode: ActiveSetMode, tolerance: Double = 1.001,
    memory: Int = 1 << 30, communicator: Communicator = .world, progress: (String) -> Void = { _ in }
  ) throws {
    let evaluator = try communicator.together { try RowEvaluator(potential, mode: mode) }
    let batches = RowBatches(evaluator, source, communicator, memory: memory)
    let blocks = potential.activeSetBlocks(mode)
    var solvers: [Maxvol] = [], exchangeCount = 0, sweepCount = 0
    var statistics = GradeStatistics(), volume = -Double.infinity
    while true {
      let exchangesBefore = exchangeCount, volumeBefore = volume
      statistics = GradeStatistics()
      try batches.forEach { batch in
        if solvers.isEmpty {
          solvers = try zip(batch, blocks).map { try Self.start(from: $0, $1, tolerance, communicator, &exchangeCount) }
        }
        for block in blocks.indices {
          var pool = batch[block]
          exchangeCount += try solvers[block].absorb(&pool, tolerance: tolerance).count
          progress("sweep \(sweepCount + 1): \(batches.frameCount) frames, \(exchangeCount) exchanges")
          // Rows that just left are expressed, too, in what they had to leave.
          var graded = batch[block]
          graded.express(in: solvers[block].set)
          statistics.add(graded.grades)
        }
      }
      sweepCount += 1
      volume = solvers.reduce(0) { $0 + ($1.set.logVolume ?? 0) }
      // Exchanges that enlarge nothing are rounding.
      if batches.isSingle || exchangeCount == exchangesBefore || volume <= volumeBefore { break }
    }
    sets = solvers.map(\.set.matrix)
    (frameCount, atomCount) = (batches.frameCount, batches.atomCount)
    (self.mode, self.exchangeCount, self.sweepCount) = (mode, exchangeCount, sweepCount)
    grades = statistics.summed(over: communicator)
  }

  /// The larger of two sets that are best for the first batch.
  private static func start(
    from pool: CandidatePool, _ block: ActiveSetBlock, _ tolerance: Double, _ communicator: Communicator,
    _ exchangeCount: inout Int
  ) throws -> Maxvol {
    // Two rows a column are many to choose from and few to hand to every rank.
    let first = pool.gathered(first: 2 * block.width, communicator)
    let pivots = try communicator.together { try ActiveRows(pivotsOf: first, placeholder: block.placeholder) }
    let starts = [ActiveRows(width: block.width, placeholder: block.placeholder), pivots]
    var solvers = starts.map { Maxvol($0, communicator: communicator) }
    for index in solvers.indices {
      var pool = pool
      exchangeCount += try solvers[index].absorb(&pool, tolerance: tolerance).count
    }
    let volumes = solvers.map { $0.set.logVolume ?? -.infinity }
    return solvers[volumes[1] > volumes[0] ? 1 : 0]
  }

  /// How many rows came from the training set; the others are placeholders for directions that it does not reach.
  public func filledCount(block: Int) -> Int { sets[block].origins.count { $0 != .placeholder } }
}
