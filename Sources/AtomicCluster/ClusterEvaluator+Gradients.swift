import PotentialKit

extension ClusterEvaluator {
  /// Gradients D_j = dE_i/dr_j of the neighbors of a kind, handed to the batch.
  func computeGradients(_ steps: HarmonicSteps, _ bond: BondKernel, kind: Int, _ batch: borrowing EnvironmentBatch) {
    let range = columns.columns(of: kind)
    for column in stride(from: range.lowerBound, to: range.upperBound, by: 2) {
      gradientPair(steps, bond, column)
      for side in 0..<2 {
        let mine = (gradients.base + 3 &* side &* Double8.slotBytes).assumingMemoryBound(to: Double.self)
        if innerCutoff == .zbl { addNearest(mine, column: column &+ side) }
        columns.scatter(mine, column: column &+ side, kind: kind, batch)
      }
    }
  }

  @inline(__always)
  private func gradientPair(_ steps: HarmonicSteps, _ bond: BondKernel, _ column: Int) {
    var first = Tangent<V>(), second = Tangent<V>()
    if steps.degree >= 0 {
      contract(steps, direction(column), radialRow(column), radialRow(column &+ 1), &first, &second)
    }
    finish(first, bond, column, gradients.base)
    finish(second, bond, column &+ 1, gradients.base + 3 &* Double8.slotBytes)
  }

  /// S and T of two neighbors.
  @inline(__always)
  private func contract(
    _ steps: HarmonicSteps, _ geometry: UnsafeRawPointer, _ f: UnsafeRawPointer, _ g: UnsafeRawPointer,
    _ first: inout Tangent<V>, _ second: inout Tangent<V>
  ) {
    let x = V.load(geometry, slot: 0), y = V.load(geometry, slot: 1), z = V.load(geometry, slot: 2)
    let x2 = V.load(geometry, slot: 4), y2 = V.load(geometry, slot: 5), z2 = V.load(geometry, slot: 6)
    var step = steps.steps.base
    var omega = UnsafeRawPointer(roundedAdjoints.base) + steps.firstRow &* V.slotBytes
    let slopes = radialSlots &* V.slotBytes
    var p = Legendre<V>(), p2 = Legendre<V>()
    for l in 0...steps.degree {
      let s = step.pointee
      p.advance(s, first: l == 0, z)
      p2.advance(s, first: l == 0, z2)
      var u = V.zero, v = V.zero, u2 = V.zero, v2 = V.zero
      for n in 0..<s.count {
        let slot = s.radialOffset &+ n &* V.slotBytes, w = V.load(omega, slot: n)
        u = u.adding(w, times: V.load(f + slot, slot: 0))
        u2 = u2.adding(w, times: V.load(g + slot, slot: 0))
        v = v.adding(w, times: V.load(f + slot + slopes, slot: 0))
        v2 = v2.adding(w, times: V.load(g + slot + slopes, slot: 0))
      }
      first.addAxial(u, v, p)
      second.addAxial(u2, v2, p2)
      omega += s.count &* V.slotBytes
      step += 1
    }
    // C_m and C_{m−1}.
    var c = Power<V>(x, y), c2 = Power<V>(x2, y2)
    for m in stride(from: 1, through: steps.degree, by: 1) {
      var sums = OrderSums<V>(), sums2 = OrderSums<V>()
      for l in m...steps.degree {
        let s = step.pointee
        p.advance(s, first: l == m, z)
        p2.advance(s, first: l == m, z2)
        var ur = V.zero, ui = V.zero, vr = V.zero, vi = V.zero
        var ur2 = V.zero, ui2 = V.zero, vr2 = V.zero, vi2 = V.zero
        for n in 0..<s.count {
          let slot = s.radialOffset &+ n &* V.slotBytes
          let wr = V.load(omega, slot: 2 &* n), wi = V.load(omega, slot: 2 &* n &+ 1)
          let r = V.load(f + slot, slot: 0), r2 = V.load(g + slot, slot: 0)
          let d = V.load(f + slot + slopes, slot: 0), d2 = V.load(g + slot + slopes, slot: 0)
          ur = ur.adding(wr, times: r)
          ui = ui.adding(wi, times: r)
          vr = vr.adding(wr, times: d)
          vi = vi.adding(wi, times: d)
          ur2 = ur2.adding(wr, times: r2)
          ui2 = ui2.adding(wi, times: r2)
          vr2 = vr2.adding(wr, times: d2)
          vi2 = vi2.adding(wi, times: d2)
        }
        sums.add(ur, ui, vr, vi, p)
        sums2.add(ur2, ui2, vr2, vi2, p2)
        omega += 2 &* s.count &* V.slotBytes
        step += 1
      }
      let order = V(V.Scalar(m))
      first.add(sums, c, order)
      second.add(sums2, c2, order)
      c.advance(x, y)
      c2.advance(x2, y2)
    }
  }

  /// D = T' u + (S − (S·u) u)/r as three packs of doubles; T' with rank 1 and core.
  @inline(__always)
  private func finish(_ t: Tangent<V>, _ bond: BondKernel, _ column: Int, _ target: UnsafeMutableRawPointer) {
    let geometry = direction(column), slopes = radialRow(column) + radialSlots &* V.slotBytes
    let x = V.load(geometry, slot: 0), y = V.load(geometry, slot: 1), z = V.load(geometry, slot: 2)
    let inverse = V.load(geometry, slot: 3), layout = bond.table.columns
    var radial = t.radial
    for p in 0..<layout.densityCount {
      radial = radial.adding(V.load(roundedSlopes.base, slot: p), times: V.load(slopes, slot: layout.firstDensity &+ p))
    }
    if layout.hasCore {
      radial = radial.adding(V.load(roundedSlopes.base, slot: bond.coreSlot), times: V.load(slopes, slot: layout.core))
    }
    let along = (t.x * x).adding(t.y, times: y).adding(t.z, times: z)
    let outward = radial - along * inverse
    let d = target.assumingMemoryBound(to: Double.self)
    (x * outward).adding(t.x, times: inverse).store(doubles: d)
    (y * outward).adding(t.y, times: inverse).store(doubles: d + 8)
    (z * outward).adding(t.z, times: inverse).store(doubles: d + 16)
  }
}

/// P_lm and dP_lm/dz by recursion in l.
struct Legendre<V: LaneVector> {
  var p = V.zero, below = V.zero, slope = V.zero, slopeBelow = V.zero

  @inline(__always) init() {}

  @inline(__always)
  mutating func advance(_ step: HarmonicSteps.Step, first: Bool, _ z: V) {
    let a = V(V.Scalar(step.a))
    if first {
      (p, below, slope, slopeBelow) = (a, V.zero, V.zero, V.zero)
    } else {
      let b = V(V.Scalar(step.b))
      (slope, slopeBelow) = ((z * slope).adding(slopeBelow, times: b) * a, slope)
      slope = slope.adding(p, times: a)
      (p, below) = ((z * p).adding(below, times: b) * a, p)
    }
  }
}

/// C_m = (x + iy)^m and the one before.
struct Power<V: LaneVector> {
  var real, imaginary: V
  var realBelow = V(1), imaginaryBelow = V.zero

  @inline(__always) init(_ x: V, _ y: V) { (real, imaginary) = (x, y) }

  @inline(__always)
  mutating func advance(_ x: V, _ y: V) {
    (realBelow, imaginaryBelow) = (real, imaginary)
    (real, imaginary) = ((real * x) - (imaginary * y), (real * y).adding(imaginary, times: x))
  }
}

/// a_m, b_m and c_m of one order m.
struct OrderSums<V: LaneVector> {
  var ar = V.zero, ai = V.zero, br = V.zero, bi = V.zero, cr = V.zero, ci = V.zero

  @inline(__always) init() {}

  @inline(__always)
  mutating func add(_ ur: V, _ ui: V, _ vr: V, _ vi: V, _ p: Legendre<V>) {
    ar = ar.adding(ur, times: p.p)
    ai = ai.adding(ui, times: p.p)
    br = br.adding(ur, times: p.slope)
    bi = bi.adding(ui, times: p.slope)
    cr = cr.adding(vr, times: p.p)
    ci = ci.adding(vi, times: p.p)
  }
}

/// S and T of one neighbor.
struct Tangent<V: LaneVector> {
  var x = V.zero, y = V.zero, z = V.zero, radial = V.zero

  @inline(__always) init() {}

  /// m = 0.
  @inline(__always)
  mutating func addAxial(_ u: V, _ v: V, _ p: Legendre<V>) {
    z = z.adding(u, times: p.slope)
    radial = radial.adding(v, times: p.p)
  }

  @inline(__always)
  mutating func add(_ s: OrderSums<V>, _ c: Power<V>, _ order: V) {
    let ar = s.ar * order, ai = s.ai * order
    x = x.adding(ar, times: c.realBelow).adding(ai, times: c.imaginaryBelow)
    y = y.adding(ai, times: c.realBelow) - ar * c.imaginaryBelow
    z = z.adding(s.br, times: c.real).adding(s.bi, times: c.imaginary)
    radial = radial.adding(s.cr, times: c.real).adding(s.ci, times: c.imaginary)
  }
}
