import Numerics
import PotentialKit
import TestSupport
import Testing

/// Grades from products in single precision against plain sums in double.
@Suite struct GradeMatrixTests {
  /// A random set whose columns cancel the more, the larger `exponent`, and its inverse by columns.
  static func set(width: Int, exponent: Double, _ dice: inout Dice) throws -> (rows: [Double], columns: [Double]) {
    let scales = (0..<width).map { _ in exponential(-exponent * dice.unit()) }
    // Rows that are alike: what tells them apart is small.
    let common = (0..<width).map { _ in dice.signed() }
    let rows = (0..<width).flatMap { _ in (0..<width).map { common[$0] + scales[$0] * dice.signed() } }
    return (rows, try #require(inverseTransposed(of: rows, count: width)).elements)
  }

  static func exponential(_ x: Double) -> Double { (0..<64).reduce(1.0) { y, _ in y * (1 + x / 64) } }

  static func grades(_ matrix: GradeMatrix, _ rows: [[Double]]) -> [Double] {
    let block = FixedArray([Double](repeating: 0, count: matrix.depth * GradeMatrix.rowCount))
    let found = FixedArray([Double](repeating: -1, count: GradeMatrix.rowCount))
    for (index, row) in rows.enumerated() {
      for (place, value) in row.enumerated() { block.base[place * GradeMatrix.rowCount + index] = value }
    }
    matrix.grade(block.base, into: found.base)
    return rows.indices.map { found.base[$0] }
  }

  /// Σ_j w_j a_j of active rows.
  static func combination(_ weights: [Double], _ active: [Double]) -> [Double] {
    let width = weights.count
    var row = [Double](repeating: 0, count: width)
    for (member, weight) in weights.enumerated() {
      for place in 0..<width { row[place] += weight * active[member * width + place] }
    }
    return row
  }

  static func plain(_ columns: [Double], _ row: [Double]) -> Double {
    (0..<columns.count / row.count).map { column in
      abs(row.indices.reduce(0) { $0 + row[$1] * columns[column * row.count + $1] })
    }.max() ?? 0
  }

  @Test(arguments: [1, 3, 4, 12, 13, 31, 64, 149], [0.0, 5, 12])
  func rows(width: Int, exponent: Double) throws {
    var dice = Dice(1000 * width + Int(exponent))
    let (active, columns) = try Self.set(width: width, exponent: exponent, &dice)
    let matrix = GradeMatrix(columns: columns, depth: width, activeRows: active)
    // Combinations of active rows, within the set and far outside it; the last is zero.
    let rows = (0..<GradeMatrix.rowCount).map { index -> [Double] in
      let size: Double = index == GradeMatrix.rowCount - 1 ? 0 : Self.exponential(0.4 * Double(index % 16) - 2)
      let weights = (0..<width).map { _ -> Double in size * dice.signed() }
      return Self.combination(weights, active)
    }
    let found = Self.grades(matrix, rows)
    for (row, grade) in zip(rows, found) {
      let expected = Self.plain(columns, row)
      let rounding = 1e-15 * Self.plain(columns.map { abs($0) }, row.map { abs($0) })
      #expect(abs(grade - expected) <= 1e-9 * expected + rounding, "\(grade), not \(expected)")
    }
    #expect(found.last == 0 && (found.first ?? 0) > 0)
  }

  /// Members that are almost the largest, for every row: single precision does not tell which one it is.
  @Test func ties() throws {
    var dice = Dice(7)
    let (active, columns) = try Self.set(width: 40, exponent: 3, &dice)
    let matrix = GradeMatrix(columns: columns, depth: 40, activeRows: active)
    let rows = (0..<GradeMatrix.rowCount).map { index -> [Double] in
      let weights = (0..<40).map { member -> Double in
        member < 5 ? 1 + 1e-8 * Double((member + index) % 5) : 0.9 * dice.signed()
      }
      return Self.combination(weights, active)
    }
    for (row, grade) in zip(rows, Self.grades(matrix, rows)) {
      #expect(abs(grade - Self.plain(columns, row)) < 1e-11)
      #expect(grade > 1 + 3.9e-8)
    }
  }

  /// Placeholders: columns of 10¹⁰ that no row in the set reaches; a row that does is far outside.
  @Test func placeholders() throws {
    var dice = Dice(8)
    let width = 20
    let inner = try Self.set(width: width - 1, exponent: 3, &dice)
    var active = [Double](repeating: 0, count: width * width)
    for row in 0..<width - 1 {
      for place in 0..<width - 1 { active[row * width + place] = inner.rows[row * (width - 1) + place] }
    }
    active[width * width - 1] = 1e-10
    let columns = try #require(inverseTransposed(of: active, count: width)).elements
    let matrix = GradeMatrix(columns: columns, depth: width, activeRows: active)
    let inside = Array(active[..<width]), outside = Array(inside.dropLast()) + [1e-4]
    let found = Self.grades(matrix, [inside, outside])
    #expect(abs(found[0] - 1) < 1e-9)
    #expect(abs(found[1] - 1e6) < 1e-3)
  }

  @Test func numbersThatAreNone() throws {
    var dice = Dice(9)
    let (active, columns) = try Self.set(width: 14, exponent: 2, &dice)
    for rows in [active, []] {
      let matrix = GradeMatrix(columns: columns, depth: 14, activeRows: rows)
      let row = Array(active[..<14])
      let notANumber = row.dropLast() + [.nan], infinite = row.dropLast() + [.infinity], huge = row.map { 1e100 * $0 }
      let found = Self.grades(matrix, [row, Array(notANumber), Array(infinite), huge])
      #expect(abs(found[0] - 1) < 1e-9)
      #expect(found[1] == .infinity && found[2] == .infinity)
      #expect(abs(found[3] / 1e100 - 1) < 1e-9)
    }
  }

  /// Two kinds of rows that share places: products with the other kind's columns follow from few of them, whatever the row.
  @Test(arguments: [(6, 4, 20), (1, 9, 3), (17, 23, 40), (12, 12, 0)])
  func relatedColumns(first: Int, second: Int, shared: Int) throws {
    var dice = Dice(100 * first + second)
    let width = first + second + shared
    // Kinds take turns as long as both have places left.
    let isFirst = (0..<width).map { $0 % 2 == 0 ? $0 / 2 < first + shared / 2 : $0 / 2 >= second + shared / 2 }
    let active = (0..<width).flatMap { row -> [Double] in
      let own = (0..<first).map { _ in isFirst[row] ? dice.signed() : 0 }
      let foreign = (0..<second).map { _ in isFirst[row] ? 0 : dice.signed() }
      return own + foreign + (0..<shared).map { _ in dice.signed() }
    }
    let inverse = try #require(inverseTransposed(of: active, count: width)).elements
    let places = Array(first + second..<width) + Array(0..<first)
    let columns = (0..<width).flatMap { column in places.map { inverse[column * width + $0] } }
    let members = (0..<width).filter { isFirst[$0] }
    let matrix = GradeMatrix(
      columns: columns, depth: places.count, activeRows: members.flatMap { row in places.map { active[row * width + $0] } },
      foreign: (0..<width).filter { !isFirst[$0] }, ownCount: first)
    let rows = (0..<GradeMatrix.rowCount).map { index -> [Double] in
      let size = Self.exponential(Double(index % 9) - 2)
      return places.map { _ in size * dice.signed() }
    }
    for (row, grade) in zip(rows, Self.grades(matrix, rows)) {
      let expected = Self.plain(columns, row)
      #expect(abs(grade - expected) <= 1e-9 * expected + 1e-15 * Self.plain(columns.map { abs($0) }, row.map { abs($0) }))
    }
  }
}
