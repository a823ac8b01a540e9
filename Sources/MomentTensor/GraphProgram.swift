import PotentialKit

/// A contraction graph as flat instructions over eight environments in lanes.
///
/// Values and adjoints are arrays [value][8 lanes]; operands are byte offsets into them. A block of up to three values shares
/// one operand of each term, so that loads, which bound this part, are few: per term and value 1.4 loads forwards instead of 2.
final class GraphProgram {
  /// Targets in use first; each term has one factor and 1 + width operands, the shared one first.
  struct Block {
    var width: Int
    var termCount: Int
    var firstFactor: Int
    var firstOperand: Int
    var targets: SIMD4<UInt32>
  }

  /// m[target] = m[a] − m[b] − m[c].
  struct Reduction {
    var target, a, b, c: UInt32
  }

  /// w + Σ Q m of one value.
  struct Sum {
    var target: UInt32
    var count: UInt32
    var constant: Double
  }

  struct Coupling {
    var operand: UInt32
    var factor: Double
  }

  let valueCount: Int
  let reductions: FixedArray<Reduction>
  let blocks: FixedArray<Block>
  let factors: FixedArray<Double>
  let operands: FixedArray<UInt32>
  /// One for each value; none where a program only computes values.
  let sums: FixedArray<Sum>
  let couplings: FixedArray<Coupling>

  init(
    valueCount: Int, reductions: [Reduction], blocks: [ProductBlock], place: (Int) -> UInt32, sums: [Sum],
    couplings: [Coupling]
  ) {
    self.valueCount = valueCount
    self.reductions = FixedArray(reductions)
    self.sums = FixedArray(sums)
    self.couplings = FixedArray(couplings)
    var encoded: [Block] = [], factors: [Double] = [], operands: [UInt32] = []
    for block in blocks {
      var targets = SIMD4<UInt32>.zero
      for (lane, target) in block.targets.enumerated() { targets[lane] = place(target) }
      encoded.append(
        Block(
          width: block.targets.count, termCount: block.factors.count, firstFactor: factors.count,
          firstOperand: operands.count, targets: targets))
      factors += block.factors
      for (shared, own) in zip(block.shared, block.own) { operands += [place(shared)] + own.map(place) }
    }
    self.blocks = FixedArray(encoded)
    self.factors = FixedArray(factors)
    self.operands = FixedArray(operands)
  }
}

extension GraphProgram {
  /// From the reduced moments at the front of `m` to all its values.
  func computeValues(_ m: UnsafeMutableRawPointer) {
    for index in 0..<reductions.count {
      let r = reductions.base[index]
      (Double8.at(m, r.a) - Double8.at(m, r.b) - Double8.at(m, r.c)).put(m, r.target)
    }
    for index in 0..<blocks.count {
      let block = blocks.base[index], factor = factors.base + block.firstFactor
      let operand = operands.base + block.firstOperand
      switch block.width {
      case 1: valueOne(m, block, factor, operand)
      case 2: valueTwo(m, block, factor, operand)
      default: valueThree(m, block, factor, operand)
      }
    }
  }

  @inline(__always)
  private func valueOne(
    _ m: UnsafeMutableRawPointer, _ block: Block, _ factor: UnsafePointer<Double>, _ operand: UnsafePointer<UInt32>
  ) {
    var a = Double8.zero, operand = operand
    for term in 0..<block.termCount {
      let shared = Double8.at(m, operand[0]) * Double8(factor[term])
      a = a.adding(shared, times: Double8.at(m, operand[1]))
      operand += 2
    }
    a.put(m, block.targets.x)
  }

  @inline(__always)
  private func valueTwo(
    _ m: UnsafeMutableRawPointer, _ block: Block, _ factor: UnsafePointer<Double>, _ operand: UnsafePointer<UInt32>
  ) {
    var a = Double8.zero, b = Double8.zero, operand = operand
    for term in 0..<block.termCount {
      let shared = Double8.at(m, operand[0]) * Double8(factor[term])
      a = a.adding(shared, times: Double8.at(m, operand[1]))
      b = b.adding(shared, times: Double8.at(m, operand[2]))
      operand += 3
    }
    a.put(m, block.targets.x)
    b.put(m, block.targets.y)
  }

  @inline(__always)
  private func valueThree(
    _ m: UnsafeMutableRawPointer, _ block: Block, _ factor: UnsafePointer<Double>, _ operand: UnsafePointer<UInt32>
  ) {
    var a = Double8.zero, b = Double8.zero, c = Double8.zero, operand = operand
    for term in 0..<block.termCount {
      let shared = Double8.at(m, operand[0]) * Double8(factor[term])
      a = a.adding(shared, times: Double8.at(m, operand[1]))
      b = b.adding(shared, times: Double8.at(m, operand[2]))
      c = c.adding(shared, times: Double8.at(m, operand[3]))
      operand += 4
    }
    a.put(m, block.targets.x)
    b.put(m, block.targets.y)
    c.put(m, block.targets.z)
  }
}
