import Atomistics
import Communication
import Diagnostics
import Numerics

/// A pair of species that bonds below `inner` and breaks at `outer`, Å.
public struct BondRule: Sendable {
  public var pair: SpeciesPair
  public var inner: Double
  public var outer: Double

  /// From "P-S:2.6", one distance for both, or "P-S:2.6:3.0".
  /// - Throws: `Failure.input` if it is not that, or the bond would break below where it forms.
  public init(named text: String) throws {
    let (pair, radii) = try SpeciesPair.withRadii(text, count: 1...2)
    guard radii[0] <= radii[radii.count - 1] else {
      throw Failure.input("'\(text)' breaks before it forms", remedy: "give the smaller distance first")
    }
    (self.pair, inner, outer) = (pair, radii[0], radii[radii.count - 1])
  }
}

/// Counts bonds with hysteresis. Each rank must get consecutive frames, in order: the ranks' shares of a trajectory are.
public final class BondEstimator: FrameEstimator {
  public let rules: [BondRule]
  private let grids: SpeciesGrids
  private let table = NeighborTable()
  private var histories: [BondHistory]
  private let frameCount: Int

  /// - Parameter elements: of the atoms.
  public init(_ rules: [BondRule], elements: [Element], frameCount: Int) {
    (self.rules, self.frameCount) = (rules, frameCount)
    grids = SpeciesGrids(rules.map(\.pair).elements, of: elements, radius: rules.map(\.outer).max() ?? 1)
    histories = rules.map { _ in BondHistory(frameCount: frameCount) }
  }

  public func add(_ frame: Configuration, number: Int) throws {
    let heights = frame.cell.heights
    for axis in 0..<3 where frame.cell.periodic[axis] {
      guard let long = rules.first(where: { 2 * $0.outer > heights[axis] }) else { continue }
      throw Failure.input(
        "bonds of \(long.pair.name) up to \(long.outer) Å are longer than half the cell, "
          + "\(heights[axis]) Å high: an atom would bond with several images of another", remedy: "use a shorter distance")
    }
    try grids.fill(frame)
    for (n, rule) in rules.enumerated() {
      let centers = grids.grid(of: rule.pair.center)
      table.fill(
        grids.lattice, centers: centers, neighbors: grids.grid(of: rule.pair.neighbor), radius: rule.outer,
        isLike: rule.pair.isLike)
      var pairs: [(key: UInt64, isWithinInner: Bool)] = []
      for center in 0..<centers.count {
        let first = centers.atoms[center]
        for entry in table.row(center) where !rule.pair.isLike || first < table.atoms[entry] {
          pairs.append(
            (UInt64(first) << 32 | UInt64(table.atoms[entry]), table.vectors[entry].w < rule.inner * rule.inner))
        }
      }
      histories[n].add(pairs, frame: number)
    }
  }

  public func combine(over communicator: Communicator) {
    for n in histories.indices { settle(n, communicator) }
  }

  /// Passes the bonds at the end of each rank's frames on to the next rank.
  private func settle(_ n: Int, _ communicator: Communicator) {
    let messages = MessageBatch(communicator)
    var before: [BondEnd] = []
    if communicator.rank > 0 {
      var count = 0
      messages.receive(&count, byteCount: MemoryLayout<Int>.size, from: communicator.rank - 1)
      messages.wait()
      before = [BondEnd](unsafeUninitializedCapacity: count) { buffer, initialized in
        if let base = buffer.baseAddress {
          messages.receive(base, byteCount: count * MemoryLayout<BondEnd>.stride, from: communicator.rank - 1)
          messages.wait()
        }
        initialized = count
      }
    }
    let after = histories[n].settle(after: before)
    if communicator.rank + 1 < communicator.size {
      var count = after.count
      messages.send(&count, byteCount: MemoryLayout<Int>.size, to: communicator.rank + 1)
      messages.wait()
      after.withUnsafeBytes { bytes in
        if let base = bytes.baseAddress { messages.send(base, byteCount: bytes.count, to: communicator.rank + 1) }
        messages.wait()
      }
    }
    results.append(BondResult(rules[n], histories[n].counts, last: after, frameCount: frameCount, communicator))
  }

  /// One a rule, after `combine`.
  public private(set) var results: [BondResult] = []
}

/// Bonds of one rule over the frames.
public struct BondResult: Sendable {
  public let rule: BondRule
  /// [frames], bonds that hold, that formed and that broke in the frame.
  public let count: [Int]
  public let formed: [Int]
  public let broken: [Int]
  /// Frames a bond holds on average: all bonds' frames over all breaks, as if breaking had no memory; nil without a break.
  public let lifetime: Double?
  public let lifetimeError: Double?
  /// [frames], the part of the bonds that formed and held at least so long (Kaplan–Meier); ends where no bond is that old.
  public let survival: [Double]

  /// Collective; `last`: bonds at the end of this rank's frames.
  init(_ rule: BondRule, _ counts: BondCounts, last: [BondEnd], frameCount: Int, _ communicator: Communicator) {
    var counts = counts
    if communicator.rank == communicator.size - 1 {
      for bond in last where bond.start > 0 { counts.survivors[frameCount - bond.start] += 1 }
    }
    counts.combine(over: communicator)
    self.rule = rule
    count = counts.held.map { Int($0) }
    formed = counts.formed.map { Int($0) }
    broken = counts.broken.map { Int($0) }
    let breaks = Double(counts.broken.reduce(0, +))
    lifetime = breaks > 0 ? Double(counts.held.reduce(0, +)) / breaks : nil
    lifetimeError = lifetime.map { $0 / breaks.squareRoot() }
    survival = Self.survival(counts)
  }

  /// E. L. Kaplan and P. Meier, J. Am. Stat. Assoc. 53, 457 (1958): S(t) = Π (1 − breaks at age / bonds that reach it).
  private static func survival(_ counts: BondCounts) -> [Double] {
    var atRisk = (counts.lives + counts.survivors).reduce(0, +), part = 1.0
    var curve: [Double] = []
    for age in counts.lives.indices {
      guard atRisk > 0 else { break }
      part *= 1 - Double(counts.lives[age]) / Double(atRisk)
      curve.append(part)
      atRisk -= counts.lives[age] + counts.survivors[age]
    }
    return curve
  }
}
