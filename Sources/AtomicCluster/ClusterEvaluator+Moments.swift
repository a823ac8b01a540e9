import PotentialKit

extension ClusterEvaluator {
  /// A_nlm += R_nl P_lm C_m over pairs of columns: each sum is loaded and stored once for two neighbors of every center.
  func addMoments(_ steps: HarmonicSteps, columns: Range<Int>) {
    guard steps.degree >= 0 else { return }
    let sums = moments.base + steps.firstRow &* V.slotBytes
    for column in stride(from: columns.lowerBound, to: columns.upperBound, by: 2) {
      addPair(steps, direction(column), radialRow(column), radialRow(column &+ 1), sums)
    }
  }

  @inline(__always)
  private func addPair(
    _ steps: HarmonicSteps, _ geometry: UnsafeRawPointer, _ f: UnsafeRawPointer, _ g: UnsafeRawPointer,
    _ sums: UnsafeMutableRawPointer
  ) {
    let x = V.load(geometry, slot: 0), y = V.load(geometry, slot: 1), z = V.load(geometry, slot: 2)
    let x2 = V.load(geometry, slot: 4), y2 = V.load(geometry, slot: 5), z2 = V.load(geometry, slot: 6)
    var step = steps.steps.base, row = sums
    // P_{l−1,m} and P_{l−2,m} of either neighbor, C_m.
    var p = V.zero, below = V.zero, p2 = V.zero, below2 = V.zero
    for _ in 0...steps.degree {
      let s = step.pointee
      Self.advance(s, first: step == steps.steps.base, z, &p, &below)
      Self.advance(s, first: step == steps.steps.base, z2, &p2, &below2)
      for n in 0..<s.count {
        let slot = s.radialOffset &+ n &* V.slotBytes
        V.load(row, slot: 0).adding(V.load(f + slot, slot: 0), times: p).adding(V.load(g + slot, slot: 0), times: p2)
          .store(row, slot: 0)
        row += V.slotBytes
      }
      step += 1
    }
    var cr = x, ci = y, cr2 = x2, ci2 = y2
    for m in stride(from: 1, through: steps.degree, by: 1) {
      p = V.zero
      p2 = V.zero
      for l in m...steps.degree {
        let s = step.pointee
        Self.advance(s, first: l == m, z, &p, &below)
        Self.advance(s, first: l == m, z2, &p2, &below2)
        let yr = p * cr, yi = p * ci, yr2 = p2 * cr2, yi2 = p2 * ci2
        for n in 0..<s.count {
          let slot = s.radialOffset &+ n &* V.slotBytes
          let r = V.load(f + slot, slot: 0), r2 = V.load(g + slot, slot: 0)
          V.load(row, slot: 0).adding(r, times: yr).adding(r2, times: yr2).store(row, slot: 0)
          V.load(row, slot: 1).adding(r, times: yi).adding(r2, times: yi2).store(row, slot: 1)
          row += 2 &* V.slotBytes
        }
        step += 1
      }
      (cr, ci) = ((cr * x) - (ci * y), (cr * y).adding(ci, times: x))
      (cr2, ci2) = ((cr2 * x2) - (ci2 * y2), (cr2 * y2).adding(ci2, times: x2))
    }
  }

  /// P_lm out of P_{l−1,m} and P_{l−2,m}.
  @inline(__always)
  static func advance(_ step: HarmonicSteps.Step, first: Bool, _ z: V, _ p: inout V, _ below: inout V) {
    let a = V(V.Scalar(step.a))
    if first {
      p = a
      below = V.zero
    } else {
      (p, below) = ((z * p).adding(below, times: V(V.Scalar(step.b))) * a, p)
    }
  }
}
