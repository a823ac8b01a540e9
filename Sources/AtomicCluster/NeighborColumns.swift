import PotentialKit

/// The neighbors of a batch's centers with centers in lanes: column c holds the c-th neighbor of one kind of every center.
///
/// A pack over centers needs no sums over lanes, and what the neighbors add up to has the layout of the product graph. The
/// price are empty lanes, where centers have fewer neighbors of a kind than the one with the most: those stand at twice the
/// cutoff, where all functions vanish. Columns of a kind come in pairs, since the kernel takes two at once.
struct NeighborColumns: ~Copyable {
  /// Slots of a column's geometry: r_j − r_i (Å), r, place between nodes of the table.
  static var geometrySlots: Int { 5 }
  static var distanceSlot: Int { 3 }
  static var fractionSlot: Int { 4 }

  private let lanes = EnvironmentBatch.width
  /// [column][slot][8].
  private(set) var geometry = ScratchBuffer()
  /// [column][8]: where the neighbor stands in the batch's arrays, and its row in the bond's table.
  private(set) var places = ScratchBuffer()
  private(set) var nodes = ScratchBuffer()
  /// [kind + 1]: first column of a kind.
  private(set) var firstColumns: [Int] = [0]
  /// [kind][8]: neighbors of each center.
  private var counts: [Int] = []

  /// Makes room for the batch and returns how many columns it can need.
  mutating func reserve(_ batch: borrowing EnvironmentBatch) -> Int {
    var needed = 0
    for kind in 0..<batch.kindCount {
      var longest = 0
      for slot in 0..<batch.count {
        let bounds = batch.segments + slot &* (batch.kindCount &+ 1)
        longest = max(longest, bounds[kind &+ 1] &- bounds[kind])
      }
      needed = needed &+ longest &+ 2
    }
    geometry.reserve(slots: needed &* Self.geometrySlots)
    // Four-byte entries: half a slot would do.
    places.reserve(slots: needed)
    nodes.reserve(slots: needed)
    if firstColumns.count != batch.kindCount &+ 1 {
      firstColumns = Array(repeating: 0, count: batch.kindCount &+ 1)
      counts = Array(repeating: 0, count: batch.kindCount &* lanes)
    }
    return needed
  }

  func distances(_ column: Int) -> UnsafeMutablePointer<Double> {
    (geometry.base + (column &* Self.geometrySlots &+ Self.distanceSlot) &* Double8.slotBytes)
      .assumingMemoryBound(to: Double.self)
  }

  func fractions(_ column: Int) -> UnsafeMutablePointer<Double> {
    (geometry.base + (column &* Self.geometrySlots &+ Self.fractionSlot) &* Double8.slotBytes)
      .assumingMemoryBound(to: Double.self)
  }

  func vector(_ column: Int) -> UnsafeMutableRawPointer {
    geometry.base + column &* Self.geometrySlots &* Double8.slotBytes
  }

  /// [8] of a column.
  func nodes(_ column: Int) -> UnsafeMutablePointer<Int32> {
    nodes.base.assumingMemoryBound(to: Int32.self) + column &* lanes
  }

  private func places(_ column: Int) -> UnsafeMutablePointer<Int32> {
    places.base.assumingMemoryBound(to: Int32.self) + column &* lanes
  }

  func columns(of kind: Int) -> Range<Int> { firstColumns[kind]..<firstColumns[kind &+ 1] }

  /// Those of a kind in which a lane holds a neighbor.
  func columns(of kind: Int, lane: Int) -> Range<Int> {
    firstColumns[kind]..<firstColumns[kind] &+ counts[kind &* lanes &+ lane]
  }

  /// Whether a lane of a column holds a neighbor.
  func isNeighbor(_ lane: Int, column: Int, kind: Int) -> Bool {
    column &- firstColumns[kind] < counts[kind &* lanes &+ lane]
  }

  /// Lays out the neighbors of one kind within `cutoff`; kinds in their order. Gradients of the others become zero.
  mutating func collect(_ batch: borrowing EnvironmentBatch, kind: Int, cutoff: Double) {
    let first = firstColumns[kind], all = geometry.base.assumingMemoryBound(to: Double.self)
    let stride = Self.geometrySlots &* lanes
    var longest = 0
    for slot in 0..<lanes {
      var kept = 0
      if slot < batch.count {
        let bounds = batch.segments + slot &* (batch.kindCount &+ 1)
        for place in batch.starts[slot] &+ bounds[kind]..<batch.starts[slot] &+ bounds[kind &+ 1] {
          let x = batch.x[place], y = batch.y[place], z = batch.z[place]
          let square = x * x + y * y + z * z
          let at = all + ((first &+ kept) &* stride &+ slot)
          at[0] = x
          at[lanes] = y
          at[2 &* lanes] = z
          places(first &+ kept)[slot] = Int32(truncatingIfNeeded: place)
          batch.gradientX[place] = 0
          batch.gradientY[place] = 0
          batch.gradientZ[place] = 0
          kept = kept &+ (square < cutoff * cutoff ? 1 : 0)
        }
      }
      counts[kind &* lanes &+ slot] = kept
      longest = max(longest, kept)
    }
    firstColumns[kind &+ 1] = first &+ ((longest &+ 1) & ~1)
    pad(kind, distance: 2 * cutoff)
  }

  private func pad(_ kind: Int, distance: Double) {
    let first = firstColumns[kind], all = geometry.base.assumingMemoryBound(to: Double.self)
    for slot in 0..<lanes {
      for column in first &+ counts[kind &* lanes &+ slot]..<firstColumns[kind &+ 1] {
        let at = all + (column &* Self.geometrySlots &* lanes &+ slot)
        at[0] = distance
        at[lanes] = 0
        at[2 &* lanes] = 0
      }
    }
  }

  /// Hands the gradients of one column, three packs of doubles, back to the batch.
  func scatter(_ gradients: UnsafePointer<Double>, column: Int, kind: Int, _ batch: borrowing EnvironmentBatch) {
    let place = places(column), index = column &- firstColumns[kind]
    for lane in 0..<lanes where index < counts[kind &* lanes &+ lane] {
      let at = Int(place[lane])
      batch.gradientX[at] = gradients[lane]
      batch.gradientY[at] = gradients[lanes &+ lane]
      batch.gradientZ[at] = gradients[2 &* lanes &+ lane]
    }
  }
}
