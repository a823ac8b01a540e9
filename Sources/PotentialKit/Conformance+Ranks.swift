import Atomistics
import Numerics

/// Atoms as owned and as ghosts.
extension ConformanceBench {
  mutating func checkRanks() throws {
    let whole = try evaluateAnew(configuration, withGrades: true, withVirials: true)
    for trial in 0..<options.trials {
      let rankCount = 2 + trial % 2
      let owners = configuration.positions.map { _ in drawInteger(below: rankCount) }
      let split = try evaluateAnew(
        configuration, owners: owners, rankCount: rankCount, withGrades: true, withVirials: true)
      requireCollective(.ranks, split)
      requireEqual(.ranks, "the atoms split over \(rankCount) ranks", split, whole)
    }
    for owner in 0...1 {
      let owners = Array(repeating: owner, count: configuration.count)
      let split = try evaluateAnew(configuration, owners: owners, rankCount: 2, withGrades: true, withVirials: true)
      requireCollective(.emptyRank, split)
      requireEqual(.emptyRank, "rank \(1 - owner) of 2 empty", split, whole)
    }
  }

  private mutating func requireCollective(_ check: ConformanceCheck, _ result: ReferenceResult) {
    require(check, "the sequence of halo exchanges among ranks", result.exchangesMatch ? 0 : 1, within: 0)
    if !addsForcesToGhosts {
      require(check, "a ghost's force (eV/Å), which should be zero,", result.largestGhostForce, within: 0)
    }
  }
}
