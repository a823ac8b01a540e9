import PotentialKit

/// A contraction graph as flat instructions over eight environments in lanes.
///
/// Values and adjoints are arrays [value][8 lanes]; operands are byte offsets into them. Everything is in gather form: each value
/// and each adjoint is summed in registers and written once.
final class GraphProgram {
  /// factor · m[first] · m[second] of a value, Q · m[first] or factor · m[first] · g[second] of an adjoint.
  struct Term {
    var first, second: UInt32
    var factor: Double
  }

  /// One sum: its target, the number of its terms of both sorts, and its constant part.
  struct Sum {
    var target: UInt32
    var quadraticCount: UInt32
    var chainCount: UInt32
    var constant: Double
  }

  struct Reduction {
    var target, a, b, c: UInt32
  }

  let valueCount: Int
  let reductions: FixedArray<Reduction>
  let valueSums: FixedArray<Sum>
  let valueTerms: FixedArray<Term>
  /// In reverse order of values; empty where a program only computes values.
  let adjointSums: FixedArray<Sum>
  let adjointTerms: FixedArray<Term>

  init(
    valueCount: Int, reductions: [Reduction], valueSums: [Sum], valueTerms: [Term], adjointSums: [Sum] = [],
    adjointTerms: [Term] = []
  ) {
    self.valueCount = valueCount
    self.reductions = FixedArray(reductions)
    self.valueSums = FixedArray(valueSums)
    self.valueTerms = FixedArray(valueTerms)
    self.adjointSums = FixedArray(adjointSums)
    self.adjointTerms = FixedArray(adjointTerms)
  }

  /// From the reduced moments at the front of `m` to all its values.
  func computeValues(_ m: UnsafeMutableRawPointer) {
    for index in 0..<reductions.count {
      let r = reductions.base[index]
      (Lanes.at(m, r.a) - Lanes.at(m, r.b) - Lanes.at(m, r.c)).put(m, r.target)
    }
    var term = valueTerms.base
    for index in 0..<valueSums.count {
      let sum = valueSums.base[index]
      var value = Lanes(0)
      for _ in 0..<sum.chainCount {
        value = value.adding(Lanes.at(m, term.pointee.first) * Lanes(term.pointee.factor), times: Lanes.at(m, term.pointee.second))
        term += 1
      }
      value.put(m, sum.target)
    }
  }

  /// From all values to the adjoints g = dE/dm of all values; returns the energies without e0.
  func computeAdjoints(_ m: UnsafeRawPointer, _ g: UnsafeMutableRawPointer) -> SIMD8<Double> {
    var energy = Lanes(0), term = adjointTerms.base
    for index in 0..<adjointSums.count {
      let sum = adjointSums.base[index], constant = Lanes(sum.constant)
      var quadratic = Lanes(0)
      for _ in 0..<sum.quadraticCount {
        quadratic = quadratic.adding(Lanes.at(m, term.pointee.first), times: Lanes(term.pointee.factor))
        term += 1
      }
      // Each pair stands in the sums of both its values: half of it is the energy's.
      energy = energy.adding(constant.adding(quadratic, times: Lanes(0.5)), times: Lanes.at(m, sum.target))
      var adjoint = quadratic + constant
      for _ in 0..<sum.chainCount {
        adjoint = adjoint.adding(Lanes.at(m, term.pointee.first) * Lanes(term.pointee.factor), times: Lanes.at(g, term.pointee.second))
        term += 1
      }
      adjoint.put(g, sum.target)
    }
    for index in (0..<reductions.count).reversed() {
      let r = reductions.base[index], adjoint = Lanes.at(g, r.target)
      (Lanes.at(g, r.a) + adjoint).put(g, r.a)
      (Lanes.at(g, r.b) - adjoint).put(g, r.b)
      (Lanes.at(g, r.c) - adjoint).put(g, r.c)
    }
    return energy.lanes
  }

  private typealias Lanes = Double8
}

extension Double8 {
  @inline(__always)
  static func at(_ base: UnsafeRawPointer, _ byteOffset: UInt32) -> Double8 {
    base.load(fromByteOffset: Int(byteOffset), as: Double8.self)
  }

  @inline(__always)
  func put(_ base: UnsafeMutableRawPointer, _ byteOffset: UInt32) {
    base.storeBytes(of: self, toByteOffset: Int(byteOffset), as: Double8.self)
  }
}

/// Plain constants that a kernel reads through a pointer; freed with their owner.
final class FixedArray<Element: BitwiseCopyable> {
  let base: UnsafeMutablePointer<Element>
  let count: Int

  init(_ elements: [Element]) {
    count = elements.count
    base = .allocate(capacity: max(elements.count, 1))
    base.initialize(from: elements, count: elements.count)
  }

  deinit { base.deallocate() }
}

/// Scratch memory of a kernel, aligned to cache-line pairs; grows, never shrinks, its contents not kept.
struct ScratchBuffer: ~Copyable {
  private(set) var base: UnsafeMutableRawPointer
  private(set) var byteCount: Int

  init() {
    base = .allocate(byteCount: 0, alignment: 128)
    byteCount = 0
  }

  mutating func reserve(slots: Int) {
    guard slots * Double8.slotBytes > byteCount else { return }
    base.deallocate()
    byteCount = slots * Double8.slotBytes
    base = .allocate(byteCount: byteCount, alignment: 128)
    // Padded rows and lanes are read by whole packs: they must be numbers.
    base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
  }

  deinit { base.deallocate() }
}
