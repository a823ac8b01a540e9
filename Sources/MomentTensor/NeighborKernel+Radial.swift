import PotentialKit

extension NeighborKernel {
  /// Directions, 1/r and r of all neighbors of one center of the batch, and their monomials.
  ///
  /// A sweep of its own, so that square roots and divisions of several units overlap.
  func computeGeometry(_ batch: borrowing EnvironmentBatch, slot: Int) {
    var lane = batch.starts[slot]
    let end = lane &+ batch.lengths[slot]
    while lane &+ Whole.laneCount <= end {
      geometry(Whole.self, batch, lane)
      lane = lane &+ Whole.laneCount
    }
    if lane < end { geometry(Half.self, batch, lane) }
  }

  @inline(__always)
  private func geometry<V: LaneVector>(_: V.Type, _ batch: borrowing EnvironmentBatch, _ lane: Int) {
    let unit = lane / Whole.laneCount
    let x = V(doubles: batch.x + lane), y = V(doubles: batch.y + lane), z = V(doubles: batch.z + lane)
    let r = (x * x).adding(y, times: y).adding(z, times: z).squareRoot(), inverse = r.reciprocal()
    let directions = geometry.base + unit &* geometryRows &* V.slotBytes
    let ux = x * inverse, uy = y * inverse
    ux.store(directions, slot: 0)
    uy.store(directions, slot: 1)
    (z * inverse).store(directions, slot: 2)
    inverse.store(directions, slot: 3)
    r.store(directions, slot: 4)
    expand(ux, uy, into: monomials.base + unit &* monomialRows &* V.slotBytes)
  }

  /// f_mu, z f_mu and f'_mu of all neighbors of one center of the batch.
  ///
  /// - Parameter species: the potential's species of each of the engine's kinds.
  func computeRadial(_ batch: borrowing EnvironmentBatch, slot: Int, center: Int, species: UnsafePointer<Int>) {
    let start = batch.starts[slot], bounds = batch.segments + slot &* (batch.kindCount &+ 1)
    for kind in 0..<batch.kindCount where bounds[kind &+ 1] > bounds[kind] {
      let pair = table.pair(center: center, neighbor: species[kind])
      var lane = start &+ bounds[kind]
      let end = start &+ bounds[kind &+ 1]
      // A segment may begin in the middle of a unit: half a pack, whole ones, and perhaps half a one again.
      if lane & (Whole.laneCount &- 1) != 0 {
        radial(Half.self, lane, pair)
        lane = lane &+ Half.laneCount
      }
      while lane &+ Whole.laneCount <= end {
        radial(Whole.self, lane, pair)
        lane = lane &+ Whole.laneCount
      }
      if lane < end { radial(Half.self, lane, pair) }
    }
  }

  @inline(__always)
  private func radial<V: LaneVector>(_: V.Type, _ lane: Int, _ pair: UnsafePointer<Scalar>) where V.Scalar == Scalar {
    let unit = lane / Whole.laneCount
    let byte = (lane & (Whole.laneCount &- 1)) &* MemoryLayout<Scalar>.stride
    let directions = UnsafeRawPointer(geometry.base) + (unit &* geometryRows &* V.slotBytes &+ byte)
    let z = V.load(directions, slot: 2), r = V.load(directions, slot: 4)
    let held = r.maximum(V(floor))
    let rest = V(cutoff) - held
    // Held lanes have no slope: the file's repulsive basis is constant below its least distance.
    let slopeRest = rest.keep(where: r, exceeds: V(floor))
    polynomials(V(shift).adding(held, times: V(slope)))
    evaluate(
      rest, slopeRest, z, pair, values.base + (unit &* columnCount &* V.slotBytes &+ byte),
      slopes.base + (unit &* functionCount &* V.slotBytes &+ byte))
  }

  /// T_k(x), k = 0 ..< basisSize, to scratch.
  @inline(__always)
  private func polynomials<V: LaneVector>(_ x: V) {
    var before = V(1), last = x
    let twice = x + x, table = chebyshev.base
    before.store(table, slot: 0)
    last.store(table, slot: 1)
    for k in stride(from: 2, to: basisSize, by: 1) {
      let next = twice.times(last, minus: before)
      next.store(table, slot: k)
      before = last
      last = next
    }
  }

  /// f = (b − r)² P, z f, f' = (b − r) [(b − r) P' − 2P]; functions in pairs, so that eight sums hide the latency.
  @inline(__always)
  private func evaluate<V: LaneVector>(
    _ rest: V, _ slopeRest: V, _ z: V, _ pair: UnsafePointer<Scalar>, _ values: UnsafeMutableRawPointer,
    _ slopes: UnsafeMutableRawPointer
  ) where V.Scalar == Scalar {
    let table = UnsafeRawPointer(chebyshev.base), row = 2 &* basisSize
    var function = 0
    while function < functionCount {
      let c = pair + function &* row, d = c + basisSize
      let isPair = function &+ 1 < functionCount
      // The last of an odd number is summed twice; only its own result is kept.
      let next = isPair ? row : 0
      var p = V.zero, q = V.zero, pNext = V.zero, qNext = V.zero
      for k in 0..<basisSize {
        let t = V.load(table, slot: k)
        p = p.adding(t, times: V(c[k]))
        q = q.adding(t, times: V(d[k]))
        pNext = pNext.adding(t, times: V(c[k &+ next]))
        qNext = qNext.adding(t, times: V(d[k &+ next]))
      }
      put(p, q, rest, slopeRest, z, function, values, slopes)
      if isPair { put(pNext, qNext, rest, slopeRest, z, function &+ 1, values, slopes) }
      function = function &+ 2
    }
  }

  @inline(__always)
  private func put<V: LaneVector>(
    _ p: V, _ q: V, _ rest: V, _ slopeRest: V, _ z: V, _ function: Int, _ values: UnsafeMutableRawPointer,
    _ slopes: UnsafeMutableRawPointer
  ) {
    let columns = functions.base + function, value = rest * rest * p
    // Without a z column, this is overwritten by the next line.
    (z * value).store(values, slot: columns.pointee.zColumn)
    value.store(values, slot: columns.pointee.column)
    (slopeRest * (slopeRest * q - (p + p))).store(slopes, slot: function)
  }
}
