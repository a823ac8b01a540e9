import Atomistics
import Communication

/// A bond that holds at the end of some frames, on its way to the rank with the next ones.
package struct BondEnd: BitwiseCopyable {
  package var key: UInt64
  /// Frame in which it formed; 0 for those that were there at the start.
  package var start: Int

  package init(key: UInt64, start: Int) { (self.key, self.start) = (key, start) }
}

/// Bonds with hysteresis over consecutive frames of one rank: a bond forms below r₁ and lasts until it is r₂ or longer.
///
///      r₂ ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄╱┄┄┄     a pair in between when the rank's frames begin is bonded if it was at the end of
///      r₁ ┄┄╲┄┄┄╱╲┄┄┄┄┄┄╱┄┄┄┄     the frames before them, which another rank has: settled when the ranks meet
///            ╲_╱  ╲____╱
///           |––––– bond ––––|
package struct BondHistory {
  private struct Bond {
    /// Within r₂ ever since the first frame here.
    var reachesBack: Bool
    /// The frame since which it is known to hold; nil: within r₂ only so far.
    var certain: Int?
  }

  private(set) var first: Int?
  private(set) var next = 0
  private var open: [UInt64: Bond] = [:]
  /// Those that reached back to the first frame here and have ended since: key, `certain` and the end.
  private var settledLater: [(key: UInt64, certain: Int?, end: Int)] = []
  package private(set) var counts: BondCounts

  package init(frameCount: Int) { counts = BondCounts(frameCount: frameCount) }

  /// - Parameter pairs: those within r₂, and whether they are within r₁ too.
  package mutating func add(_ pairs: [(key: UInt64, isWithinInner: Bool)], frame: Int) {
    precondition(first == nil || frame == next, "bonds need consecutive frames")
    let isFirst = first == nil
    if isFirst { first = frame }
    next = frame + 1
    var now: [UInt64: Bond] = [:]
    now.reserveCapacity(pairs.count)
    for (key, isWithinInner) in pairs {
      if var bond = open.removeValue(forKey: key) {
        if bond.certain == nil && isWithinInner { bond.certain = frame }
        now[key] = bond
      } else if isWithinInner || (isFirst && frame > 0) {
        now[key] = Bond(reachesBack: isFirst, certain: isWithinInner ? frame : nil)
      }
    }
    for (key, bond) in open { end(key, bond, at: frame) }
    open = now
  }

  private mutating func end(_ key: UInt64, _ bond: Bond, at frame: Int) {
    if bond.reachesBack {
      settledLater.append((key, bond.certain, frame))
    } else if let start = bond.certain {
      counts.add(from: start, to: frame, origin: start)
    }
  }

  /// Settles what depends on the frames before, given the bonds at their end; returns those at the end of the frames here.
  package mutating func settle(after before: [BondEnd]) -> [BondEnd] {
    guard let first else { return before }
    var earlier = Dictionary(uniqueKeysWithValues: before.map { ($0.key, $0.start) })
    for (key, certain, end) in settledLater {
      if let start = earlier.removeValue(forKey: key) {
        counts.add(from: first, to: end, origin: start)
      } else if let certain {
        counts.add(from: certain, to: end, origin: certain)
      }
    }
    var after: [BondEnd] = []
    for (key, bond) in open {
      var start = bond.certain, origin = bond.certain
      if bond.reachesBack, let known = earlier.removeValue(forKey: key) { (start, origin) = (first, known) }
      guard let start, let origin else { continue }
      counts.add(from: start, to: nil, origin: origin, end: next)
      after.append(BondEnd(key: key, start: origin))
    }
    // What held before and is beyond r₂ in the first frame here broke there.
    for start in earlier.values { counts.addBreak(at: first, origin: start) }
    (open, settledLater) = ([:], [])
    return after.sorted { $0.key < $1.key }
  }
}

/// How many bonds there are, form and break in each frame, and how long they lived.
package struct BondCounts {
  /// [frames].
  package var held: [Int64]
  package var formed: [Int64]
  package var broken: [Int64]
  /// [frames + 1], bonds that formed and broke, by their life in frames.
  package var lives: [Int64]
  /// [frames + 1], bonds that formed and still held in the last frame, by their age.
  package var survivors: [Int64]

  package init(frameCount: Int) {
    held = [Int64](repeating: 0, count: frameCount)
    (formed, broken) = (held, held)
    lives = [Int64](repeating: 0, count: frameCount + 1)
    survivors = lives
  }

  /// A bond that holds here from `from` on and breaks at frame `to`; nil: it holds at the end of the frames here.
  /// - Parameters:
  ///   - origin: frame in which it formed, here or earlier.
  ///   - end: of the frames here.
  package mutating func add(from: Int, to: Int?, origin: Int, end: Int = 0) {
    for frame in from..<(to ?? end) { held[frame] += 1 }
    if origin == from && from > 0 { formed[from] += 1 }
    if let to { addBreak(at: to, origin: origin) }
  }

  mutating func addBreak(at frame: Int, origin: Int) {
    broken[frame] += 1
    if origin > 0 { lives[frame - origin] += 1 }
  }

  mutating func combine(over communicator: Communicator) {
    held = communicator.sum(held)
    formed = communicator.sum(formed)
    broken = communicator.sum(broken)
    lives = communicator.sum(lives)
    survivors = communicator.sum(survivors)
  }
}
