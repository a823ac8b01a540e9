import Communication
import Numerics
import PotentialKit

/// Rectangular maxvol: more rows than columns, so that every row of B is a combination c of the chosen ones with |c| <= τ.
///
/// A. Mikhalev and I. V. Oseledets, Linear Algebra Appl. 538, 187 (2018), doi:10.1016/j.laa.2017.10.014, algorithm 2: after
/// square maxvol the row with the longest c enters, which multiplies det(AᵀA) by 1 + |c|², until none is longer than τ.
/// c is the solution of least norm of c A = b.
public struct RectangularMaxvol: Sendable {
  /// Indices of the chosen rows, those of square maxvol first.
  public private(set) var selected: [Int]
  /// [row of B][chosen row].
  public private(set) var coefficients: [[Double]]

  /// - Parameters:
  ///   - rows: B, row-major, at least as many rows as `width`, of full rank.
  ///   - tolerance: τ, at least 1: rows as long as that are left where they are.
  ///   - largestCount: no more rows than these are chosen.
  /// - Throws: `Failure.runtime` where the rows' rank is below `width`.
  public init(rows: [Double], width: Int, tolerance: Double = 1, largestCount: Int = .max) throws {
    var pool = CandidatePool(width: width)
    let count = rows.count / width
    pool.append(rows, count: count, origins: (0..<count).map { ActiveSetOrigin(configuration: $0, atom: nil) })
    let pivots = LUFactorization(rows: count, columns: width, elements: rows).pivotRows
    var start = ActiveRows(
      ActiveSetMatrix(
        width: width, rows: pivots.flatMap { pool.row($0) }, inverseTransposed: [],
        origins: pivots.map { pool.origins[$0] }))
    try start.refactorize()
    var square = Maxvol(start, communicator: .alone)
    var remaining = pool
    _ = try square.absorb(&remaining, tolerance: 1 + 1e-6)
    selected = square.set.origins.map { Int($0.configuration) }
    pool.express(in: square.set)
    coefficients = (0..<count).map { Array(pool.coefficients[$0 * width..<($0 + 1) * width]) }
    while selected.count < min(largestCount, count), let next = longest(beyond: tolerance) { add(next) }
  }

  /// The row whose coefficients are longest, if longer than `tolerance`.
  private func longest(beyond tolerance: Double) -> Int? {
    let chosen = Set(selected)
    let squares = coefficients.indices.map { chosen.contains($0) ? 0 : Self.dot(coefficients[$0], coefficients[$0]) }
    guard let longest = squares.indices.max(by: { squares[$0] < squares[$1] }) else { return nil }
    return squares[longest] > tolerance * tolerance ? longest : nil
  }

  /// C ← [C − C c cᵀ/(1 + |c|²), C c/(1 + |c|²)].
  private mutating func add(_ index: Int) {
    let c = coefficients[index], scale = 1 / (1 + Self.dot(c, c))
    for row in coefficients.indices {
      let along = scale * Self.dot(coefficients[row], c)
      for k in c.indices { coefficients[row][k] -= along * c[k] }
      coefficients[row].append(along)
    }
    selected.append(index)
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}
