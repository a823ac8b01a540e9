import MomentTensorFiles
import Numerics
import PotentialKit

/// The extrapolation grades γ = max_j |Σ_k b_k (A⁻¹)_kj| of rows of one species (E. V. Podryabinkin and A. V. Shapeev, Comput.
/// Mater. Sci. 140, 171 (2017), doi:10.1016/j.commatsci.2017.08.031), exact to rounding in double precision.
///
/// All products are needed, but only the largest one exactly. They are computed in single precision, and those within 1/64 of
/// the largest again in double. Columns of A⁻¹ whose products cancel too much for that are in double throughout: above all those
/// of rows that never were replaced in the selection, whose elements are 10⁶.
/// A column's cancellation is the largest Σ_k |a_k (A⁻¹)_kj| of the active rows a, of which single precision loses 6·10⁻⁸.
final class GradeMatrix {
  /// Rows of a block: two packs of sixteen floats, so that the block stays in the first-level cache.
  static let rowCount = 32
  private static let mostCancellation = 10_000.0
  private static let margin: Float = 1 - 1 / 64
  /// Columns at a time: with as many packs of sums, one of factors and one broadcast, the sixteen registers of AVX2 are full.
  private static let tileWidth = 6

  /// The places in MLIP's order of the parameters that the species' rows have, in the block's order.
  let parameters: [Int]
  private var depth: Int { parameters.count }
  /// The columns of A⁻¹ in single precision; their number is padded to tiles with columns of zeros.
  private let singleColumns: FixedArray<Int>
  private let doubleColumns: FixedArray<Int>
  /// [column][parameter], all columns.
  private let exact: FixedArray<Double>
  /// [tile][parameter][6]
  private let singleTiles: FixedArray<Float>
  private let doubleTiles: FixedArray<Double>
  /// [parameter][32]
  private let singleRows: FixedArray<Float>
  /// [column][32], padded to tiles.
  private let singleProducts: FixedArray<Float>
  private let doubleProducts: FixedArray<Double>

  init(_ active: MomentTensorActiveSet, parameters: [Int]) {
    self.parameters = parameters
    let n = active.count, depth = parameters.count
    let exact = (0..<n).flatMap { column in parameters.map { active.inverseTransposed[column * n + $0] } }
    let own = (0..<n).filter { row in parameters.last.map { active.rows[row * n + $0] != 0 } ?? false }
    let rows = own.flatMap { row in parameters.map { active.rows[row * n + $0] } }
    let cancellation = Self.cancellation(rows, count: own.count, exact, n, depth)
    let columns = 0..<n
    let single = columns.filter { cancellation[$0] <= Self.mostCancellation }
    let double = columns.filter { !(cancellation[$0] <= Self.mostCancellation) }
    singleColumns = FixedArray(single)
    doubleColumns = FixedArray(double)
    self.exact = FixedArray(exact)
    singleTiles = FixedArray(Self.tiles(single, of: exact, depth).map { Float($0) })
    doubleTiles = FixedArray(Self.tiles(double, of: exact, depth))
    singleRows = FixedArray([Float](repeating: 0, count: depth * Self.rowCount))
    singleProducts = FixedArray([Float](repeating: 0, count: Self.tileCount(single.count) * Self.tileWidth * Self.rowCount))
    doubleProducts = FixedArray([Double](repeating: 0, count: Self.tileCount(double.count) * Self.tileWidth * Self.rowCount))
  }

  private static func tileCount(_ columns: Int) -> Int { (columns &+ tileWidth &- 1) / tileWidth }

  /// Columns of [column][parameter] as [tile][parameter][6], the last tile filled up with zeros.
  private static func tiles(_ columns: [Int], of exact: [Double], _ depth: Int) -> [Double] {
    var tiles = [Double](repeating: 0, count: tileCount(columns.count) * depth * tileWidth)
    for (index, column) in columns.enumerated() {
      let first = index / tileWidth * depth * tileWidth + index % tileWidth
      for k in 0..<depth { tiles[first + k * tileWidth] = exact[column * depth + k] }
    }
    return tiles
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

  /// All products of a block of rows, [parameter][32], kept for `grade`.
  func multiply(_ rows: UnsafePointer<Double>) {
    for first in stride(from: 0, to: depth &* Self.rowCount, by: 8) {
      let rounded = SIMD8<Float>(UnsafeRawPointer(rows + first).load(as: SIMD8<Double>.self))
      UnsafeMutableRawPointer(singleRows.base + first).storeBytes(of: rounded, as: SIMD8<Float>.self)
    }
    multiply(Single16.self, singleRows.base, singleTiles.base, count: singleColumns.count, into: singleProducts.base)
    multiply(Double8.self, rows, doubleTiles.base, count: doubleColumns.count, into: doubleProducts.base)
  }

  @inline(__always)
  private func multiply<V: LaneVector>(
    _: V.Type, _ rows: UnsafePointer<V.Scalar>, _ tiles: UnsafePointer<V.Scalar>, count: Int,
    into products: UnsafeMutablePointer<V.Scalar>
  ) {
    for tile in 0..<Self.tileCount(count) {
      let factors = tiles + tile &* depth &* Self.tileWidth
      let target = products + tile &* Self.tileWidth &* Self.rowCount
      for pack in stride(from: 0, to: Self.rowCount, by: V.laneCount) {
        multiplyTile(V.self, rows + pack, factors, into: target + pack)
      }
    }
  }

  /// Six columns for one pack of rows.
  @inline(__always)
  private func multiplyTile<V: LaneVector>(
    _: V.Type, _ rows: UnsafePointer<V.Scalar>, _ factors: UnsafePointer<V.Scalar>,
    into products: UnsafeMutablePointer<V.Scalar>
  ) {
    var p0 = V.zero, p1 = V.zero, p2 = V.zero, p3 = V.zero, p4 = V.zero, p5 = V.zero
    var row = UnsafeRawPointer(rows), factor = factors
    for _ in 0..<depth {
      let b = row.load(as: V.self)
      p0 = p0.adding(b, times: V(factor[0]))
      p1 = p1.adding(b, times: V(factor[1]))
      p2 = p2.adding(b, times: V(factor[2]))
      p3 = p3.adding(b, times: V(factor[3]))
      p4 = p4.adding(b, times: V(factor[4]))
      p5 = p5.adding(b, times: V(factor[5]))
      row += Self.rowCount &* MemoryLayout<V.Scalar>.stride
      factor += Self.tileWidth
    }
    let target = UnsafeMutableRawPointer(products), column = Self.rowCount &* MemoryLayout<V.Scalar>.stride
    target.storeBytes(of: p0, as: V.self)
    (target + column).storeBytes(of: p1, as: V.self)
    (target + 2 &* column).storeBytes(of: p2, as: V.self)
    (target + 3 &* column).storeBytes(of: p3, as: V.self)
    (target + 4 &* column).storeBytes(of: p4, as: V.self)
    (target + 5 &* column).storeBytes(of: p5, as: V.self)
  }

  /// The grades of the block that was multiplied last; infinite where a row holds what is not a number.
  func grade(_ rows: UnsafePointer<Double>, into grades: UnsafeMutablePointer<Double>) {
    for row in 0..<Self.rowCount { grades[row] = 0 }
    for column in 0..<doubleColumns.count {
      let products = doubleProducts.base + column &* Self.rowCount
      for row in 0..<Self.rowCount {
        let product = abs(products[row])
        // What is not a number makes every column so, the last one too.
        grades[row] = product <= grades[row] ? grades[row] : product
      }
    }
    for pack in stride(from: 0, to: Self.rowCount, by: 16) { gradePack(rows, pack, into: grades) }
  }

  /// Sixteen rows: the largest product of each in single precision, then again in double, with what comes close to it.
  private func gradePack(_ rows: UnsafePointer<Double>, _ pack: Int, into grades: UnsafeMutablePointer<Double>) {
    var largest = SIMD16<Float>.zero, second = SIMD16<Float>.zero, place = SIMD16<Float>.zero
    // 0 · x is 0 for numbers only.
    var zero = SIMD16<Float>.zero
    for column in 0..<singleColumns.count {
      let signed = products(column, pack)
      zero += 0 * signed
      let product = signed.replacing(with: -signed, where: signed .< 0)
      let isLarger = product .> largest
      let smaller = product.replacing(with: largest, where: isLarger)
      second = second.replacing(with: smaller, where: smaller .> second)
      largest = largest.replacing(with: product, where: isLarger)
      place = place.replacing(with: Float(column), where: isLarger)
    }
    for lane in 0..<16 {
      let row = pack &+ lane
      guard zero[lane] == 0, grades[row].isFinite else {
        grades[row] = .infinity
        continue
      }
      let bound = max(largest[lane], Float(grades[row])) * Self.margin
      if largest[lane] >= bound, largest[lane] > 0 {
        grades[row] = max(grades[row], abs(product(rows, row, column: singleColumns.base[Int(place[lane])])))
      }
      if second[lane] >= bound, second[lane] > 0 { refine(rows, row, above: bound, &grades[row]) }
    }
  }

  /// All products of a row that may be the largest, again in double precision.
  private func refine(_ rows: UnsafePointer<Double>, _ row: Int, above bound: Float, _ grade: inout Double) {
    for column in 0..<singleColumns.count where abs(singleProducts.base[column &* Self.rowCount &+ row]) >= bound {
      grade = max(grade, abs(product(rows, row, column: singleColumns.base[column])))
    }
  }

  @inline(__always)
  private func products(_ column: Int, _ pack: Int) -> SIMD16<Float> {
    UnsafeRawPointer(singleProducts.base + (column &* Self.rowCount &+ pack)).loadUnaligned(as: SIMD16<Float>.self)
  }

  /// Σ_k b_k (A⁻¹)_kj in double precision.
  private func product(_ rows: UnsafePointer<Double>, _ row: Int, column: Int) -> Double {
    let factors = exact.base + column &* depth
    var sums = SIMD4<Double>.zero, k = 0
    while k &+ 4 <= depth {
      let b = rows + (k &* Self.rowCount &+ row)
      let values = SIMD4(b[0], b[Self.rowCount], b[2 &* Self.rowCount], b[3 &* Self.rowCount])
      sums.addProduct(values, UnsafeRawPointer(factors + k).loadUnaligned(as: SIMD4<Double>.self))
      k = k &+ 4
    }
    var rest = 0.0
    while k < depth {
      rest += factors[k] * rows[k &* Self.rowCount &+ row]
      k = k &+ 1
    }
    return sums.sum() + rest
  }
}
