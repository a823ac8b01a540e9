import Atomistics

extension EnvironmentBatch {
  /// Collects the environments of `count` centers (at most `width`, all of one kind) out of the neighbor list.
  ///
  /// `prepare(for:)` has been called for this list.
  public func gather(
    _ atoms: AtomStore, _ list: NeighborList, centers first: UnsafePointer<Int32>, count: Int
  ) {
    self.count = count
    var start = 0
    for center in 0..<count {
      centers[center] = first[center]
      starts[center] = start
      gatherOne(atoms.position, atoms.kind, list, slot: center)
      start = (start &+ lengths[center] &+ 15) & ~15
    }
  }

  private func gatherOne(
    _ position: UnsafePointer<SIMD4<Double>>, _ kind: UnsafePointer<Int32>, _ list: NeighborList, slot: Int
  ) {
    let center = Int(centers[slot]), origin = position[center]
    let bounds = segments + slot &* (kindCount &+ 1)
    var candidate = list.offsets[center], length = 0, nearest = SIMD4(repeating: Double.infinity)
    let end = list.offsets[center &+ 1]
    bounds[0] = 0
    for k in 0..<kindCount {
      let segmentEnd =
        k &+ 1 == kindCount ? end : list.endOfKind(k, kind, from: candidate, to: end)
      let accepted = accept(
        position, list.neighbors + candidate, count: segmentEnd &- candidate, around: origin, at: starts[slot] &+ length,
        &nearest)
      let padded = (accepted &+ padding &- 1) & (0 &- padding)
      pad(accepted, padded, at: starts[slot] &+ length, center: centers[slot])
      length = length &+ padded
      bounds[k &+ 1] = length
      candidate = segmentEnd
    }
    lengths[slot] = length
    nearestSquares[slot] = nearest.min()
  }

  /// Lays the entries inside the cutoff at `place`, branch-free: each is written, and kept by advancing past it.
  private func accept(
    _ position: UnsafePointer<SIMD4<Double>>, _ candidates: UnsafePointer<Int32>, count: Int, around origin: SIMD4<Double>,
    at place: Int, _ nearest: inout SIMD4<Double>
  ) -> Int {
    let x = x + place, y = y + place, z = z + place, target = neighbors + place, limit = cutoff * cutoff
    var kept = 0, least = nearest

    @inline(__always)
    func put(_ dx: Double, _ dy: Double, _ dz: Double, _ index: Int32, _ isInside: UInt64) {
      x[kept] = dx
      y[kept] = dy
      z[kept] = dz
      target[kept] = index
      kept = kept &+ Int(truncatingIfNeeded: isInside)
    }

    let fours = count & ~3
    for candidate in stride(from: 0, to: fours, by: 4) {
      let at = candidates + candidate
      let a = position[Int(at[0])], b = position[Int(at[1])], c = position[Int(at[2])], d = position[Int(at[3])]
      let dx = SIMD4(a.x, b.x, c.x, d.x) - origin.x, dy = SIMD4(a.y, b.y, c.y, d.y) - origin.y
      let dz = SIMD4(a.z, b.z, c.z, d.z) - origin.z
      let squares = (dx * dx).addingProduct(dy, dy).addingProduct(dz, dz)
      least = least.replacing(with: squares, where: squares .< least)
      // The sign bit itself: written as a condition, this becomes a branch that is mispredicted for a fifth of a skinned list.
      let isInside = unsafeBitCast(squares - limit, to: SIMD4<UInt64>.self) &>> 63
      put(dx[0], dy[0], dz[0], at[0], isInside[0])
      put(dx[1], dy[1], dz[1], at[1], isInside[1])
      put(dx[2], dy[2], dz[2], at[2], isInside[2])
      put(dx[3], dy[3], dz[3], at[3], isInside[3])
    }
    for candidate in fours..<count {
      let d = position[Int(candidates[candidate])] - origin
      let square = (d.x * d.x).addingProduct(d.y, d.y).addingProduct(d.z, d.z)
      least.x = square < least.x ? square : least.x
      put(d.x, d.y, d.z, candidates[candidate], (square - limit).bitPattern &>> 63)
    }
    nearest = least
    return kept
  }

  /// Fills lanes `accepted ..< padded`.
  private func pad(_ accepted: Int, _ padded: Int, at place: Int, center: Int32) {
    for lane in place &+ accepted..<place &+ padded {
      x[lane] = cutoff
      y[lane] = 0
      z[lane] = 0
      neighbors[lane] = center
    }
  }
}
