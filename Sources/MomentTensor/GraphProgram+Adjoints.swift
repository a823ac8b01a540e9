import PotentialKit

extension GraphProgram {
  /// From all values to the adjoints g = dE/dm of all values; returns the energies without e0.
  ///
  /// g = w + Q m in one pass, then the blocks backwards: a target's adjoint is complete when its block is reached.
  func computeAdjoints(_ m: UnsafeRawPointer, _ g: UnsafeMutableRawPointer) -> SIMD8<Double> {
    let energy = computeDirect(m, g)
    for index in (0..<blocks.count).reversed() {
      let block = blocks.base[index], factor = factors.base + block.firstFactor
      let operand = operands.base + block.firstOperand
      switch block.width {
      case 1: adjointOne(m, g, block, factor, operand)
      case 2: adjointTwo(m, g, block, factor, operand)
      default: adjointThree(m, g, block, factor, operand)
      }
    }
    for index in (0..<reductions.count).reversed() {
      let r = reductions.base[index], adjoint = Double8.at(g, r.target)
      (Double8.at(g, r.a) + adjoint).put(g, r.a)
      (Double8.at(g, r.b) - adjoint).put(g, r.b)
      (Double8.at(g, r.c) - adjoint).put(g, r.c)
    }
    return energy.lanes
  }

  /// g = w + Q m, E = Σ m (w + ½ Q m): each pair stands in the sums of both its values.
  @inline(__always)
  private func computeDirect(_ m: UnsafeRawPointer, _ g: UnsafeMutableRawPointer) -> Double8 {
    var energy = Double8.zero
    var coupling = couplings.base
    for index in 0..<sums.count {
      let sum = sums.base[index], constant = Double8(sum.constant)
      var quadratic = Double8.zero
      for _ in 0..<sum.count {
        quadratic = quadratic.adding(Double8.at(m, coupling.pointee.operand), times: Double8(coupling.pointee.factor))
        coupling += 1
      }
      energy = energy.adding(constant.adding(quadratic, times: Double8(0.5)), times: Double8.at(m, sum.target))
      (quadratic + constant).put(g, sum.target)
    }
    return energy
  }

  @inline(__always)
  private func adjointOne(
    _ m: UnsafeRawPointer, _ g: UnsafeMutableRawPointer, _ block: Block, _ factor: UnsafePointer<Double>,
    _ operand: UnsafePointer<UInt32>
  ) {
    let a = Double8.at(g, block.targets.x)
    var operand = operand
    for term in 0..<block.termCount {
      let scaled = a * Double8(factor[term])
      scaled.add(times: Double8.at(m, operand[1]), to: g, operand[0])
      scaled.add(times: Double8.at(m, operand[0]), to: g, operand[1])
      operand += 2
    }
  }

  @inline(__always)
  private func adjointTwo(
    _ m: UnsafeRawPointer, _ g: UnsafeMutableRawPointer, _ block: Block, _ factor: UnsafePointer<Double>,
    _ operand: UnsafePointer<UInt32>
  ) {
    let a = Double8.at(g, block.targets.x), b = Double8.at(g, block.targets.y)
    var operand = operand
    for term in 0..<block.termCount {
      let c = Double8(factor[term]), shared = Double8.at(m, operand[0]) * c
      (a * Double8.at(m, operand[1])).adding(b, times: Double8.at(m, operand[2])).add(times: c, to: g, operand[0])
      shared.add(times: a, to: g, operand[1])
      shared.add(times: b, to: g, operand[2])
      operand += 3
    }
  }

  @inline(__always)
  private func adjointThree(
    _ m: UnsafeRawPointer, _ g: UnsafeMutableRawPointer, _ block: Block, _ factor: UnsafePointer<Double>,
    _ operand: UnsafePointer<UInt32>
  ) {
    let a = Double8.at(g, block.targets.x), b = Double8.at(g, block.targets.y), d = Double8.at(g, block.targets.z)
    var operand = operand
    for term in 0..<block.termCount {
      let c = Double8(factor[term]), shared = Double8.at(m, operand[0]) * c
      (a * Double8.at(m, operand[1])).adding(b, times: Double8.at(m, operand[2]))
        .adding(d, times: Double8.at(m, operand[3])).add(times: c, to: g, operand[0])
      shared.add(times: a, to: g, operand[1])
      shared.add(times: b, to: g, operand[2])
      shared.add(times: d, to: g, operand[3])
      operand += 4
    }
  }
}
