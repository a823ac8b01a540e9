import Communication
import Foundation
import PotentialKit

/// The sets as they grow, the candidates worth keeping, and the frames picked so far.
struct FrameChooser {
  private var solvers: [Maxvol]
  /// This rank's rows of frames that may be picked, a pool a block.
  private var reservoir: [CandidatePool]
  /// Rows of picked frames, and of the first sets, that are not in the sets now: they may come back. On the lowest rank.
  private var spare: [CandidatePool]
  private var picks: [CandidateSelection.Pick] = []
  private let threshold: Double
  private let tolerance: Double
  private let largestCount: Int
  private let communicator: Communicator

  init(
    _ sets: [ActiveSetMatrix], threshold: Double, tolerance: Double, largestCount: Int, _ communicator: Communicator
  ) {
    solvers = sets.map { set in
      var set = set
      set.origins = set.origins.map(ActiveSetOrigin.init(former:))
      return Maxvol(ActiveRows(set), communicator: communicator)
    }
    reservoir = sets.map { CandidatePool(width: $0.width) }
    spare = reservoir
    self.threshold = threshold
    self.tolerance = tolerance
    self.largestCount = largestCount
    self.communicator = communicator
  }

  var hasPicked: Bool { !picks.isEmpty }
  /// Whether as many frames own rows as may be picked.
  var isDone: Bool { picks.count >= largestCount && finalPicks.count >= largestCount }

  /// Whether the reservoirs of all ranks together hold as many rows as a batch may. Collective.
  func isFull(_ capacity: Int) -> Bool { communicator.sum(reservoir.reduce(0) { $0 + $1.count }) >= capacity }

  /// Keeps the rows above 1 of frames above the threshold that have not been picked; whether there are any here.
  mutating func collect(from batch: [CandidatePool], statistics: inout GradeStatistics) -> Bool {
    var graded = batch, grades: [[Double]] = []
    for block in graded.indices {
      graded[block].express(in: solvers[block].set)
      grades.append(graded[block].grades)
      statistics.add(grades[block])
    }
    let picked = Set(picks.map { Int32($0.number) })
    var wanted: Set<Int32> = []
    for (pool, grades) in zip(graded, grades) {
      for (origin, grade) in zip(pool.origins, grades) where grade > threshold { wanted.insert(origin.configuration) }
    }
    wanted.subtract(picked)
    for block in graded.indices {
      let (origins, grades) = (graded[block].origins, grades[block])
      graded[block].removeAll { !wanted.contains(origins[$0].configuration) || grades[$0] <= 1 }
      reservoir[block].append(graded[block])
    }
    return !wanted.isEmpty
  }

  /// Picks from the reservoir, the largest grade first, until none is above the threshold; empties it. Collective.
  mutating func choose(_ progress: (String) -> Void) throws {
    for block in solvers.indices { reservoir[block].express(in: solvers[block].set) }
    while !isDone, let worst = worstFrame(), worst.grade > threshold {
      var pick = CandidateSelection.Pick(number: worst.number, grade: worst.grade)
      for block in solvers.indices {
        let origins = reservoir[block].origins
        var taken = reservoir[block]
        taken.removeAll { origins[$0].configuration != Int32(worst.number) }
        spare[block].append(taken)
        reservoir[block].removeAll { origins[$0].configuration == Int32(worst.number) }
        let exchanges = try solvers[block].absorb(&spare[block], tolerance: tolerance)
        pick.gain += exchanges.reduce(0) { $0 + log(abs($1.value)) }
        reservoir[block].express(in: solvers[block].set)
      }
      picks.append(pick)
      progress("picked \(picks.count) frames, the last with a grade of \((100 * worst.grade).rounded() / 100)")
    }
    for block in reservoir.indices { reservoir[block] = CandidatePool(width: reservoir[block].width) }
  }

  /// The frame with the largest grade over all ranks; of those whose grades differ by rounding alone the first. Collective.
  private func worstFrame() -> (number: Int, grade: Double)? {
    let largest = communicator.max(reservoir.map(\.largestMagnitude).max() ?? 0)
    var mine = Worst()
    for (block, pool) in reservoir.enumerated() {
      guard let first = pool.first(atLeast: (1 - Maxvol.tie) * largest) else { continue }
      let origin = pool.origins[first.row]
      if mine.row < 0 || origin < mine.origin { mine = Worst(block: block, row: first.row, origin: origin) }
    }
    let all = communicator.allGather(mine), found = all.indices.filter { all[$0].row >= 0 }
    guard let rank = found.min(by: { all[$0].origin < all[$1].origin }) else { return nil }
    let worst = all[rank], isMine = rank == communicator.rank
    // Computed from the row alone: the same bits however the rows are dealt out.
    let row = communicator.allGather(isMine ? reservoir[worst.block].row(worst.row) : []).flatMap { $0 }
    let coefficients = solvers[worst.block].set.coefficients(of: row, count: 1)
    return (Int(worst.origin.configuration), coefficients.map { abs($0) }.max() ?? 0)
  }

  /// Where a rank's worst row stands.
  private struct Worst: BitwiseCopyable {
    var block = 0
    var row = -1
    var origin = ActiveSetOrigin.placeholder
  }

  /// The sets as they are now.
  var sets: [ActiveRows] { solvers.map(\.set) }

  /// The picks whose rows are in the sets, with their atoms.
  var finalPicks: [CandidateSelection.Pick] {
    var atoms: [Int: [Int]] = [:]
    for origin in solvers.flatMap(\.set.origins) where origin.configuration >= 0 {
      atoms[Int(origin.configuration), default: []].append(Int(origin.atom))
    }
    return picks.compactMap { pick in
      guard let own = atoms[pick.number] else { return nil }
      var pick = pick
      pick.atoms = own.sorted()
      return pick
    }
  }
}
