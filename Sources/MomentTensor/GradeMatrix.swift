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
  private let singleColumns: [Int]
  private let doubleColumns: [Int]
  /// [column][parameter], all columns.
  private let exact: FixedArray<Double>
  /// [tile][parameter][6]
  private let tiles: FixedArray<Float>
  private let tileCount: Int
  /// [double column][parameter]
  private let precise: FixedArray<Double>

  private let singleRows: FixedArray<Float>
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
    singleColumns = columns.filter { cancellation[$0] <= Self.mostCancellation }
    doubleColumns = columns.filter { !(cancellation[$0] <= Self.mostCancellation) }
    tileCount = (singleColumns.count + Self.tileWidth - 1) / Self.tileWidth
    var tiles = [Float](repeating: 0, count: tileCount * depth * Self.tileWidth)
    for (index, column) in singleColumns.enumerated() {
      let first = index / Self.tileWidth * depth * Self.tileWidth + index % Self.tileWidth
      for k in 0..<depth { tiles[first + k * Self.tileWidth] = Float(exact[column * depth + k]) }
    }
    self.exact = FixedArray(exact)
    self.tiles = FixedArray(tiles)
    precise = FixedArray(doubleColumns.flatMap { exact[$0 * depth..<($0 + 1) * depth] })
    singleRows = FixedArray([Float](repeating: 0, count: depth * Self.rowCount))
    singleProducts = FixedArray([Float](repeating: 0, count: tileCount * Self.tileWidth * Self.rowCount))
    doubleProducts = FixedArray([Double](repeating: 0, count: doubleColumns.count * Self.rowCount))
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
      SIMD8<Float>(UnsafeRawPointer(rows + first).load(as: SIMD8<Double>.self)).put(singleRows.base + first)
    }
    for tile in 0..<tileCount {
      let factors = tiles.base + tile &* depth &* Self.tileWidth
      let products = singleProducts.base + tile &* Self.tileWidth &* Self.rowCount
      for pack in stride(from: 0, to: Self.rowCount, by: 16) {
        multiply(singleRows.base + pack, factors, into: products + pack)
      }
    }
    Numerics.multiply(
      precise.base, strideA: depth, rows, strideB: Self.rowCount, m: doubleColumns.count, n: Self.rowCount, k: depth,
      into: doubleProducts.base, strideC: Self.rowCount)
  }

  /// Six columns for sixteen rows.
  @inline(__always)
  private func multiply(_ rows: UnsafePointer<Float>, _ factors: UnsafePointer<Float>, into products: UnsafeMutablePointer<Float>) {
    var p0 = Single16.zero, p1 = Single16.zero, p2 = Single16.zero
    var p3 = Single16.zero, p4 = Single16.zero, p5 = Single16.zero
    var row = UnsafeRawPointer(rows), factor = factors
    for _ in 0..<depth {
      let b = Single16(lanes: row.loadUnaligned(as: SIMD16<Float>.self))
      p0 = p0.adding(b, times: Single16(factor[0]))
      p1 = p1.adding(b, times: Single16(factor[1]))
      p2 = p2.adding(b, times: Single16(factor[2]))
      p3 = p3.adding(b, times: Single16(factor[3]))
      p4 = p4.adding(b, times: Single16(factor[4]))
      p5 = p5.adding(b, times: Single16(factor[5]))
      row += Self.rowCount &* MemoryLayout<Float>.stride
      factor += Self.tileWidth
    }
    p0.lanes.put(products)
    p1.lanes.put(products + Self.rowCount)
    p2.lanes.put(products + 2 &* Self.rowCount)
    p3.lanes.put(products + 3 &* Self.rowCount)
    p4.lanes.put(products + 4 &* Self.rowCount)
    p5.lanes.put(products + 5 &* Self.rowCount)
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

  /// Sixteen rows: the largest product of each in single precision, then again in double what comes close to it.
  private func gradePack(_ rows: UnsafePointer<Double>, _ pack: Int, into grades: UnsafeMutablePointer<Double>) {
    // 0 · x is 0 for numbers only.
    var largest = Single16.zero, zero = Single16.zero
    for column in 0..<singleColumns.count {
      let product = self.products(column, pack)
      largest = largest.maximum(product).maximum(Single16.zero - product)
      zero = zero.adding(product, times: Single16.zero)
    }
    var bound = largest.lanes * Self.margin
    for row in 0..<16 {
      bound[row] = max(bound[row], Float(grades[pack &+ row]) * Self.margin)
      if zero.lanes[row] != 0 || !grades[pack &+ row].isFinite { grades[pack &+ row] = .infinity }
    }
    for column in 0..<singleColumns.count {
      let product = self.products(column, pack).lanes
      let isClose = (product .>= bound) .| (product .<= -bound)
      guard isClose != SIMDMask(repeating: false) else { continue }
      for row in 0..<16 where isClose[row] {
        let exact = abs(self.product(rows, pack &+ row, column: singleColumns[column]))
        // False for what is not a number: infinity stays.
        if exact > grades[pack &+ row] { grades[pack &+ row] = exact }
      }
    }
  }

  @inline(__always)
  private func products(_ column: Int, _ pack: Int) -> Single16 {
    let place = singleProducts.base + (column &* Self.rowCount &+ pack)
    return Single16(lanes: UnsafeRawPointer(place).loadUnaligned(as: SIMD16<Float>.self))
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

extension SIMD where Scalar == Float {
  @inline(__always)
  fileprivate func put(_ target: UnsafeMutablePointer<Float>) { UnsafeMutableRawPointer(target).storeBytes(of: self, as: Self.self) }
}
