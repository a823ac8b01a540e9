import Atomistics
import Numerics

/// Builds the full neighbor list of the owned atoms from a `RowGrid`.
///
/// Centers are taken in small groups that are consecutive in a row. The candidates of a group, one run of each of up to
/// 25 rows, are copied into contiguous arrays once; then each center runs over them in two branch-free passes, squared
/// distances and compaction.
final class NeighborSearch {
  private let offsets = Storage<Int>()
  private let neighbors = Storage<Int32>()
  private let centers = Storage<Int32>()
  private let candidates = Candidates()
  private let hits = Storage<Int32>()
  private var reachable: [ReachableRow] = []
  private let kindCount: Int
  private let kindOffsetsStorage: UnsafeMutablePointer<Int>
  private(set) var centerCount = 0

  /// At most this many centers share their candidates, and only as long as they span less than a quarter of the reach.
  private static let groupSize = 8

  /// A row that the centers of another can see, and the run of it that the current group does.
  private struct ReachableRow {
    /// Of the row: its last entry's successor.
    var end: Int
    /// Milestones of x = 0 in this row, less and plus how far along x the centers see, Å.
    var from: Double
    var to: Double
    var low: Int
    var high: Int
  }

  /// The candidates of a group: coordinates, local indices, and 1 where they are within reach of the current center, 0
  /// elsewhere.
  private struct Candidates {
    let x = Storage<Double>(), y = Storage<Double>(), z = Storage<Double>()
    let atom = Storage<Int32>()
    let isNear = Storage<Int>()

    func reserve(_ count: Int) {
      x.reserve(count)
      y.reserve(count)
      z.reserve(count)
      atom.reserve(count)
      isNear.reserve(count)
    }
  }

  init(kindCount: Int) {
    self.kindCount = kindCount
    kindOffsetsStorage = .allocate(capacity: kindCount + 1)
    kindOffsetsStorage.initialize(repeating: 0, count: kindCount + 1)
    offsets.reserve(1)
    offsets.pointer[0] = 0
  }

  deinit { kindOffsetsStorage.deallocate() }

  var bytes: Int { offsets.bytes + neighbors.bytes + centers.bytes }

  /// Entries of the list.
  var neighborCount: Int { offsets.pointer[centerCount] }

  func list(cutoff: Double, skin: Double) -> NeighborList {
    NeighborList(
      cutoff: cutoff, skin: skin, centerCount: centerCount, offsets: UnsafePointer(offsets.pointer),
      neighbors: UnsafePointer(neighbors.pointer), centers: UnsafePointer(centers.pointer),
      kindOffsets: UnsafePointer(kindOffsetsStorage), kindCount: kindCount)
  }

  /// Lists, for each of the `ownedCount` owned atoms, all entries of the grid within `reach` (Å).
  func build(_ grid: RowGrid, kind: UnsafePointer<Int32>, ownedCount: Int, reach: Double) {
    centerCount = ownedCount
    offsets.reserve(ownedCount + 1)
    offsets.pointer[0] = 0
    groupCenters(kind)
    let rows = UnsafePointer(grid.rows.pointer)
    let rowCount = grid.rowCount
    // For each of the five z slabs the first row that may be in reach; moves forward only.
    var first = SIMD8<Int>(repeating: 0)
    for r in 0..<rowCount {
      reachable.removeAll(keepingCapacity: true)
      for dz in -2...2 {
        let start = rows[r].key + dz * grid.rowStride - 2
        while first[dz + 2] < rowCount, rows[first[dz + 2]].key < start { first[dz + 2] += 1 }
        var k = first[dz + 2]
        while k < rowCount, rows[k].key <= start + 4 {
          if let reach = Self.reach(from: rows[r], to: rows[k], within: reach) {
            let base = Double(k) * grid.milestoneStride - grid.milestoneOrigin
            let margin = reach + grid.milestoneError
            reachable.append(
              ReachableRow(
                end: rows[k].end, from: base - margin, to: base + margin, low: rows[k].start, high: rows[k].start))
          }
          k += 1
        }
      }
      search(rows[r], grid, kind, ownedCount, reach)
    }
  }

  /// How far along x atoms of two rows can be apart when they are within `reach`; nil if they cannot.
  @inline(__always)
  private static func reach(from a: RowGrid.Row, to b: RowGrid.Row, within reach: Double) -> Double? {
    let dy = max(0, a.y.x - b.y.y, b.y.x - a.y.y)
    let dz = max(0, a.z.x - b.z.y, b.z.x - a.z.y)
    let rest = reach * reach - (dy * dy + dz * dz) * (1 - 1e-9)
    // A little more than exact, so that rounding loses no pair: the distance test decides.
    return rest < 0 ? nil : rest.squareRoot() * (1 + 1e-9) + 1e-9 * reach
  }

  /// The lists of all centers of a row.
  private func search(
    _ row: RowGrid.Row, _ grid: RowGrid, _ kind: UnsafePointer<Int32>, _ ownedCount: Int, _ reach: Double
  ) {
    let x = grid.x.pointer
    let atom = grid.atom.pointer
    let widest = 0.25 * reach
    withUnsafeTemporaryAllocation(of: Int.self, capacity: Self.groupSize) { group in
      var entry = row.start
      while entry < row.end {
        guard Int(atom[entry]) < ownedCount else {
          entry &+= 1
          continue
        }
        let start = x[entry]
        var size = 0
        while entry < row.end, size < Self.groupSize, x[entry] - start <= widest {
          if Int(atom[entry]) < ownedCount {
            group[size] = entry
            size &+= 1
          }
          entry &+= 1
        }
        let (count, ownRun) = collect(grid, x[group[0]], x[group[size - 1]], row.end)
        for k in 0..<size {
          // `ownRun` turns an entry of this row into its place among the candidates.
          list(grid, group[k], own: ownRun + group[k], count, kind, reach * reach)
        }
      }
    }
  }

  /// Copies the candidates of centers between `low` and `high` (x, Å). Returns their number, and what to add to an
  /// entry of the row that ends at `ownEnd` to get its place among them.
  private func collect(_ grid: RowGrid, _ low: Double, _ high: Double, _ ownEnd: Int) -> (count: Int, ownRun: Int) {
    let x = grid.x.pointer
    let y = grid.y.pointer
    let z = grid.z.pointer
    let atom = grid.atom.pointer
    let milestone = grid.milestone.pointer
    var total = 0
    var ownRun = 0
    reachable.withUnsafeMutableBufferPointer { rows in
      for k in 0..<rows.count {
        let first = advance(rows[k].low, milestone, below: rows[k].from + low)
        let last = advance(rows[k].high, milestone, below: rows[k].to + high)
        rows[k].low = first
        rows[k].high = last
        if rows[k].end == ownEnd { ownRun = total &- first }
        total &+= last &- first
      }
      candidates.reserve(total + RowGrid.overrun)
      let cx = candidates.x.pointer
      let cy = candidates.y.pointer
      let cz = candidates.z.pointer
      let ca = candidates.atom.pointer
      var place = 0
      for k in 0..<rows.count {
        let first = rows[k].low
        let count = rows[k].high &- first
        // Whole vectors: what is copied too much is overwritten by the next run or never looked at.
        var done = 0
        while done < count {
          copy8(x + first + done, cx + place + done)
          copy8(y + first + done, cy + place + done)
          copy8(z + first + done, cz + place + done)
          copy8(atom + first + done, ca + place + done)
          done &+= 8
        }
        place &+= count
      }
    }
    return (total, ownRun)
  }

  /// The first entry from `start` on whose milestone is not below `bound`.
  @inline(__always)
  private func advance(_ start: Int, _ milestone: UnsafePointer<Double>, below bound: Double) -> Int {
    var entry = start
    let bits = SIMD4<UInt64>(repeating: bound.bitPattern)
    let sign = SIMD4<UInt64>(repeating: 63)
    while true {
      // Four at once and without a branch each: windows move on by a few entries, unpredictably.
      let here = UnsafeRawPointer(milestone + entry).loadUnaligned(as: SIMD4<UInt64>.self)
      let step = Int(truncatingIfNeeded: ((here &- bits) &>> sign).wrappedSum())
      entry &+= step
      if step < 4 { return entry }
    }
  }

  @inline(__always)
  private func copy8<T: SIMDScalar>(_ from: UnsafePointer<T>, _ to: UnsafeMutablePointer<T>) where T: BitwiseCopyable {
    let value = UnsafeRawPointer(from).loadUnaligned(as: SIMD8<T>.self)
    UnsafeMutableRawPointer(to).storeBytes(of: value, as: SIMD8<T>.self)
  }

  /// Appends the neighbors of the center at `entry`, which is candidate `own` itself.
  private func list(
    _ grid: RowGrid, _ entry: Int, own: Int, _ count: Int, _ kind: UnsafePointer<Int32>, _ reachSquared: Double
  ) {
    let center = Int(grid.atom.pointer[entry])
    let begin = offsets.pointer[center]
    let isNear = candidates.isNear.pointer
    let atom = candidates.atom.pointer
    mark(SIMD3(grid.x.pointer[entry], grid.y.pointer[entry], grid.z.pointer[entry]), count, reachSquared)
    isNear[own] = 0
    neighbors.reserve(begin + count + 8)
    var found = 0
    if kindCount == 1 {
      let out = neighbors.pointer + begin
      for m in 0..<count {
        out[found] = atom[m]
        found &+= isNear[m]
      }
    } else {
      hits.reserve(count + 8)
      let out = hits.pointer
      for m in 0..<count {
        out[found] = atom[m]
        found &+= isNear[m]
      }
      order(out, found, kind, into: neighbors.pointer + begin)
    }
    offsets.pointer[center &+ 1] = begin &+ found
  }

  /// Marks the candidates within reach of a center.
  @inline(__always)
  private func mark(_ center: Vector3, _ count: Int, _ reachSquared: Double) {
    let x = UnsafeRawPointer(candidates.x.pointer)
    let y = UnsafeRawPointer(candidates.y.pointer)
    let z = UnsafeRawPointer(candidates.z.pointer)
    let isNear = UnsafeMutableRawPointer(candidates.isNear.pointer)
    // The bits of doubles that are not negative are in the order of the numbers: the sign of a difference of bits is
    // the comparison, which the compiler cannot turn into a branch that is wrong every third time.
    let beyond = SIMD8<UInt64>(repeating: reachSquared.bitPattern + 1)
    let sign = SIMD8<UInt64>(repeating: 63)
    for m in stride(from: 0, to: 8 &* count, by: 64) {
      let dx = x.loadUnaligned(fromByteOffset: m, as: SIMD8<Double>.self) - center.x
      let dy = y.loadUnaligned(fromByteOffset: m, as: SIMD8<Double>.self) - center.y
      let dz = z.loadUnaligned(fromByteOffset: m, as: SIMD8<Double>.self) - center.z
      let bits = unsafeBitCast(dx * dx + dy * dy + dz * dz, to: SIMD8<UInt64>.self)
      isNear.storeBytes(of: (bits &- beyond) &>> sign, toByteOffset: m, as: SIMD8<UInt64>.self)
    }
  }

  /// Stable counting sort by kind.
  @inline(__always)
  private func order(
    _ hits: UnsafePointer<Int32>, _ count: Int, _ kind: UnsafePointer<Int32>, into list: UnsafeMutablePointer<Int32>
  ) {
    let kinds = kindCount
    withUnsafeTemporaryAllocation(of: Int.self, capacity: kinds + 1) { next in
      let next = next.baseAddress!
      for k in 0...kinds { next[k] = 0 }
      for m in 0..<count { next[Int(kind[Int(hits[m])]) &+ 1] &+= 1 }
      for k in 1..<kinds { next[k] &+= next[k &- 1] }
      for m in 0..<count {
        let k = Int(kind[Int(hits[m])])
        list[next[k]] = hits[m]
        next[k] &+= 1
      }
    }
  }

  /// Groups the centers by kind.
  private func groupCenters(_ kind: UnsafePointer<Int32>) {
    centers.reserve(centerCount)
    let start = kindOffsetsStorage
    start.update(repeating: 0, count: kindCount + 1)
    for i in 0..<centerCount { start[Int(kind[i]) + 1] += 1 }
    for k in 0..<kindCount { start[k + 1] += start[k] }
    var next = (0..<kindCount).map { start[$0] }
    for i in 0..<centerCount {
      let k = Int(kind[i])
      centers.pointer[next[k]] = Int32(i)
      next[k] += 1
    }
  }
}
