import Atomistics
import Numerics

/// Some atoms of a frame, sorted by bin, and once more with their images around the cell: separate arrays of x, y and z
/// whose bins along c follow one another, so that a search reads long runs.
final class AtomGrid {
  /// Atoms in bin order: [count], Å, and their indices in the frame.
  private(set) var count = 0
  var x: UnsafeMutablePointer<Double> { home.0.pointer }
  var y: UnsafeMutablePointer<Double> { home.1.pointer }
  var z: UnsafeMutablePointer<Double> { home.2.pointer }
  var atoms: UnsafeMutablePointer<Int32> { homeAtoms.pointer }
  /// [home bins + 1], where the atoms of a bin start.
  var starts: UnsafeMutablePointer<Int32> { homeStarts.pointer }

  private(set) var extendedCount = 0

  /// The same with images: [extended count, and 8 more for reading in vectors], [extended bins + 1].
  var extendedX: UnsafeMutablePointer<Double> { extended.0.pointer }
  var extendedY: UnsafeMutablePointer<Double> { extended.1.pointer }
  var extendedZ: UnsafeMutablePointer<Double> { extended.2.pointer }
  var extendedAtoms: UnsafeMutablePointer<Int32> { extendedIndices.pointer }
  var extendedStarts: UnsafeMutablePointer<Int32> { extendedBinStarts.pointer }

  private let home = (ScratchBuffer<Double>(), ScratchBuffer<Double>(), ScratchBuffer<Double>())
  private let homeAtoms = ScratchBuffer<Int32>(), homeStarts = ScratchBuffer<Int32>()
  private let extended = (ScratchBuffer<Double>(), ScratchBuffer<Double>(), ScratchBuffer<Double>())
  private let extendedIndices = ScratchBuffer<Int32>(), extendedBinStarts = ScratchBuffer<Int32>()
  private let placed = ScratchBuffer<Vector3>(), bins = ScratchBuffer<Int32>()

  /// Sorts the atoms with these indices into the lattice's bins.
  func fill(_ selection: [Int32], of frame: Configuration, in lattice: BinLattice) {
    count = selection.count
    sort(selection, frame.positions, lattice)
    addImages(lattice)
  }

  private func sort(_ selection: [Int32], _ positions: [Vector3], _ lattice: BinLattice) {
    let placed = placed.reserve(count), bins = bins.reserve(count)
    let starts = homeStarts.reserve(lattice.binCount + 1)
    starts.initialize(repeating: 0, count: lattice.binCount + 1)
    positions.withUnsafeBufferPointer { positions in
      for (n, atom) in selection.enumerated() {
        let (position, bin) = lattice.place(positions[Int(atom)])
        placed[n] = position
        bins[n] = Int32(truncatingIfNeeded: bin)
        starts[bin] &+= 1
      }
    }
    // Counts to ends; filling backwards then leaves the starts, and the atoms of a bin in ascending order.
    var sum: Int32 = 0
    for bin in 0...lattice.binCount {
      sum &+= starts[bin]
      starts[bin] = sum
    }
    let x = home.0.reserve(count), y = home.1.reserve(count), z = home.2.reserve(count), atoms = homeAtoms.reserve(count)
    for n in stride(from: count - 1, through: 0, by: -1) {
      let bin = Int(bins[n])
      starts[bin] &-= 1
      let slot = Int(starts[bin])
      (x[slot], y[slot], z[slot]) = (placed[n].x, placed[n].y, placed[n].z)
      atoms[slot] = selection[n]
    }
  }

  private func addImages(_ lattice: BinLattice) {
    let counts = lattice.extendedCounts, homeCounts = lattice.counts
    let homes = (0..<3).map { axis in (0..<counts[axis]).map { lattice.home($0, axis: axis) } }
    let total = counts.x * counts.y * counts.z
    let starts = extendedBinStarts.reserve(total + 1)
    // A first walk counts, a second copies.
    var slot = 0, bin = 0
    forEachBin { _, homeBin, _ in
      starts[bin] = Int32(slot)
      if homeBin >= 0 { slot += Int(self.starts[homeBin + 1] - self.starts[homeBin]) }
      bin += 1
    }
    starts[total] = Int32(slot)
    extendedCount = slot
    let room = slot + 8
    let x = extended.0.reserve(room), y = extended.1.reserve(room), z = extended.2.reserve(room)
    let atoms = extendedIndices.reserve(room)
    forEachBin { bin, homeBin, image in
      guard homeBin >= 0 else { return }
      let first = Int(self.starts[homeBin]), end = Int(self.starts[homeBin + 1])
      guard first < end else { return }
      let shift = image == .zero ? Vector3.zero : Vector3(image) * lattice.vectors
      var slot = Int(starts[bin])
      for n in first..<end {
        x[slot] = self.x[n] + shift.x
        y[slot] = self.y[n] + shift.y
        z[slot] = self.z[n] + shift.z
        atoms[slot] = self.atoms[n]
        slot &+= 1
      }
    }
    for n in slot..<room { (x[n], y[n], z[n], atoms[n]) = (.infinity, .infinity, .infinity, 0) }

    /// Calls `body` with each extended bin in order, its home bin (−1: none) and its image.
    func forEachBin(_ body: (_ bin: Int, _ homeBin: Int, _ image: SIMD3<Int>) -> Void) {
      var bin = 0
      for i in 0..<counts.x {
        for j in 0..<counts.y {
          for k in 0..<counts.z {
            if let a = homes[0][i], let b = homes[1][j], let c = homes[2][k] {
              body(bin, (a.bin * homeCounts.y + b.bin) * homeCounts.z + c.bin, SIMD3(a.image, b.image, c.image))
            } else {
              body(bin, -1, .zero)
            }
            bin += 1
          }
        }
      }
    }
  }
}
