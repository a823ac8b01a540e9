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
    var candidate = list.offsets[center], length = 0
    let end = list.offsets[center &+ 1]
    bounds[0] = 0
    for k in 0..<kindCount {
      let segmentEnd =
        k &+ 1 == kindCount ? end : list.endOfKind(k, kind, from: candidate, to: end)
      let accepted = accept(position, list.neighbors + candidate, count: segmentEnd &- candidate, around: origin)
      let padded = (accepted &+ padding &- 1) & (0 &- padding)
      lay(accepted, padded, at: starts[slot] &+ length, center: centers[slot])
      length = length &+ padded
      bounds[k &+ 1] = length
      candidate = segmentEnd
    }
    lengths[slot] = length
  }

  /// Moves the entries inside the cutoff to the front of `rows`, branch-free: each is written, and kept by advancing past it.
  private func accept(
    _ position: UnsafePointer<SIMD4<Double>>, _ candidates: UnsafePointer<Int32>, count: Int, around origin: SIMD4<Double>
  ) -> Int {
    let rows = rows, rowIndices = rowIndices, limit = cutoff * cutoff
    var kept = 0

    @inline(__always)
    func put(_ d: SIMD4<Double>, _ index: Int32, _ excess: UInt64) {
      rows[kept] = d
      rowIndices[kept] = index
      // The sign bit itself: written as a condition, this becomes a branch that is mispredicted for a fifth of a skinned list.
      kept = kept &+ Int(truncatingIfNeeded: excess &>> 63)
    }

    let fours = count & ~3
    for candidate in stride(from: 0, to: fours, by: 4) {
      let at = candidates + candidate
      let a = position[Int(at[0])] - origin, b = position[Int(at[1])] - origin
      let c = position[Int(at[2])] - origin, d = position[Int(at[3])] - origin
      let squares = Double4.sums(.init(lanes: a * a), .init(lanes: b * b), .init(lanes: c * c), .init(lanes: d * d))
      let excess = unsafeBitCast(squares - limit, to: SIMD4<UInt64>.self)
      put(a, at[0], excess[0])
      put(b, at[1], excess[1])
      put(c, at[2], excess[2])
      put(d, at[3], excess[3])
    }
    for candidate in fours..<count {
      let d = position[Int(candidates[candidate])] - origin
      put(d, candidates[candidate], ((d * d).sum() - limit).bitPattern)
    }
    return kept
  }

  /// Transposes the accepted rows to x, y, z and pads.
  private func lay(_ accepted: Int, _ padded: Int, at place: Int, center: Int32) {
    let pad = SIMD4(cutoff, 0, 0, 0), rows = rows, rowIndices = rowIndices
    for lane in accepted..<max(accepted, padded) {
      rows[lane] = pad
      rowIndices[lane] = center
    }
    let x = UnsafeMutableRawPointer(x + place), y = UnsafeMutableRawPointer(y + place)
    let z = UnsafeMutableRawPointer(z + place)
    for lane in stride(from: 0, to: padded, by: 4) {
      let a = rows[lane], b = rows[lane &+ 1], c = rows[lane &+ 2], d = rows[lane &+ 3]
      x.storeBytes(of: SIMD4(a.x, b.x, c.x, d.x), toByteOffset: lane &* 8, as: SIMD4<Double>.self)
      y.storeBytes(of: SIMD4(a.y, b.y, c.y, d.y), toByteOffset: lane &* 8, as: SIMD4<Double>.self)
      z.storeBytes(of: SIMD4(a.z, b.z, c.z, d.z), toByteOffset: lane &* 8, as: SIMD4<Double>.self)
    }
    let target = neighbors + place
    for lane in 0..<padded { target[lane] = rowIndices[lane] }
  }
}
