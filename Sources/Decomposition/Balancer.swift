import Communication
import Numerics

/// Finds cuts that give every rank the same share of the atoms' weight.
///
/// All nodes of one level of the tree are cut at once. A plane is sought by histograms that zoom in on the wanted
/// quantile, and put into the middle of the gap there. Counts are integers and extents are maxima, so the cuts depend
/// on the positions alone, not on which rank holds which atom.
struct Balancer {
  let communicator: Communicator
  /// Å per unit of fractional coordinate: directions are compared by physical extent.
  let heights: Vector3
  /// This rank's atoms, fractional.
  let points: UnsafeBufferPointer<Vector3>
  /// Their weights, positive; nil: all one.
  let weights: UnsafeBufferPointer<Int32>?

  /// Bins of a histogram; three rounds resolve a billionth of a node's extent.
  private static let binCount = 1024
  private static let roundCount = 3

  /// A node of the current level, being cut.
  private struct Work {
    var node: Int
    var ranks: Int
    var axis = 0
    var low = 0.0
    var high = 0.0
    /// Weight wanted below the plane, and the weight below `low`.
    var target: Int64 = 0
    var below: Int64 = 0
    var position = 0.0
  }

  /// Collective.
  func findCuts() -> Cuts {
    var cuts = Cuts(rankCount: communicator.size)
    var level = communicator.size > 1 ? [Work(node: 0, ranks: communicator.size)] : []
    // The slot in `level` of each atom, −1 once it is in a leaf.
    var slots = [Int32](repeating: level.isEmpty ? -1 : 0, count: points.count)
    while !level.isEmpty {
      chooseAxes(&level, slots)
      findPlanes(&level, slots)
      for work in level { cuts.nodes[work.node] = Cuts.Node(axis: work.axis, position: work.position) }
      level = descend(level, &slots)
    }
    cuts.heights = heights
    cuts.imbalance = imbalance(of: cuts)
    return cuts
  }

  /// The heaviest share over the mean: more than 1 where atoms are few or lie in one plane.
  private func imbalance(of cuts: Cuts) -> Double {
    var shares = [Int64](repeating: 0, count: communicator.size)
    for (i, point) in points.enumerated() { shares[cuts.owner(of: point)] += Int64(weights?[i] ?? 1) }
    shares = communicator.sum(shares)
    let total = shares.reduce(0, +)
    return total == 0 ? 1 : Double((shares.max() ?? 0) * Int64(shares.count)) / Double(total)
  }

  /// Each node is cut across its atoms' largest extent.
  private func chooseAxes(_ level: inout [Work], _ slots: [Int32]) {
    // Maxima of −low and high, so that one reduction serves both.
    var extremes = [Double](repeating: -.infinity, count: 6 * level.count)
    for (i, slot) in slots.enumerated() where slot >= 0 {
      for axis in 0..<3 {
        let place = 6 * Int(slot) + axis
        extremes[place] = max(extremes[place], -points[i][axis])
        extremes[place + 3] = max(extremes[place + 3], points[i][axis])
      }
    }
    extremes = communicator.max(extremes)
    for k in level.indices {
      guard extremes[6 * k].isFinite else { continue }
      let low = Vector3(-extremes[6 * k], -extremes[6 * k + 1], -extremes[6 * k + 2])
      let high = Vector3(extremes[6 * k + 3], extremes[6 * k + 4], extremes[6 * k + 5])
      let extent = (high - low) * heights
      let axis = extent.x >= extent.y && extent.x >= extent.z ? 0 : extent.y >= extent.z ? 1 : 2
      level[k].axis = axis
      level[k].low = low[axis]
      // The interval is half open, and the topmost atom belongs to it.
      level[k].high = high[axis] + max((high[axis] - low[axis]) * 1e-6, abs(high[axis]) * 1e-12, 1e-30)
    }
  }

  private func findPlanes(_ level: inout [Work], _ slots: [Int32]) {
    for round in 0..<Self.roundCount {
      let histograms = communicator.sum(histogram(level, slots))
      for k in level.indices {
        let bins = histograms[k * Self.binCount..<(k + 1) * Self.binCount]
        if round == 0 {
          // Rounded: shares of n/2 of n ranks.
          let total = bins.reduce(0, +)
          let ranks = Int64(level[k].ranks)
          level[k].target = (total * (ranks / 2) + ranks / 2) / ranks
        }
        zoom(&level[k], into: bins)
      }
    }
    settle(&level, slots)
  }

  private func bin(_ coordinate: Double, _ work: Work) -> Int? {
    guard coordinate >= work.low, coordinate < work.high else { return nil }
    let scaled = (coordinate - work.low) / (work.high - work.low) * Double(Self.binCount)
    return min(Int(scaled), Self.binCount - 1)
  }

  private func histogram(_ level: [Work], _ slots: [Int32]) -> [Int64] {
    var counts = [Int64](repeating: 0, count: level.count * Self.binCount)
    for (i, slot) in slots.enumerated() where slot >= 0 {
      let work = level[Int(slot)]
      guard let bin = bin(points[i][work.axis], work) else { continue }
      counts[Int(slot) * Self.binCount + bin] += Int64(weights?[i] ?? 1)
    }
    return counts
  }

  /// Narrows the interval to the bin in which the weight below passes the target.
  private func zoom(_ work: inout Work, into bins: ArraySlice<Int64>) {
    let width = (work.high - work.low) / Double(Self.binCount)
    var below = work.below
    for (k, weight) in bins.enumerated() {
      if below + weight >= work.target, weight > 0 {
        let low = work.low + width * Double(k)
        let high = k + 1 == Self.binCount ? work.high : work.low + width * Double(k + 1)
        // The rounded edges must not lose atoms: the interval is widened by what rounding can move them.
        let slack = width * 1e-3
        // Below the resolution of the numbers there is nothing left to part.
        if high + slack > low - slack { (work.low, work.high, work.below) = (low - slack, high + slack, below) }
        break
      }
      below += weight
    }
  }

  /// Puts the plane into the gap below or above the atoms of the last interval, whichever comes closer to the target.
  private func settle(_ level: inout [Work], _ slots: [Int32]) {
    // Per node: the weight below the interval and inside it, recounted so that rounded bins do not matter.
    var sums = [Int64](repeating: 0, count: 2 * level.count)
    // Per node, as maxima: the last atom below, − the first inside, the last inside, − the first above.
    var edges = [Double](repeating: -.infinity, count: 4 * level.count)
    for (i, slot) in slots.enumerated() where slot >= 0 {
      let k = Int(slot)
      let work = level[k]
      let x = points[i][work.axis]
      let weight = Int64(weights?[i] ?? 1)
      if x < work.low {
        sums[2 * k] += weight
        edges[4 * k] = max(edges[4 * k], x)
      } else if x < work.high {
        sums[2 * k + 1] += weight
        edges[4 * k + 1] = max(edges[4 * k + 1], -x)
        edges[4 * k + 2] = max(edges[4 * k + 2], x)
      } else {
        edges[4 * k + 3] = max(edges[4 * k + 3], -x)
      }
    }
    sums = communicator.sum(sums)
    edges = communicator.max(edges)
    for k in level.indices {
      let below = sums[2 * k]
      let through = below + sums[2 * k + 1]
      let target = level[k].target
      let takesInside = abs(through - target) < abs(target - below)
      let last = takesInside ? max(edges[4 * k], edges[4 * k + 2]) : edges[4 * k]
      let first = takesInside ? -edges[4 * k + 3] : min(-edges[4 * k + 1], -edges[4 * k + 3])
      level[k].position = Self.middle(last, first)
    }
  }

  /// A plane with `last` below it and `first` not; either may be missing (infinite).
  private static func middle(_ last: Double, _ first: Double) -> Double {
    if !last.isFinite { return first.isFinite ? first : 0.5 }
    if !first.isFinite { return last + max(1e-6, abs(last) * 1e-6) }
    let middle = last + 0.5 * (first - last)
    return middle > last ? middle : first
  }

  /// The children that still have ranks to part, and each atom's slot among them.
  private func descend(_ level: [Work], _ slots: inout [Int32]) -> [Work] {
    var children: [Work] = []
    var childSlots: [(below: Int32, above: Int32)] = []
    for work in level {
      let half = work.ranks / 2
      var slot: (below: Int32, above: Int32) = (-1, -1)
      if half > 1 {
        slot.below = Int32(children.count)
        children.append(Work(node: work.node + 1, ranks: half))
      }
      if work.ranks - half > 1 {
        slot.above = Int32(children.count)
        children.append(Work(node: work.node + half, ranks: work.ranks - half))
      }
      childSlots.append(slot)
    }
    for i in slots.indices where slots[i] >= 0 {
      let work = level[Int(slots[i])]
      let slot = childSlots[Int(slots[i])]
      slots[i] = points[i][work.axis] < work.position ? slot.below : slot.above
    }
    return children
  }
}
