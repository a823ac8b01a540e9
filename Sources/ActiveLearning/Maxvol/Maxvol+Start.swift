import Communication
import Numerics
import PotentialKit

extension ActiveRows {
  /// A set to start from: the pivots of an LU decomposition of candidates and placeholders together.
  ///
  /// Partial pivoting takes, column by column, the largest remainder: a greedy choice from which few exchanges are left. A
  /// direction in which no candidate reaches beyond the placeholder keeps that, so a set of deficient rank gives a
  /// regular matrix.
  /// - Throws: `Failure.runtime` where the pivots are numerically dependent.
  public init(pivotsOf candidates: CandidatePool, placeholder: Double) throws {
    let seed = ActiveRows(width: candidates.width, placeholder: placeholder)
    let n = candidates.width, rows = candidates.rows + seed.rows, origins = candidates.origins + seed.origins
    let factorization = LUFactorization(rows: origins.count, columns: n, elements: rows)
    let picked = factorization.pivotRows
    self.init(
      ActiveSetMatrix(
        width: n, rows: picked.flatMap { rows[$0 * n..<($0 + 1) * n] }, inverseTransposed: [],
        origins: picked.map { origins[$0] }))
    try refactorize()
  }
}

extension CandidatePool {
  /// The first `limit` rows of all ranks' parts by origin, on every rank. Collective.
  func gathered(first limit: Int, _ communicator: Communicator) -> CandidatePool {
    let mine = origins.indices.sorted { origins[$0] < origins[$1] }.prefix(limit)
    let allOrigins = communicator.allGather(mine.map { origins[$0] }).flatMap { $0 }
    let allRows = communicator.allGather(mine.flatMap { row($0) }).flatMap { $0 }
    var result = CandidatePool(width: width)
    let order = allOrigins.indices.sorted { allOrigins[$0] < allOrigins[$1] }.prefix(limit)
    for index in order {
      allRows.withUnsafeBufferPointer { rows in
        guard let base = rows.baseAddress else { return }
        result.append(base + index * width, count: 1, origins: [allOrigins[index]])
      }
    }
    return result
  }
}
