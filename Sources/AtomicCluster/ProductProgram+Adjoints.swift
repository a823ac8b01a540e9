import PotentialKit

extension ProductProgram {
  /// dE/drow of all rows from dE/dρ_p, [density].
  func computeAdjoints(
    _ rows: UnsafeRawPointer, partials: UnsafeRawPointer, slopes: UnsafeRawPointer, _ adjoints: UnsafeMutableRawPointer
  ) {
    adjoints.initializeMemory(as: UInt8.self, repeating: 0, count: rowCount &* Double8.slotBytes)
    for index in 0..<sums.count {
      weighted(partials + index &* densityCount &* Double8.slotBytes, slopes).put(adjoints, sums.base[index].row)
    }
    for stage in stages.reversed() {
      switch stage.kind {
      case .real:
        for index in (stage.first..<stage.first &+ stage.count).reversed() {
          let p = reals.base[index], adjoint = Double8.at(adjoints, p.target)
          adjoint.add(times: Double8.at(rows, p.second), to: adjoints, p.first)
          adjoint.add(times: Double8.at(rows, p.first), to: adjoints, p.second)
        }
      case .complex: complexAdjoints(rows, stage, sign: Double8(1), adjoints)
      case .conjugate: complexAdjoints(rows, stage, sign: Double8(-1), adjoints)
      }
    }
  }

  /// Σ_p F'_p T_xp of one row; short sums are spelt out, since the loop would cost more than its body.
  @inline(__always)
  private func weighted(_ partials: UnsafeRawPointer, _ slopes: UnsafeRawPointer) -> Double8 {
    var sum = Double8.load(partials, slot: 0) * Double8.load(slopes, slot: 0)
    guard densityCount > 1 else { return sum }
    sum = sum.adding(Double8.load(partials, slot: 1), times: Double8.load(slopes, slot: 1))
    guard densityCount > 2 else { return sum }
    sum = sum.adding(Double8.load(partials, slot: 2), times: Double8.load(slopes, slot: 2))
    for p in 3..<max(densityCount, 3) {
      sum = sum.adding(Double8.load(partials, slot: p), times: Double8.load(slopes, slot: p))
    }
    return sum
  }

  /// With n = a (b_r + s i b_i): ā_r += n̄_r b_r + n̄_i s b_i, ā_i += n̄_i b_r − n̄_r s b_i, b̄_r += n̄_r a_r + n̄_i a_i,
  /// b̄_i += s (n̄_i a_r − n̄_r a_i).
  @inline(__always)
  private func complexAdjoints(
    _ rows: UnsafeRawPointer, _ stage: Stage, sign: Double8, _ adjoints: UnsafeMutableRawPointer
  ) {
    for index in (stage.first..<stage.first &+ stage.count).reversed() {
      let p = complexes.base[index]
      let nr = Double8.at(adjoints, p.targetReal), ni = Double8.at(adjoints, p.targetImaginary)
      let br = Double8.at(rows, p.secondReal), bi = Double8.at(rows, p.secondImaginary) * sign
      let ar = Double8.at(rows, p.firstReal), ai = Double8.at(rows, p.firstImaginary)
      Double8.at(adjoints, p.firstReal).adding(nr, times: br).adding(ni, times: bi).put(adjoints, p.firstReal)
      (Double8.at(adjoints, p.firstImaginary).adding(ni, times: br) - nr * bi).put(adjoints, p.firstImaginary)
      Double8.at(adjoints, p.secondReal).adding(nr, times: ar).adding(ni, times: ai).put(adjoints, p.secondReal)
      Double8.at(adjoints, p.secondImaginary).adding(ni.times(ar, minus: nr * ai), times: sign)
        .put(adjoints, p.secondImaginary)
    }
  }
}
