import Communication
import Diagnostics
import PotentialKit

/// Square maxvol: exchanges rows of A for rows of a pool B while some |(B A⁻¹)_ij| exceeds 1 + δ, largest first.
///
/// S. A. Goreinov et al., "How to find a good submatrix" (2010), doi:10.1142/9789812836021_0015. Every exchange multiplies
/// |det A| by the coefficient, so it ends; then the volume of A is at least (1 + δ)^−n n^(−n/2) of the largest that
/// rows of the pool and the set can have. Collective: every rank holds the set and a part of the pool, and what is chosen
/// does not depend on how the pool is dealt out: of coefficients that differ by rounding alone, as those of equal
/// environments do, the one of the lowest origin is taken.
public struct Maxvol {
  public private(set) var set: ActiveRows
  public let communicator: Communicator

  /// A row that entered the set.
  public struct Exchange: Equatable, Sendable {
    public var entered: ActiveSetOrigin
    public var left: ActiveSetOrigin
    public var column: Int
    /// The coefficient, by whose magnitude the volume grew.
    public var value: Double
  }

  public init(_ set: ActiveRows, communicator: Communicator) {
    self.set = set
    self.communicator = communicator
  }

  /// Exchanges until every coefficient of the pool is at most `tolerance` in magnitude, or `limit` exchanges were made.
  ///
  /// The pool gets the rows that leave. Afterwards its coefficients and the set's inverse are of a fresh factorization.
  /// - Throws: `Failure.runtime`, on all ranks, where the set became singular or rows are not finite.
  public mutating func absorb(_ pool: inout CandidatePool, tolerance: Double, limit: Int = .max) throws -> [Exchange] {
    try communicator.together { try Self.requireFinite(pool) }
    pool.express(in: set)
    var exchanges: [Exchange] = [], volume: Double?
    while true {
      let largest = communicator.max(pool.largestMagnitude)
      if largest <= tolerance || exchanges.count >= limit {
        // The decision to stop is made on fresh coefficients only.
        if set.exchangesSinceFactorization == 0 { break }
        try refresh(&pool)
        // Near the tolerance rounding alone can suggest exchanges without end: the volume must have grown.
        if exchanges.count >= limit || volume.map({ (set.logVolume ?? 0) <= $0 }) ?? false { break }
        volume = set.logVolume
        continue
      }
      guard let best = candidate(in: pool, largest) else { break }
      let incoming = owned(best, by: pool)
      let c = set.coefficients(of: incoming, count: 1)
      if abs(c[best.column] - best.value) > 1e-7 * largest, set.exchangesSinceFactorization > 0 {
        // The inverse has degraded.
        try refresh(&pool)
        continue
      }
      exchanges.append(exchange(best, incoming, c, &pool))
      if set.exchangesSinceFactorization >= max(100, set.width) { try refresh(&pool) }
    }
    return exchanges
  }

  private mutating func refresh(_ pool: inout CandidatePool) throws {
    try communicator.together { try set.refactorize() }
    pool.express(in: set)
  }

  private mutating func exchange(
    _ best: Candidate, _ incoming: [Double], _ c: [Double], _ pool: inout CandidatePool
  ) -> Exchange {
    let outgoing = set.row(best.column), left = set.origins[best.column]
    pool.follow(exchangeOf: best.column, coefficients: c)
    if best.rank == communicator.rank {
      pool.replace(best.row, by: outgoing, origin: left, exchangeOf: best.column, coefficients: c)
    }
    set.exchange(best.column, for: incoming, coefficients: c, origin: best.origin)
    return Exchange(entered: best.origin, left: left, column: best.column, value: c[best.column])
  }

  /// Coefficients that differ by no more than this part are taken for equal: how rounding falls depends on how the pool is
  /// dealt out.
  static let tie = 1e-9

  /// A rank's first coefficient among the largest.
  private struct Candidate: BitwiseCopyable {
    var value = 0.0
    var row = -1
    var column = 0
    var rank: Int
    var origin = ActiveSetOrigin.placeholder
  }

  /// Of the largest coefficients of all ranks that of the lowest origin, the same on each.
  private func candidate(in pool: CandidatePool, _ largest: Double) -> Candidate? {
    var mine = Candidate(rank: communicator.rank)
    if let best = pool.first(atLeast: (1 - Self.tie) * largest) {
      (mine.row, mine.column, mine.origin) = (best.row, best.column, pool.origins[best.row])
      mine.value = pool.coefficients[best.row * pool.width + best.column]
    }
    return communicator.allGather(mine).filter { $0.row >= 0 }.min { ($0.origin, $0.rank) < ($1.origin, $1.rank) }
  }

  /// The candidate's row, on every rank.
  private func owned(_ candidate: Candidate, by pool: CandidatePool) -> [Double] {
    communicator.allGather(candidate.rank == communicator.rank ? pool.row(candidate.row) : []).flatMap { $0 }
  }

  private static func requireFinite(_ pool: CandidatePool) throws {
    guard let bad = pool.rows.firstIndex(where: { !$0.isFinite }) else { return }
    let origin = pool.origins[bad / pool.width]
    throw Failure.runtime(
      "the row of frame \(origin.configuration)" + (origin.atom < 0 ? "" : ", atom \(origin.atom + 1)") + " is not finite",
      remedy: "remove the frame: its atoms are too close for the potential")
  }
}
