/// Columns of a matrix, laid out for products with blocks of 32 rows: c_j = Σ_k b_k a_kj.
///
/// Tiles of twelve columns and two packs of rows keep 24 sums in registers: fourteen loads for 24 multiplications with
/// AVX-512, so that these set the pace. What is left over comes in tiles of four columns, the last filled up with zeros.
struct ProductTiles<V: LaneVector> {
  private static var wide: Int { 12 }
  private static var narrow: Int { 4 }

  private let depth: Int
  private let wideCount: Int
  private let narrowCount: Int
  /// [tile][place][12], then [tile][place][4]
  private let factors: FixedArray<V.Scalar>

  /// Columns with those of zeros.
  var columnCount: Int { wideCount * Self.wide + narrowCount * Self.narrow }

  /// - Parameters:
  ///   - columns: those that it takes.
  ///   - elements: [column][place].
  init(_ columns: [Int], of elements: [Double], depth: Int) {
    self.depth = depth
    wideCount = columns.count / Self.wide
    narrowCount = (columns.count - wideCount * Self.wide + Self.narrow - 1) / Self.narrow
    let widths = [Int](repeating: Self.wide, count: wideCount) + [Int](repeating: Self.narrow, count: narrowCount)
    var all: [V.Scalar] = [], first = 0
    for width in widths {
      for k in 0..<depth {
        for index in first..<first + width {
          all.append(index < columns.count ? V.Scalar(elements[columns[index] * depth + k]) : 0)
        }
      }
      first += width
    }
    factors = FixedArray(all)
  }

  /// All products of a block of rows, [place][32], as [column][32].
  func multiply(_ rows: UnsafePointer<V.Scalar>, into products: UnsafeMutablePointer<V.Scalar>) {
    let bytes = MemoryLayout<V.Scalar>.stride
    let narrow = factors.base + wideCount &* depth &* Self.wide
    for pair in stride(from: 0, to: GradeMatrix.rowCount, by: 2 &* V.laneCount) {
      let rows = UnsafeRawPointer(rows + pair)
      var target = UnsafeMutableRawPointer(products + pair)
      for tile in 0..<wideCount {
        multiplyWide(rows, factors.base + tile &* depth &* Self.wide, into: target)
        target += Self.wide &* GradeMatrix.rowCount &* bytes
      }
      for tile in 0..<narrowCount {
        multiplyNarrow(rows, narrow + tile &* depth &* Self.narrow, into: target)
        target += Self.narrow &* GradeMatrix.rowCount &* bytes
      }
    }
  }

  @inline(__always)
  private func multiplyWide(
    _ rows: UnsafeRawPointer, _ factors: UnsafePointer<V.Scalar>, into target: UnsafeMutableRawPointer
  ) {
    var first = ColumnSums<V>(), middle = ColumnSums<V>(), last = ColumnSums<V>()
    var row = rows, factor = factors
    let step = GradeMatrix.rowCount &* MemoryLayout<V.Scalar>.stride
    for _ in 0..<depth {
      let x = row.load(as: V.self), y = row.load(fromByteOffset: MemoryLayout<V>.size, as: V.self)
      first.add(x, y, factor)
      middle.add(x, y, factor + 4)
      last.add(x, y, factor + 8)
      row += step
      factor += Self.wide
    }
    first.store(target, step)
    middle.store(target + 4 &* step, step)
    last.store(target + 8 &* step, step)
  }

  @inline(__always)
  private func multiplyNarrow(
    _ rows: UnsafeRawPointer, _ factors: UnsafePointer<V.Scalar>, into target: UnsafeMutableRawPointer
  ) {
    var sums = ColumnSums<V>(), row = rows, factor = factors
    let step = GradeMatrix.rowCount &* MemoryLayout<V.Scalar>.stride
    for _ in 0..<depth {
      sums.add(row.load(as: V.self), row.load(fromByteOffset: MemoryLayout<V>.size, as: V.self), factor)
      row += step
      factor += Self.narrow
    }
    sums.store(target, step)
  }
}

/// The products of four columns with two packs of rows.
private struct ColumnSums<V: LaneVector> {
  var x0 = V.zero, x1 = V.zero, x2 = V.zero, x3 = V.zero
  var y0 = V.zero, y1 = V.zero, y2 = V.zero, y3 = V.zero

  @inline(__always)
  mutating func add(_ x: V, _ y: V, _ factors: UnsafePointer<V.Scalar>) {
    let a = V(factors[0]), b = V(factors[1]), c = V(factors[2]), d = V(factors[3])
    x0 = x0.adding(x, times: a)
    y0 = y0.adding(y, times: a)
    x1 = x1.adding(x, times: b)
    y1 = y1.adding(y, times: b)
    x2 = x2.adding(x, times: c)
    y2 = y2.adding(y, times: c)
    x3 = x3.adding(x, times: d)
    y3 = y3.adding(y, times: d)
  }

  /// Columns are `step` bytes apart.
  @inline(__always)
  func store(_ target: UnsafeMutableRawPointer, _ step: Int) {
    put(x0, y0, target)
    put(x1, y1, target + step)
    put(x2, y2, target + 2 &* step)
    put(x3, y3, target + 3 &* step)
  }

  @inline(__always)
  private func put(_ x: V, _ y: V, _ target: UnsafeMutableRawPointer) {
    target.storeBytes(of: x, as: V.self)
    target.storeBytes(of: y, toByteOffset: MemoryLayout<V>.size, as: V.self)
  }
}
