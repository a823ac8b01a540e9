import ActiveLearning
import Communication
import Foundation
import Numerics
import PotentialKit
import TestSupport
import Testing


let dataFolder = Bundle.module.bundleURL.appendingPathComponent("Data")

/// A pool of rows that count themselves.
func pool(_ rows: [[Double]], numbers: [Int]? = nil) -> CandidatePool {
  var pool = CandidatePool(width: rows[0].count)
  for (index, row) in rows.enumerated() {
    pool.append(row, count: 1, origins: [ActiveSetOrigin(configuration: numbers?[index] ?? index, atom: nil)])
  }
  return pool
}

func randomRows(_ count: Int, _ width: Int, seed: Int) -> [[Double]] {
  var dice = Dice(seed)
  return (0..<count).map { _ in (0..<width).map { _ in dice.signed() } }
}

func logVolume(_ rows: [[Double]]) -> Double {
  Numerics.inverseTransposed(of: rows.flatMap { $0 }, count: rows.count)?.logAbsDeterminant ?? -.infinity
}

/// The largest |b A⁻¹| over rows, with an inverse computed here.
func largestGrade(_ rows: [[Double]], in set: [Double]) -> Double {
  let n = rows[0].count, inverse = Numerics.inverseTransposed(of: set, count: n)?.elements ?? []
  return rows.flatMap { b in (0..<n).map { j in abs((0..<n).reduce(0) { $0 + b[$1] * inverse[j * n + $1] }) } }.max() ?? 0
}

@Suite(.serialized) struct MaxvolTests {
  struct Reference: Decodable {
    struct Problem: Decodable {
      var rows: Int, n: Int, `init`: Double, threshold: Double
      var B: [[Double]], swaps: [[Double]]
      var selected_row_of_A: [Int]
      var log_abs_det: Double, queries: [[Double]], query_grades: [Double]
    }
    var problems: [Problem]
  }

  static func solve(
    _ pool: CandidatePool, tolerance: Double = 1.001, placeholder: Double = 1e-6
  ) throws -> (set: ActiveRows, remaining: CandidatePool, exchanges: [Maxvol.Exchange]) {
    var solver = Maxvol(try ActiveRows(pivotsOf: pool, placeholder: placeholder), communicator: .alone)
    var remaining = pool
    let exchanges = try solver.absorb(&remaining, tolerance: tolerance)
    return (solver.set, remaining, exchanges)
  }

  /// From placeholders: the reference's exchanges one by one, its volume, and its grades of further rows.
  @Test func exchangesOfTheReference() throws {
    let data = try Data(contentsOf: dataFolder.appendingPathComponent("maxvol.json"))
    for problem in try JSONDecoder().decode(Reference.self, from: data).problems {
      var solver = Maxvol(ActiveRows(width: problem.n, placeholder: problem.`init`), communicator: .alone)
      var candidates = pool(problem.B)
      let exchanges = try solver.absorb(&candidates, tolerance: problem.threshold)
      #expect(exchanges.count == problem.swaps.count)
      for (found, expected) in zip(exchanges, problem.swaps) {
        #expect(found.column == Int(expected[1]))
        #expect(abs(found.value - expected[2]) < 1e-6 * abs(expected[2]))
      }
      #expect(solver.set.origins.map { Int($0.configuration) } == problem.selected_row_of_A)
      #expect(abs((solver.set.logVolume ?? 0) - problem.log_abs_det) < 1e-9)
      var queries = pool(problem.queries)
      queries.express(in: solver.set)
      for (found, expected) in zip(queries.grades, problem.query_grades) { #expect(abs(found - expected) < 1e-9 * expected) }
    }
  }

  /// Against every subset: the volume is within Hadamard's bound of the largest, and no single exchange improves it.
  @Test func exhaustively() throws {
    for seed in 1...20 {
      let rows = randomRows(9, 3, seed: seed)
      var best = -Double.infinity
      for i in 0..<9 { for j in 0..<i { for k in 0..<j { best = max(best, logVolume([rows[i], rows[j], rows[k]])) } } }
      let found = try Self.solve(pool(rows), tolerance: 1 + 1e-9)
      let volume = try #require(found.set.logVolume)
      #expect(volume <= best + 1e-9 && volume >= best - 1.5 * log(3))
      let chosen = found.set.origins.map { rows[Int($0.configuration)] }
      for row in rows {
        for column in 0..<3 {
          var exchanged = chosen
          exchanged[column] = row
          #expect(logVolume(exchanged) <= volume + 1e-8)
        }
      }
    }
  }

  @Test(arguments: [1.0, 1e-4, 1e-8]) func illConditioned(scale: Double) throws {
    // Columns over many orders of magnitude, rows nearly alike.
    let width = 30
    let rows = randomRows(300, width, seed: 7).map { row in
      row.enumerated().map { 1 + scale * $1 * pow(10, -Double($0 % 5)) }
    }
    let found = try Self.solve(pool(rows), placeholder: 1e-14)
    #expect(found.set.origins.allSatisfy { $0 != .placeholder })
    #expect(Set(found.set.origins).count == width)
    // The inverse is only as good as the condition number lets it be.
    let set = found.set.origins.map { rows[Int($0.configuration)] }
    #expect(largestGrade(rows, in: set.flatMap { $0 }) < 1.01)
  }

  @Test func rankDeficient() throws {
    // Ten columns, of which three are combinations of others and one is zero.
    let rows = randomRows(200, 6, seed: 3).map { r in r + [r[0] + r[1], r[2] - r[3], 2 * r[5], 0] }
    let found = try Self.solve(pool(rows))
    #expect(found.set.origins.count { $0 == .placeholder } == 4)
    #expect(found.set.exchangesSinceFactorization == 0)
    var graded = pool(rows)
    graded.express(in: found.set)
    #expect((graded.grades.max() ?? 0) <= 1.001)
    // A row that leaves the span is far outside.
    var stranger = pool([rows[0].enumerated().map { $0 == 9 ? 0.1 : $1 }])
    stranger.express(in: found.set)
    #expect(stranger.grades[0] > 1e4)
  }

  @Test func fewerRowsThanColumns() throws {
    let rows = randomRows(4, 9, seed: 11), found = try Self.solve(pool(rows))
    #expect(Set(found.set.origins.filter { $0 != .placeholder }).count == 4)
    #expect(largestGrade(rows, in: found.set.rows) <= 1.0011)
  }

  /// A duplicate cannot enter twice, and zero rows never do.
  @Test func duplicatesAndZeros() throws {
    let some = randomRows(12, 5, seed: 4)
    let rows = some + some + [[Double](repeating: 0, count: 5)]
    let found = try Self.solve(pool(rows))
    #expect(Set(found.set.origins.map { $0.configuration % 12 }).count == 5)
    #expect(found.set.origins.allSatisfy { $0.configuration < 24 })
  }

  /// Exchanges from the same start do not depend on the order of the pool, and twice the same gives the same bits.
  @Test func permutationsAndRepetition() throws {
    let rows = randomRows(150, 12, seed: 5), start = ActiveRows(width: 12, placeholder: 1e-6)
    var dice = Dice(6), order = Array(0..<150)
    for last in order.indices.reversed().dropLast() { order.swapAt(last, dice.integer(0...last)) }
    var sets: [ActiveRows] = []
    for numbers in [Array(0..<150), order, Array(0..<150)] {
      var solver = Maxvol(start, communicator: .alone), candidates = pool(numbers.map { rows[$0] }, numbers: numbers)
      _ = try solver.absorb(&candidates, tolerance: 1.001)
      sets.append(solver.set)
    }
    #expect(Set(sets[0].origins) == Set(sets[1].origins))
    #expect(sets[0].matrix == sets[2].matrix)
  }

  /// Rank-one updates against a fresh inverse, over many more exchanges than rows.
  @Test func updatesFollowTheExchanges() throws {
    var set = ActiveRows(width: 8, placeholder: 1), rest = pool(randomRows(40, 8, seed: 9))
    rest.express(in: set)
    var dice = Dice(10)
    for _ in 0..<60 {
      let row = dice.integer(0...39), column = dice.integer(0...7), c = set.coefficients(of: rest.row(row), count: 1)
      guard abs(c[column]) > 0.3 else { continue }
      let (incoming, outgoing, origin) = (rest.row(row), set.row(column), set.origins[column])
      rest.follow(exchangeOf: column, coefficients: c)
      set.exchange(column, for: incoming, coefficients: c, origin: rest.origins[row])
      rest.replace(row, by: outgoing, origin: origin, exchangeOf: column, coefficients: c)
    }
    let updated = set.inverseTransposed, followed = rest.coefficients
    try set.refactorize()
    rest.express(in: set)
    #expect(zip(updated, set.inverseTransposed).allSatisfy { abs($0 - $1) < 1e-8 * max(1, abs($1)) })
    #expect(zip(followed, rest.coefficients).allSatisfy { abs($0 - $1) < 1e-8 * max(1, abs($1)) })
  }

  /// In batches, swept over until nothing changes: every row's grade within the tolerance, as in one batch.
  @Test func streams() throws {
    let rows = randomRows(900, 20, seed: 12), whole = try Self.solve(pool(rows))
    let batches = stride(from: 0, to: 900, by: 70).map { start in
      pool(Array(rows[start..<min(start + 70, 900)]), numbers: Array(start..<min(start + 70, 900)))
    }
    var solver = Maxvol(try ActiveRows(pivotsOf: batches[0], placeholder: 1e-6), communicator: .alone)
    var sweeps = 0, exchanged = 1
    while exchanged > 0 {
      exchanged = 0
      for var batch in batches { exchanged += try solver.absorb(&batch, tolerance: 1.001).count }
      sweeps += 1
    }
    #expect(sweeps > 1)
    #expect(largestGrade(rows, in: solver.set.rows) <= 1.001 * (1 + 1e-9))
    // Two local maxima of the same problem: alike in volume, by much less than the bound.
    #expect(abs((solver.set.logVolume ?? 0) - (whole.set.logVolume ?? 0)) < 2)
  }

  @Test func rowsThatAreNotFinite() {
    #expect(throws: (any Error).self) {
      var solver = Maxvol(ActiveRows(width: 2, placeholder: 1e-6), communicator: .alone)
      var bad = pool([[1, 2], [.nan, 1]])
      _ = try solver.absorb(&bad, tolerance: 1.001)
    }
  }
}

@Suite struct RectangularMaxvolTests {
  /// Square maxvol, then the longest rows until none is longer than 1, or `count` are chosen.
  private struct Chosen {
    var solver: RectangularMaxvol
    var pool: CandidatePool
    var selected: [Int]

    init(_ rows: [[Double]], count: Int = .max) throws {
      pool = ActiveLearningTests.pool(rows)
      solver = RectangularMaxvol(try MaxvolTests.solve(pool).set)
      selected = solver.square.origins.map { Int($0.configuration) }
      pool.express(in: solver.square)
      var lengths = solver.squaredLengths(of: pool)
      while selected.count < count, let next = lengths.indices.max(by: { lengths[$0] < lengths[$1] }), lengths[next] > 1 {
        let entry = solver.enter(coordinates(next))
        #expect(abs(entry.squaredLength - lengths[next]) < 1e-10)
        for row in rows.indices {
          let along = zip(coordinates(row), entry.direction).reduce(0) { $0 + $1.0 * $1.1 }
          lengths[row] -= entry.scale * along * along
        }
        for (followed, fresh) in zip(lengths, solver.squaredLengths(of: pool)) { #expect(abs(followed - fresh) < 1e-10) }
        selected.append(next)
      }
    }

    func coordinates(_ row: Int) -> [Double] {
      Array(pool.coefficients[row * pool.width..<(row + 1) * pool.width])
    }

    func coefficients(_ row: Int) -> [Double] { solver.coefficients(of: coordinates(row)) }
  }

  @Test func everyRowIsAShortCombination() throws {
    for (count, width, seed) in [(60, 5, 1), (200, 12, 2)] {
      let rows = randomRows(count, width, seed: seed), found = try Chosen(rows)
      #expect(found.selected.count >= width && Set(found.selected).count == found.selected.count)
      #expect(found.selected.count <= 3 * width)
      for (index, row) in rows.enumerated() {
        // c A = b.
        let c = found.coefficients(index)
        for column in 0..<width {
          let sum = zip(c, found.selected).reduce(0) { $0 + $1.0 * rows[$1.1][column] }
          #expect(abs(sum - row[column]) < 1e-10)
        }
        #expect(c.reduce(0) { $0 + $1 * $1 } <= 1 + 1e-9)
      }
    }
  }

  /// Each addition multiplies det(AᵀA) by 1 + |c|², and c is the solution of least norm.
  @Test func volumeGrows() throws {
    let rows = randomRows(40, 4, seed: 8)
    func gram(_ indices: [Int]) -> DenseMatrix {
      let a = DenseMatrix(rows: indices.count, columns: 4, elements: indices.flatMap { rows[$0] })
      return a.transpose * a
    }
    let square = try Chosen(rows, count: 4), larger = try Chosen(rows, count: 5)
    #expect(square.selected.count == 4 && larger.selected.count == 5 && Array(larger.selected.prefix(4)) == square.selected)
    let c = square.coefficients(larger.selected[4]), growth = 1 + c.reduce(0) { $0 + $1 * $1 }
    let before = logVolume((0..<4).map(gram(square.selected).row)), after = logVolume((0..<4).map(gram(larger.selected).row))
    #expect(abs(after - before - log(growth)) < 1e-10)
    let inverse = try #require(gram(larger.selected).inverse)
    for (index, row) in rows.enumerated() {
      // The pseudo-inverse: c = b (AᵀA)⁻¹ Aᵀ.
      let projected = inverse * row, c = larger.coefficients(index)
      for (k, chosen) in larger.selected.enumerated() {
        #expect(abs(zip(rows[chosen], projected).reduce(0) { $0 + $1.0 * $1.1 } - c[k]) < 1e-10)
      }
    }
  }
}
