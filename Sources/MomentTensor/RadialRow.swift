import MomentTensorFiles
import PotentialKit

/// dE/dc[z][neighbor][mu][k] = Σ_j φ_k(r_j) F_mu(j) of one center, φ_k = s (b − r)² T_k(x): neighbors in lanes, two functions and
/// four polynomials at a time, so that eight sums stay in registers.
struct RadialRow<Whole: WholeLaneVector>: ~Copyable where Whole.Half: HalfLaneVector {
  typealias Half = Whole.Half
  typealias Scalar = Whole.Scalar

  private let functionCount: Int
  /// The file's index of each function.
  private let places: FixedArray<Int>
  private let fileFunctionCount: Int
  private let basisSize: Int
  /// Padded to a multiple of four with zeros.
  private let paddedSize: Int
  private let scaling: Scalar
  private let row: FixedArray<Double>
  /// [unit][k]
  private var basis = ScratchBuffer()

  init(_ file: MomentTensorFile, _ layout: MomentLayout) {
    functionCount = layout.functions.count
    places = FixedArray(layout.functions)
    fileFunctionCount = file.radialFunctionCount
    basisSize = file.radialBasisSize
    paddedSize = (file.radialBasisSize + 3) & ~3
    scaling = Scalar(file.scaling)
    row = FixedArray([Double](repeating: 0, count: file.speciesCount * file.radialFunctionCount * file.radialBasisSize))
  }

  mutating func reserve(units: Int) { basis.reserve(slots: units * paddedSize) }

  /// - Parameters:
  ///   - contractions: F_mu, [unit][function] of this center.
  ///   - kinds: the potential's species of each of the engine's kinds.
  /// - Returns: [neighbor's species][mu][k], valid until the next call.
  func compute(
    _ batch: borrowing EnvironmentBatch, _ kernel: borrowing NeighborKernel<Whole>, slot: Int,
    contractions: UnsafeRawPointer, kinds: UnsafePointer<Int>
  ) -> UnsafePointer<Double> {
    row.base.update(repeating: 0, count: row.count)
    let start = batch.starts[slot], bounds = batch.segments + slot &* (batch.kindCount &+ 1)
    expand(kernel, from: start, count: batch.lengths[slot])
    for kind in 0..<batch.kindCount where bounds[kind &+ 1] > bounds[kind] {
      let pair = row.base + kinds[kind] &* fileFunctionCount &* basisSize
      var function = 0
      while function < functionCount {
        // The last of an odd number is summed twice; only one result is kept.
        let next = min(function &+ 1, functionCount &- 1)
        for k in stride(from: 0, to: paddedSize, by: 4) {
          let (a, b) = sums(contractions, bounds[kind], bounds[kind &+ 1], function, next, k)
          add(a, to: pair + places.base[function] &* basisSize, k)
          if next > function { add(b, to: pair + places.base[next] &* basisSize, k) }
        }
        function = function &+ 2
      }
    }
    return UnsafePointer(row.base)
  }

  @inline(__always)
  private func add(_ sums: SIMD4<Double>, to target: UnsafeMutablePointer<Double>, _ k: Int) {
    for i in 0..<min(4, basisSize &- k) { target[k &+ i] += sums[i] }
  }

  /// φ_k of all neighbors of a center: whole packs, and perhaps a half one at the end.
  private func expand(_ kernel: borrowing NeighborKernel<Whole>, from start: Int, count: Int) {
    var lane = 0
    while lane &+ Whole.laneCount <= count {
      expand(Whole.self, kernel, unit: (start &+ lane) / Whole.laneCount, to: lane / Whole.laneCount)
      lane = lane &+ Whole.laneCount
    }
    if lane < count { expand(Half.self, kernel, unit: (start &+ lane) / Whole.laneCount, to: lane / Whole.laneCount) }
  }

  @inline(__always)
  private func expand<V: LaneVector>(_: V.Type, _ kernel: borrowing NeighborKernel<Whole>, unit: Int, to place: Int)
  where V.Scalar == Scalar {
    let r = V.load(kernel.geometry.base + unit &* kernel.geometryRows &* V.slotBytes, slot: 4)
    let held = r.maximum(V(kernel.floor)), rest = V(kernel.cutoff) - held
    let x = V(kernel.shift).adding(held, times: V(kernel.slope)), twice = x + x
    let target = basis.base + place &* paddedSize &* V.slotBytes
    var before = V(scaling) * rest * rest, last = before * x
    before.store(target, slot: 0)
    last.store(target, slot: 1)
    for k in stride(from: 2, to: basisSize, by: 1) {
      let next = twice.times(last, minus: before)
      next.store(target, slot: k)
      before = last
      last = next
    }
  }

  /// Σ_j φ_k+i(j) F(j), i = 0...3, for two functions over the lanes `from ..< to` of a center, which may begin and end with a
  /// half pack.
  @inline(__always)
  private func sums(
    _ contractions: UnsafeRawPointer, _ from: Int, _ to: Int, _ first: Int, _ second: Int, _ k: Int
  ) -> (SIMD4<Double>, SIMD4<Double>) {
    var halves = Sums<Half>(), wholes = Sums<Whole>(), lane = from
    if lane & (Whole.laneCount &- 1) != 0 {
      halves.add(contractions, basis.base, lane, functionCount, paddedSize, first, second, k, packed: Whole.laneCount)
      lane = lane &+ Half.laneCount
    }
    while lane &+ Whole.laneCount <= to {
      wholes.add(contractions, basis.base, lane, functionCount, paddedSize, first, second, k, packed: Whole.laneCount)
      lane = lane &+ Whole.laneCount
    }
    if lane < to {
      halves.add(contractions, basis.base, lane, functionCount, paddedSize, first, second, k, packed: Whole.laneCount)
    }
    @inline(__always) func folded(_ h: Half, _ w: Whole) -> Half { h + (w.low + w.high) }
    return (
      Half.sums(
        folded(halves.a0, wholes.a0), folded(halves.a1, wholes.a1), folded(halves.a2, wholes.a2), folded(halves.a3, wholes.a3)),
      Half.sums(
        folded(halves.b0, wholes.b0), folded(halves.b1, wholes.b1), folded(halves.b2, wholes.b2), folded(halves.b3, wholes.b3))
    )
  }

  private struct Sums<V: LaneVector> {
    var a0 = V.zero, a1 = V.zero, a2 = V.zero, a3 = V.zero
    var b0 = V.zero, b1 = V.zero, b2 = V.zero, b3 = V.zero

    @inline(__always) init() {}

    @inline(__always)
    mutating func add(
      _ contractions: UnsafeRawPointer, _ basis: UnsafeRawPointer, _ lane: Int, _ functions: Int, _ size: Int, _ first: Int,
      _ second: Int, _ k: Int, packed: Int
    ) {
      let unit = lane / packed, byte = (lane & (packed &- 1)) &* MemoryLayout<V.Scalar>.stride
      let sums = contractions + (unit &* functions &* V.slotBytes &+ byte)
      let phi = basis + (unit &* size &* V.slotBytes &+ byte)
      let f = V.load(sums, slot: first), g = V.load(sums, slot: second)
      let p0 = V.load(phi, slot: k), p1 = V.load(phi, slot: k &+ 1)
      let p2 = V.load(phi, slot: k &+ 2), p3 = V.load(phi, slot: k &+ 3)
      a0 = a0.adding(f, times: p0)
      a1 = a1.adding(f, times: p1)
      a2 = a2.adding(f, times: p2)
      a3 = a3.adding(f, times: p3)
      b0 = b0.adding(g, times: p0)
      b1 = b1.adding(g, times: p1)
      b2 = b2.adding(g, times: p2)
      b3 = b3.adding(g, times: p3)
    }
  }
}
