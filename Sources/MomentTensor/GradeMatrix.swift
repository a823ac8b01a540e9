import MomentTensorFiles
import Numerics
import PotentialKit

/// The extrapolation grades γ = max_j |Σ_k b_k (A⁻¹)_kj| of rows of one species (E. V. Podryabinkin and A. V. Shapeev, Comput.
/// Mater. Sci. 140, 171 (2017), doi:10.1016/j.commatsci.2017.08.031), exact to rounding in double precision.
///
/// All products are needed, but only the largest one exactly. They are computed in single precision, and columns of which one
/// comes within 1/64 of a row's largest again in double. Columns of A⁻¹ whose products cancel too much for that are in double
/// throughout: above all those of rows that never were replaced in the selection, whose elements are 10⁶.
/// A column's cancellation is the largest Σ_k |a_k (A⁻¹)_kj| of the active rows a, of which single precision loses 6·10⁻⁸.
///
/// Other species' active rows a_j have parameters of their own, in which a row b = Σ_j c_j a_j of this species is zero. So their
/// c_j are not free: few of them, which `ColumnRelation` finds, tell the others by a smaller product.
final class GradeMatrix {
  /// Rows of a block: two packs of sixteen floats, so that the block stays in the first-level cache.
  static let rowCount = 32
  private static let mostCancellation = 32_768.0
  private static let margin: Float = 1 - 1 / 64

  /// The places in MLIP's order of the parameters that the species' rows have, in the block's order.
  let parameters: [Int]
  private var depth: Int { parameters.count }
  /// The columns of A⁻¹ in single precision: independent ones of other species, those that depend on them, then its own.
  private let singleColumns: FixedArray<Int>
  private let foreign, dependent, own: ColumnTiles<Float>
  private let double: ColumnTiles<Double>
  /// [column][parameter], all columns.
  private let exact: FixedArray<Double>
  /// [parameter][32], and 0 · Σ_k b_k of each row: not 0 where an element is no number.
  private let singleRows: FixedArray<Float>
  private let zeros = FixedArray([Float](repeating: 0, count: rowCount))
  /// [column][32], padded to a tile.
  private let singleProducts: FixedArray<Float>
  private let doubleProducts: FixedArray<Double>
  /// The largest magnitude of each tile's products, [tile][32]; those of one part behind the other's.
  private let singleMaxima: FixedArray<Float>
  private let doubleMaxima: FixedArray<Double>

  init(_ active: MomentTensorActiveSet, parameters: [Int]) {
    self.parameters = parameters
    let n = active.count, depth = parameters.count
    let exact = (0..<n).flatMap { column in parameters.map { active.inverseTransposed[column * n + $0] } }
    let members = (0..<n).filter { row in parameters.last.map { active.rows[row * n + $0] != 0 } ?? false }
    let rows = members.flatMap { row in parameters.map { active.rows[row * n + $0] } }
    let cancellation = Self.cancellation(rows, count: members.count, exact, n, depth)
    let single = (0..<n).filter { cancellation[$0] <= Self.mostCancellation }
    let isMember = Set(members)
    let scales = (0..<depth).map { k in members.indices.reduce(0) { max($0, abs(rows[$1 * depth + k])) } }
    let relation = ColumnRelation(single.filter { !isMember.contains($0) }, exact, scales: scales)
    let ownColumns = single.filter { isMember.contains($0) }
    let doubleColumns = (0..<n).filter { !(cancellation[$0] <= Self.mostCancellation) }
    let factors = { (column: Int) in exact[column * depth..<(column + 1) * depth] }
    singleColumns = FixedArray(relation.independent + relation.dependent + ownColumns)
    foreign = ColumnTiles(relation.independent.map(factors), depth: depth)
    dependent = ColumnTiles(relation.coefficients.map { $0[...] }, depth: relation.independent.count)
    own = ColumnTiles(ownColumns.map(factors), depth: depth)
    double = ColumnTiles(doubleColumns.map(factors), depth: depth)
    self.exact = FixedArray(exact)
    let width = ColumnTiles<Float>.width
    let tileCount = foreign.tileCount + dependent.tileCount + own.tileCount
    singleRows = FixedArray([Float](repeating: 0, count: depth * Self.rowCount))
    singleProducts = FixedArray([Float](repeating: 0, count: (single.count + width) * Self.rowCount))
    doubleProducts = FixedArray([Double](repeating: 0, count: (doubleColumns.count + width) * Self.rowCount))
    singleMaxima = FixedArray([Float](repeating: 0, count: tileCount * Self.rowCount))
    doubleMaxima = FixedArray([Double](repeating: 0, count: double.tileCount * Self.rowCount))
  }

  /// max_i Σ_k |a_ik| |A⁻¹_kj| of each column; infinite where there is no row to tell.
  private static func cancellation(_ rows: [Double], count: Int, _ exact: [Double], _ n: Int, _ depth: Int) -> [Double] {
    guard count > 0 else { return [Double](repeating: .infinity, count: n) }
    var products = [Double](repeating: 0, count: count * n)
    let a = rows.map { abs($0) }, b = exact.map { abs($0) }
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        products.withUnsafeMutableBufferPointer { c in
          guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
          multiplyTransposed(a, strideA: depth, b, strideB: depth, m: count, n: n, k: depth, beta: 0, into: c, strideC: n)
        }
      }
    }
    return (0..<n).map { column in (0..<count).reduce(0) { max($0, products[$1 * n + column]) } }
  }
}

extension GradeMatrix {
  /// The grades of a block of rows, [parameter][32]; infinite where a row holds what is not a number, or where single precision
  /// does not reach.
  func grade(_ rows: UnsafePointer<Double>, into grades: UnsafeMutablePointer<Double>) {
    round(rows)
    multiply(rows)
    for pack in stride(from: 0, to: Self.rowCount, by: 8) {
      largest(Double8.self, doubleMaxima.base + pack, tiles: double.tileCount).store(doubles: grades + pack)
    }
    let bounds = Bounds(low: bound(0, grades), high: bound(16, grades))
    var column = 0, maxima = UnsafePointer(singleMaxima.base)
    refine(rows, foreign, &column, &maxima, bounds, grades)
    refine(rows, dependent, &column, &maxima, bounds, grades)
    refine(rows, own, &column, &maxima, bounds, grades)
    for row in 0..<Self.rowCount where zeros.base[row] != 0 || !bounds[row].isFinite || grades[row].isNaN {
      grades[row] = .infinity
    }
  }

  private func round(_ rows: UnsafePointer<Double>) {
    var low = Single16.zero, high = Single16.zero
    for first in stride(from: 0, to: depth &* Self.rowCount, by: Self.rowCount) {
      let a = Single16(doubles: rows + first), b = Single16(doubles: rows + (first &+ 16))
      UnsafeMutableRawPointer(singleRows.base + first).storeBytes(of: a, as: Single16.self)
      UnsafeMutableRawPointer(singleRows.base + (first &+ 16)).storeBytes(of: b, as: Single16.self)
      // 0 · x is 0 for numbers only.
      low = low.adding(a, times: Single16.zero)
      high = high.adding(b, times: Single16.zero)
    }
    UnsafeMutableRawPointer(zeros.base).storeBytes(of: low, as: Single16.self)
    UnsafeMutableRawPointer(zeros.base + 16).storeBytes(of: high, as: Single16.self)
  }

  /// All products. A part's padding is overwritten by the next part.
  private func multiply(_ rows: UnsafePointer<Double>) {
    var products = singleProducts.base, maxima = singleMaxima.base
    foreign.multiply(Single16.self, singleRows.base, into: products, maxima: maxima)
    products += foreign.count &* Self.rowCount
    maxima += foreign.tileCount &* Self.rowCount
    dependent.multiply(Single16.self, singleProducts.base, into: products, maxima: maxima)
    products += dependent.count &* Self.rowCount
    maxima += dependent.tileCount &* Self.rowCount
    own.multiply(Single16.self, singleRows.base, into: products, maxima: maxima)
    double.multiply(Double8.self, rows, into: doubleProducts.base, maxima: doubleMaxima.base)
  }

  @inline(__always)
  private func largest<V: LaneVector>(_: V.Type, _ maxima: UnsafePointer<V.Scalar>, tiles: Int) -> V {
    var largest = V.zero
    for tile in 0..<tiles {
      largest = largest.maximum(UnsafeRawPointer(maxima + tile &* Self.rowCount).load(as: V.self))
    }
    return largest
  }

  /// What a product must exceed to be computed again, sixteen rows from `pack`.
  private func bound(_ pack: Int, _ grades: UnsafePointer<Double>) -> Single16 {
    let tiles = foreign.tileCount &+ dependent.tileCount &+ own.tileCount
    return largest(Single16.self, singleMaxima.base + pack, tiles: tiles).maximum(Single16(doubles: grades + pack))
      * Single16(Self.margin)
  }

  /// Bounds of 32 rows.
  private struct Bounds {
    var low, high: Single16

    subscript(row: Int) -> Float { row < 16 ? low.lanes[row] : high.lanes[row &- 16] }

    /// Whether a magnitude of 32 products exceeds its row's bound.
    @inline(__always)
    func areExceeded(by products: UnsafePointer<Float>) -> Bool {
      let products = UnsafeRawPointer(products)
      let excess = (products.load(as: Single16.self).magnitude - low)
        .maximum(products.load(fromByteOffset: 64, as: Single16.self).magnitude - high)
      let eight = excess.low.maximum(excess.high).lanes
      let four = pointwiseMax(eight.lowHalf, eight.highHalf), two = pointwiseMax(four.lowHalf, four.highHalf)
      return max(two.x, two.y) > 0
    }
  }

  /// Columns of a part of which a product comes close to its row's largest, again in double precision; moves on to the next part.
  private func refine(
    _ rows: UnsafePointer<Double>, _ part: ColumnTiles<Float>, _ column: inout Int, _ maxima: inout UnsafePointer<Float>,
    _ bounds: Bounds, _ grades: UnsafeMutablePointer<Double>
  ) {
    let width = ColumnTiles<Float>.width
    for tile in 0..<part.tileCount where bounds.areExceeded(by: maxima + tile &* Self.rowCount) {
      for index in tile &* width..<min((tile &+ 1) &* width, part.count)
      where bounds.areExceeded(by: singleProducts.base + (column &+ index) &* Self.rowCount) {
        multiplyExactly(rows, column: singleColumns.base[column &+ index], grades)
      }
    }
    column += part.count
    maxima += part.tileCount &* Self.rowCount
  }

  /// The grades grow to a column's products in double precision.
  private func multiplyExactly(_ rows: UnsafePointer<Double>, column: Int, _ grades: UnsafeMutablePointer<Double>) {
    let factors = exact.base + column &* depth
    var a = Double8.zero, b = Double8.zero, c = Double8.zero, d = Double8.zero, row = rows
    for k in 0..<depth {
      let factor = Double8(factors[k])
      a = a.adding(Double8(doubles: row), times: factor)
      b = b.adding(Double8(doubles: row + 8), times: factor)
      c = c.adding(Double8(doubles: row + 16), times: factor)
      d = d.adding(Double8(doubles: row + 24), times: factor)
      row += Self.rowCount
    }
    a.magnitude.maximum(Double8(doubles: grades)).store(doubles: grades)
    b.magnitude.maximum(Double8(doubles: grades + 8)).store(doubles: grades + 8)
    c.magnitude.maximum(Double8(doubles: grades + 16)).store(doubles: grades + 16)
    d.magnitude.maximum(Double8(doubles: grades + 24)).store(doubles: grades + 24)
  }
}
