import Communication
import Foundation
import Numerics
import PotentialKit

/// Picks frames beyond those of square maxvol, up to a number: the one whose longest row is longest in terms of all rows
/// that were picked, again and again (rectangular maxvol).
///
/// With a frame all of its rows that are longer than 1 enter, the longest in any case. Where the candidates do not fit into
/// memory, what is picked among some of them competes with the next ones.
struct FrameFiller {
  private let squares: [ActiveRows]
  private let seeds: [CandidateSelection.Pick]
  private let count: Int
  private let communicator: Communicator
  /// This rank's rows, a pool a block, expressed in the square sets.
  private var reservoir: [CandidatePool]
  private var sets: [RectangularMaxvol] = []
  /// |c|² of the reservoir's rows.
  private var lengths: [[Double]] = []
  /// The seeds, and the frames that follow them.
  private(set) var picks: [CandidateSelection.Pick]

  /// - Parameters:
  ///   - squares: a set a block, after square maxvol.
  ///   - picks: what square maxvol has picked.
  ///   - count: of all picks together.
  init(_ squares: [ActiveRows], after picks: [CandidateSelection.Pick], count: Int, _ communicator: Communicator) {
    (self.squares, seeds, self.picks, self.count, self.communicator) = (squares, picks, picks, count, communicator)
    reservoir = squares.map { CandidatePool(width: $0.width) }
  }

  /// Takes a batch in; collective.
  mutating func collect(_ batch: [CandidatePool], capacity: Int) {
    for block in batch.indices { reservoir[block].append(batch[block]) }
    guard communicator.sum(reservoir.reduce(0) { $0 + $1.count }) >= capacity else { return }
    choose()
    let kept = Set(picks.map { Int32($0.number) })
    for block in reservoir.indices {
      let origins = reservoir[block].origins
      reservoir[block].removeAll { !kept.contains(origins[$0].configuration) }
    }
  }

  /// Picks from the reservoir. Collective.
  mutating func choose() {
    (sets, picks) = (squares.map(RectangularMaxvol.init), seeds)
    for block in squares.indices { reservoir[block].express(in: squares[block]) }
    lengths = zip(sets, reservoir).map { $0.squaredLengths(of: $1) }
    for pick in seeds { _ = enterLongRows(of: Int32(pick.number)) }
    var taken = Set(seeds.map { Int32($0.number) })
    while picks.count < count, let first = longest(where: { !taken.contains($0.configuration) }) {
      let frame = first.origin.configuration
      let (x, length) = enter(first)
      var pick = CandidateSelection.Pick(number: Int(frame), grade: x.map { abs($0) }.max() ?? 0)
      pick.length = length.squareRoot()
      pick.gain = 0.5 * log(1 + length)
      pick.atoms = [Int(first.origin.atom)]
      for (atom, length) in enterLongRows(of: frame) {
        pick.gain += 0.5 * log(1 + length)
        pick.atoms.append(atom)
      }
      pick.atoms.sort()
      picks.append(pick)
      taken.insert(frame)
    }
  }

  /// Lets the rows of a frame enter that are longer than 1, the longest first; their atoms and |c|².
  private mutating func enterLongRows(of frame: Int32) -> [(atom: Int, squaredLength: Double)] {
    var entered: [(Int, Double)] = []
    while let next = longest(where: { $0.configuration == frame }), next.squaredLength > 1 {
      entered.append((Int(next.origin.atom), enter(next).squaredLength))
    }
    return entered
  }

  /// A row of the reservoir.
  private struct Candidate: BitwiseCopyable {
    var squaredLength = 0.0
    var block = 0
    var row = -1
    var rank: Int
    var origin = ActiveSetOrigin.placeholder
  }

  /// The longest row, the same on every rank: of those that differ by rounding alone the one of the lowest origin.
  private func longest(where isWanted: (ActiveSetOrigin) -> Bool) -> Candidate? {
    let wanted = reservoir.map { pool in pool.origins.indices.filter { isWanted(pool.origins[$0]) } }
    let largest = zip(wanted, lengths).map { rows, lengths in rows.map { lengths[$0] }.max() ?? 0 }.max() ?? 0
    let bound = (1 - Maxvol.tie) * communicator.max(largest)
    var mine = Candidate(rank: communicator.rank)
    for (block, rows) in wanted.enumerated() {
      for row in rows where lengths[block][row] >= bound && (mine.row < 0 || reservoir[block].origins[row] < mine.origin) {
        (mine.squaredLength, mine.block, mine.row) = (lengths[block][row], block, row)
        mine.origin = reservoir[block].origins[row]
      }
    }
    return communicator.allGather(mine).filter { $0.row >= 0 }.min { ($0.origin, $0.rank) < ($1.origin, $1.rank) }
  }

  /// Its coordinates and |c|², the same bits however the reservoir is dealt out. Collective.
  private mutating func enter(_ candidate: Candidate) -> (x: [Double], squaredLength: Double) {
    let block = candidate.block, isMine = candidate.rank == communicator.rank
    let row = communicator.allGather(isMine ? reservoir[block].row(candidate.row) : []).flatMap { $0 }
    let x = squares[block].coefficients(of: row, count: 1), entry = sets[block].enter(x), n = x.count
    for (index, _) in lengths[block].enumerated() {
      let along = (0..<n).reduce(0) { $0 + reservoir[block].coefficients[index * n + $1] * entry.direction[$1] }
      lengths[block][index] -= entry.scale * along * along
    }
    return (x, entry.squaredLength)
  }
}
