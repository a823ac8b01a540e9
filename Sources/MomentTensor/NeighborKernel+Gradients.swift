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
  @inline(__always)
  private func angular<V: LaneVector>(_ table: UnsafeRawPointer, _ x: V, _ y: V) -> (V, V) {
    var tx = V.zero, ty = V.zero
    for n in stride(from: degree, to: 8, by: -1) { descend(n, x, y, table, &tx, &ty) }
    switch min(degree, 8) {
    case 8:
      descend(8, x, y, table, &tx, &ty)
      fallthrough
    case 7:
      descend(7, x, y, table, &tx, &ty)
      fallthrough
    case 6:
      descend(6, x, y, table, &tx, &ty)
      fallthrough
    case 5:
      descend(5, x, y, table, &tx, &ty)
      fallthrough
    case 4:
      descend(4, x, y, table, &tx, &ty)
      fallthrough
    case 3:
      descend(3, x, y, table, &tx, &ty)
      fallthrough
    case 2:
      descend(2, x, y, table, &tx, &ty)
      fallthrough
    case 1: descend(1, x, y, table, &tx, &ty)
    default: break
    }
    return (tx, ty)
  }

  @inline(__always)
  private func descend<V: LaneVector>(_ n: Int, _ x: V, _ y: V, _ table: UnsafeRawPointer, _ tx: inout V, _ ty: inout V) {
    let c = weights.base
    let child = n &* (n &+ 1) / 2, parent = child &- n
    let cy = V.load(c, slot: child &+ n)
    ty = ty.adding(cy, times: V.load(table, slot: child &- 1))
    for k in 0..<n {
      let cx = V.load(c, slot: child &+ k)
      tx = tx.adding(cx, times: V.load(table, slot: parent &+ k))
      let own = V.load(c, slot: parent &+ k).adding(cx, times: x)
      (k &+ 1 == n ? own.adding(cy, times: y) : own).store(c, slot: parent &+ k)
    }
  }
}
