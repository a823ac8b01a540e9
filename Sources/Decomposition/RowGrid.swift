import Numerics

/// Atoms in rows: the cell grid of the neighbor search, kept sparse.
///
/// A row is what lies in one slab of y and one of z, half a reach thick each, sorted by x. Rows are sorted by (z, y),
/// so the 25 rows around one are five stretches of consecutive ones, and the candidates within a row are one run. Only
/// rows with atoms exist: memory is proportional to the atoms, whatever space they span.
final class RowGrid {
  /// One row: entries `start ..< end` of the sorted arrays, and what its atoms span in y and z.
  struct Row: BitwiseCopyable {
    /// z slab · number of y slabs + y slab.
    var key: Int
    var start: Int
    var end: Int
    var y: SIMD2<Double>
    var z: SIMD2<Double>
  }

  /// Coordinates in row order, with `overrun` readable entries behind the last. Å.
  let x = Storage<Double>(), y = Storage<Double>(), z = Storage<Double>()
  /// Local indices in row order.
  let atom = Storage<Int32>()
  /// Milestones, positive and ascending over all entries: row number · `milestoneStride` + x − `milestoneOrigin`. A
  /// window in one row is so far from the other rows' entries that searching it needs no bounds. Å.
  let milestone = Storage<Double>()
  private(set) var milestoneStride = 0.0
  private(set) var milestoneOrigin = 0.0
  /// What rounding can do to a milestone.
  private(set) var milestoneError = 0.0
  let rows = Storage<Row>()
  private(set) var rowCount = 0
  /// Number of y slabs: the stride of z in a row's key.
  private(set) var rowStride = 1
  /// How far kernels may read past the end.
  static let overrun = 16

  private let owned = Storage<KeyedAtom>(), ghosts = Storage<KeyedAtom>(), scratch = Storage<KeyedAtom>()
  private var ownedCount = 0
  private var slabs: (x: Slabs, y: Slabs, z: Slabs)?
  private var reach = 0.0
  private var xBits = 4

  var bytes: Int {
    x.bytes + y.bytes + z.bytes + milestone.bytes + atom.bytes + rows.bytes + owned.bytes + ghosts.bytes + scratch.bytes
  }

  /// Lays the slabs over the owned atoms and puts them in order: by row, x, id. Returns entry k's atom as
  /// `order[k].atom`.
  ///
  /// The order depends on positions and ids alone.
  func arrangeOwned(
    _ position: UnsafePointer<SIMD4<Double>>, _ id: UnsafePointer<Int64>, count: Int, bounds: Box, reach: Double
  ) -> UnsafeMutablePointer<KeyedAtom> {
    let axes = (0..<3).map { axis in
      Slabs(
        low: count > 0 ? bounds.low[axis] : 0, high: count > 0 ? bounds.high[axis] : 0, reach: reach,
        coordinates: (0..<count).lazy.map { position[$0][axis] })
    }
    slabs = (axes[0], axes[1], axes[2])
    self.reach = reach
    rowStride = axes[1].count
    xBits = Self.bits(axes[0].count) + 4
    owned.reserve(count)
    scratch.reserve(count)
    ownedCount = keys(position, 0..<count, into: owned.pointer)
    let entries = owned.pointer
    RadixSort.sort(entries, count: count, keyBits: keyBits, scratch: scratch.pointer)
    Self.settle(entries, count) { a, b in
      let xa = position[Int(a)].x
      let xb = position[Int(b)].x
      return xa != xb ? xa < xb : id[Int(a)] < id[Int(b)]
    }
    return entries
  }

  /// Builds the rows from the owned atoms, by now renumbered in the order of `arrangeOwned`, and the ghosts.
  func build(_ position: UnsafePointer<SIMD4<Double>>, owned ownedTotal: Int, ghosts ghostTotal: Int) {
    ghosts.reserve(ghostTotal)
    scratch.reserve(ghostTotal)
    let ghostCount = keys(position, ownedTotal..<ownedTotal + ghostTotal, into: ghosts.pointer)
    RadixSort.sort(ghosts.pointer, count: ghostCount, keyBits: keyBits, scratch: scratch.pointer)
    Self.settle(ghosts.pointer, ghostCount) { position[Int($0)].x < position[Int($1)].x }
    for storage in [x, y, z, milestone] { storage.reserve(ownedCount + ghostCount + Self.overrun) }
    atom.reserve(ownedCount + ghostCount + Self.overrun)
    merge(position, ghostCount)
    findRows(ownedCount + ghostCount)
    setMilestones(ownedCount + ghostCount)
  }

  private var keyBits: Int { xBits + Self.bits(rowStride * (slabs?.z.count ?? 1)) }

  private static func bits(_ count: Int) -> Int { Int.bitWidth - count.leadingZeroBitCount }

  /// Keys of the given atoms: row, slab of x, sixteenth of that slab. Leaves out ghosts that no owned atom can see.
  private func keys(
    _ position: UnsafePointer<SIMD4<Double>>, _ range: Range<Int>, into entries: UnsafeMutablePointer<KeyedAtom>
  ) -> Int {
    guard let slabs else { return 0 }
    if slabs.x.isCompressed || slabs.y.isCompressed || slabs.z.isCompressed {
      return compressedKeys(position, range, into: entries)
    }
    let (sx, sy, sz) = slabs
    let stride = rowStride
    let shift = UInt64(xBits)
    var count = 0
    for i in range {
      let p = position[i]
      let row = Int(sz.scaled(p.z)) &* stride &+ Int(sy.scaled(p.y))
      let fine = UInt64(bitPattern: Int64(sx.scaled(p.x) * 16))
      entries[count] = KeyedAtom(
        key: UInt64(bitPattern: Int64(row)) &<< shift | fine, atom: Int32(truncatingIfNeeded: i))
      count &+= 1
    }
    return count
  }

  private func compressedKeys(
    _ position: UnsafePointer<SIMD4<Double>>, _ range: Range<Int>, into entries: UnsafeMutablePointer<KeyedAtom>
  ) -> Int {
    guard let slabs else { return 0 }
    func number(_ axis: Slabs, _ coordinate: Double) -> Int? {
      let scaled = axis.scaled(coordinate)
      return axis.isCompressed ? axis.compressedNumber(scaled) : Int(scaled)
    }
    var count = 0
    for i in range {
      guard let column = number(slabs.x, position[i].x), let y = number(slabs.y, position[i].y),
        let z = number(slabs.z, position[i].z)
      else { continue }
      let scaled = slabs.x.scaled(position[i].x)
      let sixteenth = Int((scaled - scaled.rounded(.down)) * 16)
      let key = UInt64(z * rowStride + y) << UInt64(xBits) | UInt64(column * 16 + min(sixteenth, 15))
      entries[count] = KeyedAtom(key: key, atom: Int32(i))
      count += 1
    }
    return count
  }

  /// Insertion sort of entries whose keys are equal: they are few, as a key stands for a small box.
  @inline(__always)
  private static func settle(
    _ entries: UnsafeMutablePointer<KeyedAtom>, _ count: Int, _ precedes: (Int32, Int32) -> Bool
  ) {
    guard count > 1 else { return }
    for i in 1..<count where entries[i].key == entries[i &- 1].key {
      let moving = entries[i]
      var hole = i
      while hole > 0, entries[hole &- 1].key == moving.key, precedes(moving.atom, entries[hole &- 1].atom) {
        entries[hole] = entries[hole &- 1]
        hole &-= 1
      }
      entries[hole] = moving
    }
  }

  /// Merges owned and ghosts, sorted each, into the row arrays; `scratch` takes the merged keys.
  private func merge(_ position: UnsafePointer<SIMD4<Double>>, _ ghostCount: Int) {
    let total = ownedCount + ghostCount
    scratch.reserve(total)
    let owned = owned.pointer
    let ghosts = ghosts.pointer
    let merged = scratch.pointer
    let x = x.pointer
    let y = y.pointer
    let z = z.pointer
    let atom = atom.pointer
    var i = 0
    var j = 0
    for k in 0..<total {
      var takesOwned = j == ghostCount
      if !takesOwned, i < ownedCount {
        let a = owned[i].key
        let b = ghosts[j].key
        takesOwned = a != b ? a < b : position[i].x <= position[Int(ghosts[j].atom)].x
      }
      // Owned atoms were renumbered: entry i is atom i.
      let source = takesOwned ? Int32(truncatingIfNeeded: i) : ghosts[j].atom
      merged[k].key = takesOwned ? owned[i].key : ghosts[j].key
      i &+= takesOwned ? 1 : 0
      j &+= takesOwned ? 0 : 1
      let p = position[Int(source)]
      x[k] = p.x
      y[k] = p.y
      z[k] = p.z
      atom[k] = source
    }
    for k in total..<total + Self.overrun {
      x[k] = 0
      y[k] = 0
      z[k] = 0
      atom[k] = 0
    }
  }

  private func findRows(_ total: Int) {
    let keys = scratch.pointer
    let shift = UInt64(xBits)
    let y = y.pointer
    let z = z.pointer
    rowCount = 0
    var start = 0
    while start < total {
      let key = keys[start].key &>> shift
      var end = start
      var ySpan = SIMD2(y[start], y[start])
      var zSpan = SIMD2(z[start], z[start])
      while end < total, keys[end].key &>> shift == key {
        ySpan = SIMD2(min(ySpan.x, y[end]), max(ySpan.y, y[end]))
        zSpan = SIMD2(min(zSpan.x, z[end]), max(zSpan.y, z[end]))
        end &+= 1
      }
      rows.reserve(rowCount + 1)
      rows.pointer[rowCount] = Row(
        key: Int(truncatingIfNeeded: key), start: start, end: end, y: ySpan, z: zSpan)
      rowCount &+= 1
      start = end
    }
  }

  private func setMilestones(_ total: Int) {
    let x = x.pointer
    let milestone = milestone.pointer
    let rows = rows.pointer
    var low = Double.infinity
    var high = -Double.infinity
    for r in 0..<rowCount {
      low = min(low, x[rows[r].start])
      high = max(high, x[rows[r].end &- 1])
    }
    milestoneOrigin = low - 2 * reach
    milestoneStride = high - low + 4 * reach
    milestoneError = milestoneStride * Double(rowCount + 1) * 0x1p-50
    for r in 0..<rowCount {
      let base = Double(r) * milestoneStride - milestoneOrigin
      for k in rows[r].start..<rows[r].end { milestone[k] = base + x[k] }
    }
    for k in total..<total + Self.overrun { milestone[k] = .infinity }
  }
}
