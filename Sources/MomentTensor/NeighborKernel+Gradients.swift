import PotentialKit

extension NeighborKernel {
  /// Gradients D_j of one center's energy by its neighbors' positions, from the adjoints of its reduced moments.
  ///
  /// - Parameters:
  ///   - adjoints: this center's lane of [moment][8].
  ///   - contractions: where to put F_mu, [unit][function] of this center, or nil.
  func computeGradients(
    _ batch: borrowing EnvironmentBatch, slot: Int, adjoints: UnsafePointer<Scalar>, contractions: UnsafeMutableRawPointer?
  ) {
    let start = batch.starts[slot], end = start &+ batch.lengths[slot]
    var lane = start, f = contractions
    while lane &+ Whole.laneCount <= end {
      gradient(Whole.self, batch, lane, adjoints, f)
      lane = lane &+ Whole.laneCount
      f = f.map { $0 + functionCount &* Whole.slotBytes }
    }
    if lane < end { gradient(Half.self, batch, lane, adjoints, f) }
  }

  @inline(__always)
  private func gradient<V: LaneVector>(
    _: V.Type, _ batch: borrowing EnvironmentBatch, _ lane: Int, _ adjoints: UnsafePointer<Scalar>,
    _ contractions: UnsafeMutableRawPointer?
  ) where V.Scalar == Scalar {
    let unit = lane / Whole.laneCount
    let directions = UnsafeRawPointer(geometry.base) + unit &* geometryRows &* V.slotBytes
    let x = V.load(directions, slot: 0), y = V.load(directions, slot: 1), z = V.load(directions, slot: 2)
    let inverse = V.load(directions, slot: 3)
    let table = UnsafeRawPointer(monomials.base) + unit &* monomialRows &* V.slotBytes
    let (rho, tz) = contract(
      table, z, values.base + unit &* columnCount &* V.slotBytes, slopes.base + unit &* functionCount &* V.slotBytes, adjoints,
      contractions)
    let (tx, ty) = angular(table, x, y)
    let along = (tx * x).adding(ty, times: y).adding(tz, times: z)
    let radial = rho - along * inverse
    (x * radial).adding(tx, times: inverse).store(doubles: batch.gradientX + lane)
    (y * radial).adding(ty, times: inverse).store(doubles: batch.gradientY + lane)
    (z * radial).adding(tz, times: inverse).store(doubles: batch.gradientZ + lane)
  }

  /// C_p to scratch; returns ρ and τ_z. The first function reaches every monomial and sets C_p, the others add to it.
  @inline(__always)
  private func contract<V: LaneVector>(
    _ table: UnsafeRawPointer, _ z: V, _ values: UnsafeRawPointer, _ slopes: UnsafeRawPointer, _ adjoints: UnsafePointer<Scalar>,
    _ contractions: UnsafeMutableRawPointer?
  ) -> (V, V) where V.Scalar == Scalar {
    var rho = V.zero, tz = V.zero
    for index in 0..<functionCount {
      let function = functions.base[index]
      let f = V.load(values, slot: function.column), h = V.load(values, slot: function.zColumn)
      let g = adjoints + EnvironmentBatch.width &* function.offset, k = adjoints + EnvironmentBatch.width &* function.zOffset
      let (s, sz) =
        index == 0
        ? sweep(table, f, h, g, k, function.zCount, function.count, adding: false)
        : sweep(table, f, h, g, k, function.zCount, function.count, adding: true)
      let contraction = s.adding(sz, times: z)
      rho = rho.adding(V.load(slopes, slot: index), times: contraction)
      tz = tz.adding(f, times: sz)
      if let contractions { contraction.store(contractions, slot: index) }
    }
    return (rho, tz)
  }

  /// One function's two columns: C_p (+)= g_p f + k_p h; returns Σ g_p A_p and Σ k_p A_p.
  @inline(__always)
  private func sweep<V: LaneVector>(
    _ table: UnsafeRawPointer, _ f: V, _ h: V, _ g: UnsafePointer<Scalar>, _ k: UnsafePointer<Scalar>, _ shared: Int, _ all: Int,
    adding: Bool
  ) -> (V, V) where V.Scalar == Scalar {
    var first = V.zero, second = V.zero
    let c = weights.base, width = EnvironmentBatch.width
    for p in 0..<shared {
      let a = V.load(table, slot: p), gp = V(g[width &* p]), kp = V(k[width &* p])
      first = first.adding(a, times: gp)
      second = second.adding(a, times: kp)
      let base = adding ? V.load(c, slot: p).adding(gp, times: f) : gp * f
      base.adding(kp, times: h).store(c, slot: p)
    }
    var odd = V.zero, p = shared
    // Two sums: one alone would wait for each addition.
    while p &+ 1 < all {
      let gp = V(g[width &* p]), gn = V(g[width &* (p &+ 1)])
      first = first.adding(V.load(table, slot: p), times: gp)
      odd = odd.adding(V.load(table, slot: p &+ 1), times: gn)
      (adding ? V.load(c, slot: p).adding(gp, times: f) : gp * f).store(c, slot: p)
      (adding ? V.load(c, slot: p &+ 1).adding(gn, times: f) : gn * f).store(c, slot: p &+ 1)
      p = p &+ 2
    }
    if p < all {
      let gp = V(g[width &* p])
      first = first.adding(V.load(table, slot: p), times: gp)
      (adding ? V.load(c, slot: p).adding(gp, times: f) : gp * f).store(c, slot: p)
    }
    return (first + odd, second)
  }

  /// τ_x and τ_y by running the monomials' recursion backwards: C of a parent gathers its children's.
  ///
  /// One power of y after the other, from the highest: each is a Horner scheme in x that never leaves the registers.
  /// Lengths that occur are spelt out, for the reason given at `expand`.
  @inline(__always)
  private func angular<V: LaneVector>(_ table: UnsafeRawPointer, _ x: V, _ y: V) -> (V, V) {
    var sums = Descent<V>(above: V.load(weights.base, slot: degree &* (degree &+ 1) / 2 &+ degree))
    guard degree >= 1 else { return sums.result }
    sums.add(1, degree, x, y, table, weights.base)
    guard degree >= 2 else { return sums.result }
    sums.add(2, degree, x, y, table, weights.base)
    guard degree >= 3 else { return sums.result }
    sums.add(3, degree, x, y, table, weights.base)
    guard degree >= 4 else { return sums.result }
    sums.add(4, degree, x, y, table, weights.base)
    guard degree >= 5 else { return sums.result }
    sums.add(5, degree, x, y, table, weights.base)
    guard degree >= 6 else { return sums.result }
    sums.add(6, degree, x, y, table, weights.base)
    guard degree >= 7 else { return sums.result }
    sums.add(7, degree, x, y, table, weights.base)
    guard degree >= 8 else { return sums.result }
    sums.add(8, degree, x, y, table, weights.base)
    for length in stride(from: 9, through: degree, by: 1) { sums.add(length, degree, x, y, table, weights.base) }
    return sums.result
  }

  private struct Descent<V: LaneVector> {
    /// τ_x in two sums, so that one does not wait for the other.
    var even = V.zero, odd = V.zero, ty = V.zero
    /// C of the power of y above, its children's included.
    var above: V

    @inline(__always) init(above: V) { self.above = above }
    @inline(__always) var result: (V, V) { (even + odd, ty) }

    /// All x^a y^power, power = degree − length, from a = length downwards.
    @inline(__always)
    mutating func add(
      _ length: Int, _ degree: Int, _ x: V, _ y: V, _ table: UnsafeRawPointer, _ weights: UnsafeMutableRawPointer
    ) {
      let power = degree &- length
      var slot = degree &* (degree &+ 1) / 2 &+ power
      var c = V.load(weights, slot: slot)
      ty = ty.adding(above, times: V.load(table, slot: (power &+ 1) &* (power &+ 2) / 2 &- 1))
      for step in 0..<length {
        slot = slot &- (degree &- step)
        let a = V.load(table, slot: slot)
        if step & 1 == 0 { even = even.adding(c, times: a) } else { odd = odd.adding(c, times: a) }
        c = V.load(weights, slot: slot).adding(c, times: x)
      }
      above = c.adding(above, times: y)
    }
  }
}
