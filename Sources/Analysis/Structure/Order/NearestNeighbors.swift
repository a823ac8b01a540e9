import Atomistics
import Numerics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The nearest like neighbors of each atom of a selection, sorted by distance.
///
/// The search starts with the radius of a sphere that holds twice as many at the mean density, and grows for frames with
/// thinner places.
struct NearestNeighbors {
  let count: Int
  /// [atoms of the selection], places in it; [atoms][count], −1 where there are fewer.
  private(set) var neighbors: [Int32] = []
  /// [atoms][count], from the atom to the neighbor, Å; the fourth lane is the square of the distance.
  private(set) var vectors: [SIMD4<Double>] = []

  init(count: Int) { self.count = count }

  @inline(__always)
  func range(_ atom: Int) -> Range<Int> { atom * count..<(atom + 1) * count }

  /// Whether the atom has as many neighbors as were asked for.
  func isComplete(_ atom: Int) -> Bool { neighbors[(atom + 1) * count - 1] >= 0 }

  /// - Parameter radius: beyond which no neighbor counts, Å; nil: none.
  mutating func find(_ selection: [Int32], of frame: Configuration, within radius: Double?) {
    neighbors = [Int32](repeating: -1, count: selection.count * count)
    vectors = [SIMD4<Double>](repeating: .zero, count: selection.count * count)
    guard selection.count > 1 else { return }
    var places = [Int32](repeating: -1, count: frame.count)
    for (place, atom) in selection.enumerated() { places[Int(atom)] = Int32(truncatingIfNeeded: place) }
    // Without a volume: the search grows from where atoms may be near.
    let volume = frame.cell.volume > 0 ? frame.cell.volume : 30 * Double(selection.count)
    let grid = AtomGrid(), table = NeighborTable()
    var reach = radius ?? 0.782 * cbrt(volume * Double(count) / Double(selection.count))
    var waiting = selection.count
    for _ in 0..<4 where waiting > 0 {
      let lattice = BinLattice(frame, radius: reach)
      grid.fill(selection, of: frame, in: lattice)
      table.fill(lattice, centers: grid, neighbors: grid, radius: reach, isLike: true)
      waiting = 0
      for row in 0..<grid.count {
        let atom = Int(places[Int(grid.atoms[row])])
        if !take(table, row, for: atom, places) && radius == nil { waiting += 1 }
      }
      reach *= 1.6
    }
  }

  /// Keeps the nearest of a row, by insertion; false: there are too few.
  private mutating func take(_ table: NeighborTable, _ row: Int, for atom: Int, _ places: [Int32]) -> Bool {
    let base = atom * count
    var kept = 0
    for entry in table.row(row) {
      let vector = table.vectors[entry], place = places[Int(table.atoms[entry])]
      var slot = kept
      while slot > 0, (vector.w, place) < (vectors[base + slot - 1].w, neighbors[base + slot - 1]) {
        if slot < count {
          vectors[base + slot] = vectors[base + slot - 1]
          neighbors[base + slot] = neighbors[base + slot - 1]
        }
        slot -= 1
      }
      if slot < count { (vectors[base + slot], neighbors[base + slot]) = (vector, place) }
      kept = min(kept + 1, count)
    }
    return kept == count
  }
}
