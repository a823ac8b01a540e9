import PotentialKit

/// c_j = Σ_k b_k a_kj for blocks of 32 rows b: columns a_j in tiles of six, [tile][k][6], rows in lanes, [k][32].
///
/// With as many packs of sums, one of factors and one broadcast, the sixteen registers of AVX2 are full.
struct ColumnTiles<Scalar: BinaryFloatingPoint & BitwiseCopyable> {
  static var width: Int { 6 }

  let count: Int
  private let depth: Int
  private let factors: FixedArray<Scalar>

  /// - Parameter columns: of `depth` factors each.
  init(_ columns: [ArraySlice<Double>], depth: Int) {
    count = columns.count
    self.depth = depth
    let tileCount = (count + Self.width - 1) / Self.width
    var tiles = [Scalar](repeating: 0, count: tileCount * depth * Self.width)
    for (index, column) in columns.enumerated() {
      let first = index / Self.width * depth * Self.width + index % Self.width
      for (k, factor) in column.enumerated() { tiles[first + k * Self.width] = Scalar(factor) }
    }
    factors = FixedArray(tiles)
  }

  var tileCount: Int { (count &+ Self.width &- 1) / Self.width }

  /// All products, [column][32]: up to five columns behind the last are written too. The largest magnitude of each tile's
  /// products goes to `maxima`, [tile][32]; what is not a number is passed over there.
  @inline(__always)
  func multiply<V: LaneVector>(
    _: V.Type, _ rows: UnsafePointer<Scalar>, into products: UnsafeMutablePointer<Scalar>,
    maxima: UnsafeMutablePointer<Scalar>
  ) where V.Scalar == Scalar {
    for tile in 0..<tileCount {
      let first = factors.base + tile &* depth &* Self.width
      let target = products + tile &* Self.width &* GradeMatrix.rowCount
      for pack in stride(from: 0, to: GradeMatrix.rowCount, by: V.laneCount) {
        let largest = multiplyTile(V.self, rows + pack, first, into: target + pack)
        UnsafeMutableRawPointer(maxima + (tile &* GradeMatrix.rowCount &+ pack)).storeBytes(of: largest, as: V.self)
      }
    }
  }

  /// Six columns for one pack of rows; returns their largest magnitudes.
  @inline(__always)
  private func multiplyTile<V: LaneVector>(
    _: V.Type, _ rows: UnsafePointer<Scalar>, _ factors: UnsafePointer<Scalar>, into products: UnsafeMutablePointer<Scalar>
  ) -> V where V.Scalar == Scalar {
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
      row += GradeMatrix.rowCount &* MemoryLayout<Scalar>.stride
      factor += Self.width
    }
    let target = UnsafeMutableRawPointer(products), column = GradeMatrix.rowCount &* MemoryLayout<Scalar>.stride
    target.storeBytes(of: p0, as: V.self)
    (target + column).storeBytes(of: p1, as: V.self)
    (target + 2 &* column).storeBytes(of: p2, as: V.self)
    (target + 3 &* column).storeBytes(of: p3, as: V.self)
    (target + 4 &* column).storeBytes(of: p4, as: V.self)
    (target + 5 &* column).storeBytes(of: p5, as: V.self)
    let low = p0.magnitude.maximum(p1.magnitude).maximum(p2.magnitude)
    return low.maximum(p3.magnitude.maximum(p4.magnitude).maximum(p5.magnitude))
  }
}

extension LaneVector {
  @inline(__always) var magnitude: Self { maximum(Self.zero - self) }
}
