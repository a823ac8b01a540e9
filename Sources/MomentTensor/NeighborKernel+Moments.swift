import PotentialKit

extension NeighborKernel {
  /// Reduced moments of one center: a matrix product of columns and monomials over its neighbors.
  ///
  /// Four monomials by up to three columns stay in registers through a sweep; results are in double precision.
  /// - Parameter moments: this center's own, [moment].
  func computeMoments(_ batch: borrowing EnvironmentBatch, slot: Int, into moments: UnsafeMutablePointer<Double>) {
    let first = batch.starts[slot] / Whole.laneCount, length = batch.lengths[slot]
    let units = length / Whole.laneCount
    let hasHalf = length & (Whole.laneCount &- 1) != 0
    let rows = UnsafeRawPointer(monomials.base) + first &* monomialRows &* Whole.slotBytes
    let columns = UnsafeRawPointer(values.base) + first &* columnCount &* Whole.slotBytes
    for block in 0..<activeColumns.count {
      let active = activeColumns.base[block], table = rows + 4 &* block &* Whole.slotBytes
      var column = 0
      while column < active {
        let f = columns + column &* Whole.slotBytes
        let target = moments + (offsets.base[column] &+ 4 &* block)
        switch active &- column {
        case 1:
          store(sumOne(table, f, units, hasHalf), target)
          column = column &+ 1
        case 2:
          let sums = sumTwo(table, f, units, hasHalf)
          store(sums.0, target)
          store(sums.1, moments + (offsets.base[column &+ 1] &+ 4 &* block))
          column = column &+ 2
        default:
          let sums = sumThree(table, f, units, hasHalf)
          store(sums.0, target)
          store(sums.1, moments + (offsets.base[column &+ 1] &+ 4 &* block))
          store(sums.2, moments + (offsets.base[column &+ 2] &+ 4 &* block))
          column = column &+ 3
        }
      }
    }
  }

  @inline(__always)
  private func store(_ sums: SIMD4<Double>, _ target: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(target).storeBytes(of: sums, as: SIMD4<Double>.self)
  }

  /// Four monomials by one column: whole packs are eight independent sums already.
  @inline(__always)
  private func sumOne(_ table: UnsafeRawPointer, _ columns: UnsafeRawPointer, _ units: Int, _ hasHalf: Bool) -> SIMD4<Double> {
    var a = Whole.zero, b = Whole.zero, c = Whole.zero, d = Whole.zero
    var row = table, f = columns
    for _ in 0..<units {
      let value = Whole.load(f, slot: 0)
      a = a.adding(Whole.load(row, slot: 0), times: value)
      b = b.adding(Whole.load(row, slot: 1), times: value)
      c = c.adding(Whole.load(row, slot: 2), times: value)
      d = d.adding(Whole.load(row, slot: 3), times: value)
      row += monomialRows &* Whole.slotBytes
      f += columnCount &* Whole.slotBytes
    }
    var s = Quad(a.low + a.high, b.low + b.high, c.low + c.high, d.low + d.high)
    if hasHalf { s.add(row, Half.load(f, slot: 0)) }
    return s.sums
  }

  @inline(__always)
  private func sumTwo(
    _ table: UnsafeRawPointer, _ columns: UnsafeRawPointer, _ units: Int, _ hasHalf: Bool
  ) -> (SIMD4<Double>, SIMD4<Double>) {
    var s = Quad(), t = Quad()
    var row = table, f = columns
    let half = MemoryLayout<Half>.size
    for _ in 0..<units {
      s.add(row, Half.load(f, slot: 0))
      t.add(row, Half.load(f, slot: 1))
      s.add(row + half, Half.load(f + half, slot: 0))
      t.add(row + half, Half.load(f + half, slot: 1))
      row += monomialRows &* Whole.slotBytes
      f += columnCount &* Whole.slotBytes
    }
    if hasHalf {
      s.add(row, Half.load(f, slot: 0))
      t.add(row, Half.load(f, slot: 1))
    }
    return (s.sums, t.sums)
  }

  @inline(__always)
  private func sumThree(
    _ table: UnsafeRawPointer, _ columns: UnsafeRawPointer, _ units: Int, _ hasHalf: Bool
  ) -> (SIMD4<Double>, SIMD4<Double>, SIMD4<Double>) {
    var s = Quad(), t = Quad(), v = Quad()
    var row = table, f = columns
    let half = MemoryLayout<Half>.size
    for _ in 0..<units {
      s.add(row, Half.load(f, slot: 0))
      t.add(row, Half.load(f, slot: 1))
      v.add(row, Half.load(f, slot: 2))
      s.add(row + half, Half.load(f + half, slot: 0))
      t.add(row + half, Half.load(f + half, slot: 1))
      v.add(row + half, Half.load(f + half, slot: 2))
      row += monomialRows &* Whole.slotBytes
      f += columnCount &* Whole.slotBytes
    }
    if hasHalf {
      s.add(row, Half.load(f, slot: 0))
      t.add(row, Half.load(f, slot: 1))
      v.add(row, Half.load(f, slot: 2))
    }
    return (s.sums, t.sums, v.sums)
  }

  /// Running sums of four monomials times one column, half packs wide.
  private struct Quad {
    var a = Half.zero, b = Half.zero, c = Half.zero, d = Half.zero

    @inline(__always) init() {}
    @inline(__always) init(_ a: Half, _ b: Half, _ c: Half, _ d: Half) { (self.a, self.b, self.c, self.d) = (a, b, c, d) }

    @inline(__always)
    mutating func add(_ row: UnsafeRawPointer, _ value: Half) {
      a = a.adding(Half.load(row, slot: 0), times: value)
      b = b.adding(Half.load(row, slot: 1), times: value)
      c = c.adding(Half.load(row, slot: 2), times: value)
      d = d.adding(Half.load(row, slot: 3), times: value)
    }

    @inline(__always) var sums: SIMD4<Double> { Half.sums(a, b, c, d) }
  }
}
