import PotentialKit

/// A product graph and the densities over it, encoded for packs of eight centers (lanes).
///
///     values:    node = a b, level by level
///     densities: T_xp = Σ_y S_xyp y,   ρ_p = ½ Σ_x x T_xp + linear    (S symmetric: every term x·y of ρ_p twice)
///     adjoints:  x̄ = Σ_p F'_p T_xp for every row, then from the last product to the first ā += n̄ b, b̄ += n̄ a
///
/// The densities are quadratic in the rows, so that their derivatives are the sums T that gave them: no second pass over
/// terms, no stores but one for each row. Offsets are in bytes from the first row.
final class ProductProgram {
  struct Real {
    var target, first, second: UInt32
  }

  /// Real and imaginary rows of first · second, or of first · conj(second).
  struct Complex {
    var targetReal, targetImaginary, firstReal, firstImaginary, secondReal, secondImaginary: UInt32
  }

  enum Kind { case real, complex, conjugate }

  /// Products of one kind in a row; none reads another's target.
  struct Stage {
    var kind: Kind
    var first, count: Int
  }

  /// Terms of one row.
  struct Sum {
    var row: UInt32
    var count: UInt32
  }

  let rowCount: Int
  let densityCount: Int
  let unitRow: Int
  let stages: [Stage]
  let reals: FixedArray<Real>
  let complexes: FixedArray<Complex>
  let sums: FixedArray<Sum>
  /// [term]: the other row, and [term][density]: its coefficient.
  let operands: FixedArray<UInt32>
  let coefficients: FixedArray<Double>

  /// - Parameter terms: [density] of all products.
  init(_ graph: ProductGraph, densityCount: Int, terms: [(term: ProductGraph.Term, coefficients: [Double])]) {
    rowCount = graph.rowCount
    unitRow = graph.unitRow
    self.densityCount = densityCount
    let code = Self.encode(graph)
    (stages, reals, complexes) = (code.stages, FixedArray(code.reals), FixedArray(code.complexes))

    var matrix: [SIMD2<Int>: [Double]] = [:]
    for (term, weights) in terms {
      for (row, other) in [(term.x, term.y), (term.y, term.x)] {
        var sum = matrix[SIMD2(row, other)] ?? Array(repeating: 0, count: densityCount)
        for p in 0..<densityCount { sum[p] += term.factor * weights[p] }
        matrix[SIMD2(row, other)] = sum
      }
    }
    var sums: [Sum] = [], operands: [UInt32] = [], coefficients: [Double] = []
    // A total order, since that of a dictionary differs from run to run.
    for (place, weights) in matrix.sorted(by: { ($0.key.x, $0.key.y) < ($1.key.x, $1.key.y) }) {
      let row = Self.offset(place.x)
      if sums.last?.row != row { sums.append(Sum(row: row, count: 0)) }
      sums[sums.count - 1].count += 1
      operands.append(Self.offset(place.y))
      coefficients += weights
    }
    self.sums = FixedArray(sums)
    self.operands = FixedArray(operands)
    self.coefficients = FixedArray(coefficients)
  }

  static func offset(_ row: Int) -> UInt32 { UInt32(row * Double8.slotBytes) }

  private static func encode(_ graph: ProductGraph) -> (stages: [Stage], reals: [Real], complexes: [Complex]) {
    var stages: [Stage] = [], reals: [Real] = [], complexes: [Complex] = []
    let ranks = Set(graph.realProducts.map(\.rank) + graph.complexProducts.map(\.rank)).sorted()
    for rank in ranks {
      let first = reals.count
      reals += graph.realProducts.filter { $0.rank == rank }.map {
        Real(target: offset($0.target), first: offset($0.first), second: offset($0.second))
      }
      stages.append(Stage(kind: .real, first: first, count: reals.count - first))
      for conjugates in [false, true] {
        let first = complexes.count
        complexes += graph.complexProducts.filter { $0.rank == rank && $0.conjugatesSecond == conjugates }.map(encode)
        stages.append(Stage(kind: conjugates ? .conjugate : .complex, first: first, count: complexes.count - first))
      }
    }
    return (stages.filter { $0.count > 0 }, reals, complexes)
  }

  private static func encode(_ product: ProductGraph.ComplexProduct) -> Complex {
    func imaginary(_ rows: ProductGraph.Rows) -> UInt32 { offset(rows.imaginary ?? rows.real) }
    return Complex(
      targetReal: offset(product.target.real), targetImaginary: imaginary(product.target),
      firstReal: offset(product.first.real), firstImaginary: imaginary(product.first),
      secondReal: offset(product.second.real), secondImaginary: imaginary(product.second))
  }
}

extension ProductProgram {
  /// From the rows of A at the front of `rows` to all products.
  func computeValues(_ rows: UnsafeMutableRawPointer) {
    Double8(1).store(rows, slot: unitRow)
    for stage in stages {
      switch stage.kind {
      case .real:
        for index in stage.first..<stage.first &+ stage.count {
          let p = reals.base[index]
          (Double8.at(rows, p.first) * Double8.at(rows, p.second)).put(rows, p.target)
        }
      case .complex: complexValues(rows, stage, sign: Double8(1))
      case .conjugate: complexValues(rows, stage, sign: Double8(-1))
      }
    }
  }

  /// first · (second_r + sign i second_i).
  @inline(__always)
  private func complexValues(_ rows: UnsafeMutableRawPointer, _ stage: Stage, sign: Double8) {
    for index in stage.first..<stage.first &+ stage.count {
      let p = complexes.base[index]
      let ar = Double8.at(rows, p.firstReal), ai = Double8.at(rows, p.firstImaginary)
      let br = Double8.at(rows, p.secondReal), bi = Double8.at(rows, p.secondImaginary) * sign
      ar.times(br, minus: ai * bi).put(rows, p.targetReal)
      (ai * br).adding(ar, times: bi).put(rows, p.targetImaginary)
    }
  }

  /// T of every row of `sums`, [sum][density], and adds to ρ, [density].
  func computeDensities(
    _ rows: UnsafeRawPointer, partials: UnsafeMutableRawPointer, densities: UnsafeMutableRawPointer
  ) {
    var p = 0
    while p < densityCount {
      switch densityCount &- p {
      case 1: sumOne(p, rows, partials, densities)
      case 2, 4: sumTwo(p, rows, partials, densities)
      default: sumThree(p, rows, partials, densities)
      }
      p = p &+ (densityCount &- p == 4 ? 2 : min(densityCount &- p, 3))
    }
  }

  /// T_xp of one density; the others of two and three at once, which read each row once for all.
  private func sumOne(
    _ p: Int, _ rows: UnsafeRawPointer, _ partials: UnsafeMutableRawPointer, _ densities: UnsafeMutableRawPointer
  ) {
    var operand = operands.base, coefficient = coefficients.base + p, total = Double8.zero
    let stride = densityCount
    for index in 0..<sums.count {
      let sum = sums.base[index]
      // Two sums: one alone would wait for each addition.
      var even = Double8.zero, odd = Double8.zero, left = Int(sum.count)
      while left > 1 {
        even = even.adding(Double8.at(rows, operand[0]), times: Double8(coefficient[0]))
        odd = odd.adding(Double8.at(rows, operand[1]), times: Double8(coefficient[stride]))
        operand += 2
        coefficient += 2 &* stride
        left = left &- 2
      }
      if left > 0 {
        even = even.adding(Double8.at(rows, operand[0]), times: Double8(coefficient[0]))
        operand += 1
        coefficient += stride
      }
      total = add(even + odd, p, index, rows, partials, to: total)
    }
    finish(total, p, densities)
  }

  private func sumTwo(
    _ p: Int, _ rows: UnsafeRawPointer, _ partials: UnsafeMutableRawPointer, _ densities: UnsafeMutableRawPointer
  ) {
    var operand = operands.base, coefficient = coefficients.base + p
    var firstTotal = Double8.zero, secondTotal = Double8.zero
    for index in 0..<sums.count {
      var first = Double8.zero, second = Double8.zero
      for _ in 0..<sums.base[index].count {
        let y = Double8.at(rows, operand[0])
        first = first.adding(y, times: Double8(coefficient[0]))
        second = second.adding(y, times: Double8(coefficient[1]))
        operand += 1
        coefficient += densityCount
      }
      firstTotal = add(first, p, index, rows, partials, to: firstTotal)
      secondTotal = add(second, p &+ 1, index, rows, partials, to: secondTotal)
    }
    finish(firstTotal, p, densities)
    finish(secondTotal, p &+ 1, densities)
  }

  private func sumThree(
    _ p: Int, _ rows: UnsafeRawPointer, _ partials: UnsafeMutableRawPointer, _ densities: UnsafeMutableRawPointer
  ) {
    var operand = operands.base, coefficient = coefficients.base + p
    var firstTotal = Double8.zero, secondTotal = Double8.zero, thirdTotal = Double8.zero
    for index in 0..<sums.count {
      var first = Double8.zero, second = Double8.zero, third = Double8.zero
      for _ in 0..<sums.base[index].count {
        let y = Double8.at(rows, operand[0])
        first = first.adding(y, times: Double8(coefficient[0]))
        second = second.adding(y, times: Double8(coefficient[1]))
        third = third.adding(y, times: Double8(coefficient[2]))
        operand += 1
        coefficient += densityCount
      }
      firstTotal = add(first, p, index, rows, partials, to: firstTotal)
      secondTotal = add(second, p &+ 1, index, rows, partials, to: secondTotal)
      thirdTotal = add(third, p &+ 2, index, rows, partials, to: thirdTotal)
    }
    finish(firstTotal, p, densities)
    finish(secondTotal, p &+ 1, densities)
    finish(thirdTotal, p &+ 2, densities)
  }

  /// Keeps T_xp of a row and adds x T_xp to a density.
  @inline(__always)
  private func add(
    _ sum: Double8, _ p: Int, _ index: Int, _ rows: UnsafeRawPointer, _ partials: UnsafeMutableRawPointer,
    to total: Double8
  ) -> Double8 {
    sum.store(partials, slot: index &* densityCount &+ p)
    return total.adding(Double8.at(rows, sums.base[index].row), times: sum)
  }

  @inline(__always)
  private func finish(_ total: Double8, _ p: Int, _ densities: UnsafeMutableRawPointer) {
    Double8.load(densities, slot: p).adding(total, times: Double8(0.5)).store(densities, slot: p)
  }
}
