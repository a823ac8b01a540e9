import Numerics

/// The extrapolation grades γ = max_j |Σ_k b_k (A⁻¹)_kj| of rows b of one kind (E. V. Podryabinkin and A. V. Shapeev, Comput.
/// Mater. Sci. 140, 171 (2017), doi:10.1016/j.commatsci.2017.08.031), exact to rounding in double precision.
///
/// All products are needed, but only the largest one exactly. They are computed in single precision, and those that come as close
/// to the largest as rounding may have moved them again in double. Columns of A⁻¹ whose products cancel too much for that are
/// in double throughout: above all those of rows that never were replaced in the selection, whose elements are huge.
/// A column's cancellation is the largest Σ_k |a_k (A⁻¹)_kj| of the active rows a, of which single precision loses 6·10⁻⁸.
///
/// Where active rows of other kinds have places of their own, products are linearly related, and fewer multiplications do
/// (`RelatedColumns`).
public final class GradeMatrix {
  /// Rows of a block: two packs of sixteen floats, so that the block stays near the core.
  public static let rowCount = 32
  /// Rounding by 2⁻²⁴, four times for safety.
  private static let rounding = 0x1p-22
  private static let leastMargin = 0x1p-12, mostMargin = 0x1p-6
  private static let mostError: Float = 0x1p-5

  /// Length of a row.
  public let depth: Int
  /// Products that come this close to the largest, relative to it, may be the largest.
  private let margin: Float
  /// The columns of A⁻¹ in single precision and those in double. The former: of its own kind's rows, then of others'.
  private let singleColumns: FixedArray<Int>
  private let doubleColumns: FixedArray<Int>
  /// [column][place], all columns.
  private let exact: FixedArray<Double>
  private let own, foreign: RelatedColumns
  private let doubleTiles: ProductTiles<Double8>
  /// [place][32], and behind them the products, [column][32].
  private let singleRows: FixedArray<Float>
  private var singleProducts: UnsafeMutablePointer<Float> { singleRows.base + depth &* Self.rowCount }
  private let doubleProducts: FixedArray<Double>
  /// Of sixteen rows: the largest product in single precision, the second, and the first's column.
  private let largest = FixedArray([Float](repeating: 0, count: 16))
  private let second = FixedArray([Float](repeating: 0, count: 16))
  private let place = FixedArray([Float](repeating: 0, count: 16))

  /// - Parameters:
  ///   - columns: A⁻¹ as [column][place in the row], without places that are zero in every row.
  ///   - activeRows: rows of A as [row][place], any number of them, from which the columns' cancellation is told.
  ///   - foreign: the columns of other kinds' active rows, where kinds have places of their own.
  ///   - ownCount: how many places, the last ones, only this kind has.
  public init(
    columns exact: [Double], depth: Int, activeRows rows: [Double], foreign: [Int] = [], ownCount: Int = 0
  ) {
    self.depth = depth
    let cancellation = Self.cancellation(rows, exact, depth)
    let most = Self.mostMargin / Self.rounding, isForeign = Set(foreign)
    let single = cancellation.indices.filter { cancellation[$0] <= most }
    let scales = (0..<depth).map { k in stride(from: k, to: rows.count, by: depth).reduce(0) { max($0, abs(rows[$1])) } }
    own = RelatedColumns(
      single.filter { !isForeign.contains($0) }, exact, scales: scales, cancellation: cancellation,
      ownCount: ownCount > 0 ? ownCount : nil)
    self.foreign = RelatedColumns(
      single.filter { isForeign.contains($0) }, exact, scales: scales, cancellation: cancellation, ownCount: 0)
    singleColumns = FixedArray(own.columns + self.foreign.columns)
    let double = cancellation.indices.filter { !(cancellation[$0] <= most) }
    doubleColumns = FixedArray(double)
    let cancelled = (own.cancellation + self.foreign.cancellation).reduce(0, max)
    margin = Float(min(Self.mostMargin, max(Self.leastMargin, Self.rounding * cancelled)))
    self.exact = FixedArray(exact)
    doubleTiles = ProductTiles(double, of: exact, depth: depth)
    let products = own.columns.count + max(own.paddedCount - own.columns.count, self.foreign.paddedCount)
    singleRows = FixedArray([Float](repeating: 0, count: (depth + products) * Self.rowCount))
    doubleProducts = FixedArray([Double](repeating: 0, count: doubleTiles.columnCount * Self.rowCount))
  }

  /// max_i Σ_k |a_ik| |A⁻¹_kj| of each column; infinite where there is no row to tell.
  private static func cancellation(_ rows: [Double], _ exact: [Double], _ depth: Int) -> [Double] {
    let count = rows.count / max(depth, 1), n = exact.count / max(depth, 1)
    guard count > 0 else { return [Double](repeating: .infinity, count: n) }
    var products = [Double](repeating: 0, count: count * n)
    multiplyTransposed(
      rows.map { abs($0) }, strideA: depth, exact.map { abs($0) }, strideB: depth, m: count, n: n, k: depth, beta: 0,
      into: &products, strideC: n)
    return (0..<n).map { column in (0..<count).reduce(0) { max($0, products[$1 * n + column]) } }
  }

  /// The grades of a block of rows, [place][32]; infinite where a row holds what is not a number.
  public func grade(_ rows: UnsafePointer<Double>, into grades: UnsafeMutablePointer<Double>) {
    for first in stride(from: 0, to: depth &* Self.rowCount, by: 8) {
      Single8(doubles: rows + first).lanes.store(singleRows.base + first)
    }
    own.multiply(singleRows.base, into: singleProducts)
    foreign.multiply(singleRows.base, into: singleProducts + own.columns.count &* Self.rowCount)
    for row in 0..<Self.rowCount { grades[row] = 0 }
    if doubleColumns.count > 0 {
      doubleTiles.multiply(rows, into: doubleProducts.base)
      largestInDouble(grades)
    }
    if singleColumns.count > 0 {
      for pack in stride(from: 0, to: Self.rowCount, by: 16) {
        searchPack(pack)
        for group in stride(from: 0, to: 16, by: 4) { settle(rows, pack, group, grades) }
      }
    }
    for row in 0..<Self.rowCount where !grades[row].isFinite { grades[row] = .infinity }
  }

  private func largestInDouble(_ grades: UnsafeMutablePointer<Double>) {
    for column in 0..<doubleColumns.count {
      let products = doubleProducts.base + column &* Self.rowCount
      for row in 0..<Self.rowCount {
        let product = abs(products[row])
        // What is not a number makes every column so, the last one too.
        grades[row] = product <= grades[row] ? grades[row] : product
      }
    }
  }

  /// The two largest products of sixteen rows; zero where none is a number.
  private func searchPack(_ pack: Int) {
    var largest = SIMD16<Float>.zero, second = SIMD16<Float>.zero, place = SIMD16<Float>.zero
    var product = UnsafeRawPointer(singleProducts + pack), column: Float = 0
    for _ in 0..<singleColumns.count {
      let bits = product.load(as: SIMD16<UInt32>.self) & SIMD16(repeating: 0x7FFF_FFFF)
      let magnitude = unsafeBitCast(bits, to: SIMD16<Float>.self)
      let isLarger = magnitude .> largest
      let smaller = magnitude.replacing(with: largest, where: isLarger)
      second.replace(with: smaller, where: smaller .> second)
      largest.replace(with: magnitude, where: isLarger)
      place.replace(with: SIMD16(repeating: column), where: isLarger)
      product += Self.rowCount &* MemoryLayout<Float>.stride
      column += 1
    }
    largest.store(self.largest.base)
    second.store(self.second.base)
    place.store(self.place.base)
  }

  /// The largest products of four rows in double precision, with others that come close to them.
  private func settle(_ rows: UnsafePointer<Double>, _ pack: Int, _ group: Int, _ grades: UnsafeMutablePointer<Double>) {
    let columns = SIMD4(
      singleColumns.base[Int(place.base[group])], singleColumns.base[Int(place.base[group &+ 1])],
      singleColumns.base[Int(place.base[group &+ 2])], singleColumns.base[Int(place.base[group &+ 3])])
    let products = self.products(rows + (pack &+ group), columns)
    for lane in 0..<4 {
      let row = pack &+ group &+ lane, rounded = largest.base[group &+ lane], product = abs(products[lane])
      let known = max(rounded, Float(grades[row])), error = Float(abs(product - Double(rounded)))
      // False for what is not a number, and where single precision overflowed or tells nothing.
      guard error <= Self.mostError * known else {
        grades[row] = largestOfAll(rows, row, grades[row])
        continue
      }
      grades[row] = max(grades[row], product)
      // Other products are about as wrong as this one.
      let bound = known - max(margin * known, 8 * error)
      if rounded > 0, second.base[group &+ lane] >= bound { refine(rows, row, above: bound, &grades[row]) }
    }
  }

  /// All products of a row that may be the largest, again in double precision.
  private func refine(_ rows: UnsafePointer<Double>, _ row: Int, above bound: Float, _ grade: inout Double) {
    for column in 0..<singleColumns.count where abs(singleProducts[column &* Self.rowCount &+ row]) >= bound {
      grade = max(grade, abs(product(rows, row, column: singleColumns.base[column])))
    }
  }

  /// All products of a row in double precision.
  private func largestOfAll(_ rows: UnsafePointer<Double>, _ row: Int, _ known: Double) -> Double {
    var largest = known
    for column in 0..<singleColumns.count {
      let product = abs(self.product(rows, row, column: singleColumns.base[column]))
      largest = product <= largest ? largest : product
    }
    return largest
  }

  /// Σ_k b_k (A⁻¹)_kj of one row in double precision.
  private func product(_ rows: UnsafePointer<Double>, _ row: Int, column: Int) -> Double {
    let factors = exact.base + column &* depth
    var even = 0.0, odd = 0.0, k = 0
    while k &+ 2 <= depth {
      even += factors[k] * rows[k &* Self.rowCount &+ row]
      odd += factors[k &+ 1] * rows[(k &+ 1) &* Self.rowCount &+ row]
      k = k &+ 2
    }
    if k < depth { even += factors[k] * rows[k &* Self.rowCount &+ row] }
    return even + odd
  }

  /// The same of four rows side by side, with a column for each.
  private func products(_ rows: UnsafePointer<Double>, _ columns: SIMD4<Int>) -> SIMD4<Double> {
    let a = exact.base + columns[0] &* depth, b = exact.base + columns[1] &* depth
    let c = exact.base + columns[2] &* depth, d = exact.base + columns[3] &* depth
    var even = Double4.zero, odd = Double4.zero, k = 0
    while k &+ 4 <= depth {
      let factors = Self.transposed(a + k, b + k, c + k, d + k), at = rows + k &* Self.rowCount
      even = even.adding(Double4(doubles: at), times: Double4(lanes: factors.0))
      odd = odd.adding(Double4(doubles: at + Self.rowCount), times: Double4(lanes: factors.1))
      even = even.adding(Double4(doubles: at + 2 &* Self.rowCount), times: Double4(lanes: factors.2))
      odd = odd.adding(Double4(doubles: at + 3 &* Self.rowCount), times: Double4(lanes: factors.3))
      k = k &+ 4
    }
    while k < depth {
      let factors = Double4(lanes: SIMD4(a[k], b[k], c[k], d[k]))
      even = even.adding(Double4(doubles: rows + k &* Self.rowCount), times: factors)
      k = k &+ 1
    }
    return (even + odd).lanes
  }

  @inline(__always)
  private static func transposed(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ c: UnsafePointer<Double>, _ d: UnsafePointer<Double>
  ) -> (SIMD4<Double>, SIMD4<Double>, SIMD4<Double>, SIMD4<Double>) {
    let a = Double4(doubles: a).lanes, b = Double4(doubles: b).lanes
    let c = Double4(doubles: c).lanes, d = Double4(doubles: d).lanes
    let abEven = SIMD4(a[0], b[0], a[2], b[2]), abOdd = SIMD4(a[1], b[1], a[3], b[3])
    let cdEven = SIMD4(c[0], d[0], c[2], d[2]), cdOdd = SIMD4(c[1], d[1], c[3], d[3])
    return (
      SIMD4(lowHalf: abEven.lowHalf, highHalf: cdEven.lowHalf), SIMD4(lowHalf: abOdd.lowHalf, highHalf: cdOdd.lowHalf),
      SIMD4(lowHalf: abEven.highHalf, highHalf: cdEven.highHalf), SIMD4(lowHalf: abOdd.highHalf, highHalf: cdOdd.highHalf)
    )
  }
}

extension SIMD where Self: BitwiseCopyable {
  @inline(__always)
  fileprivate func store(_ target: UnsafeMutablePointer<Scalar>) {
    UnsafeMutableRawPointer(target).storeBytes(of: self, as: Self.self)
  }
}
