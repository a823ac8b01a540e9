import MomentTensorFiles
import PotentialKit

/// dE/dc[z][neighbor][mu][k] = Σ_j φ_k(r_j) F_mu(j) of a batch's centers, φ_k = s (b − r)² T_k(x): neighbors in lanes, two
/// functions and four polynomials at a time, so that eight sums stay in registers. Rows of eight centers are transposed at the
/// end, as a row block has them.
struct RadialRow<Whole: WholeLaneVector>: ~Copyable where Whole.Half: HalfLaneVector {
  typealias Half = Whole.Half
  typealias Scalar = Whole.Scalar

  private let functionCount: Int
  private let speciesCount: Int
  /// The file's index of each function.
  private let places: FixedArray<Int>
  private let fileFunctionCount: Int
  private let basisSize: Int
  /// Padded to a multiple of four with zeros.
  private let paddedSize: Int
  private let scaling: Scalar
  /// [unit][k] of one center.
  private var basis = ScratchBuffer()
  /// [center][neighbor's species][function][k] of a batch.
  private var rows = ScratchBuffer()

  init(_ file: MomentTensorFile, _ layout: MomentLayout) {
    functionCount = layout.functions.count
    speciesCount = file.speciesCount
    places = FixedArray(layout.functions)
    fileFunctionCount = file.radialFunctionCount
    basisSize = file.radialBasisSize
    paddedSize = (file.radialBasisSize + 3) & ~3
    scaling = Scalar(file.scaling)
    rows.reserve(slots: speciesCount * functionCount * paddedSize)
  }

  mutating func reserve(units: Int) { basis.reserve(slots: units * paddedSize) }

  /// Sums one center of the batch over its neighbors.
  ///
  /// - Parameters:
  ///   - contractions: F_mu, [unit][function] of this center.
  ///   - kinds: the potential's species of each of the engine's kinds.
  func accumulate(
    _ batch: borrowing EnvironmentBatch, _ kernel: borrowing NeighborKernel<Whole>, slot: Int,
    contractions: UnsafeRawPointer, kinds: UnsafePointer<Int>
  ) {
    expand(kernel, from: batch.starts[slot], count: batch.lengths[slot])
    let bounds = batch.segments + slot &* (batch.kindCount &+ 1)
    for species in 0..<speciesCount {
      for first in stride(from: 0, to: functionCount, by: 2) {
        // The last of an odd number is summed twice.
        let second = min(first &+ 1, functionCount &- 1)
        for k in stride(from: 0, to: paddedSize, by: 4) {
          var sums = Sums<Half>()
          for kind in 0..<batch.kindCount where kinds[kind] == species && bounds[kind &+ 1] > bounds[kind] {
            addSegment(to: &sums, contractions, bounds[kind], bounds[kind &+ 1], first, second, k)
          }
          store(Half.sums(sums.a0, sums.a1, sums.a2, sums.a3), place(species, first, k, slot))
          store(Half.sums(sums.b0, sums.b1, sums.b2, sums.b3), place(species, second, k, slot))
        }
      }
    }
  }

  /// The rows of a batch to [neighbor's species][mu][k][stride], eight centers side by side.
  func store(into target: UnsafeMutablePointer<Double>, stride rowCount: Int) {
    for species in 0..<speciesCount {
      for function in 0..<functionCount {
        let first = (species &* fileFunctionCount &+ places.base[function]) &* basisSize
        for k in stride(from: 0, to: basisSize, by: 4) {
          let count = min(4, basisSize &- k)
          for center in stride(from: 0, to: EnvironmentBatch.width, by: 4) {
            transpose(place(species, function, k, center), count, target + ((first &+ k) &* rowCount &+ center), rowCount)
          }
        }
      }
    }
  }

  /// Four elements of four centers, of which the first `count` are stored.
  @inline(__always)
  private func transpose(_ byte: Int, _ count: Int, _ target: UnsafeMutablePointer<Double>, _ rowCount: Int) {
    let source = UnsafeRawPointer(rows.base + byte)
    let (a, b, c, d) = Double4.transposed(
      source.load(as: Double4.self), source.load(fromByteOffset: rowBytes, as: Double4.self),
      source.load(fromByteOffset: 2 &* rowBytes, as: Double4.self), source.load(fromByteOffset: 3 &* rowBytes, as: Double4.self))
    a.store(doubles: target)
    if count > 1 { b.store(doubles: target + rowCount) }
    if count > 2 { c.store(doubles: target + 2 &* rowCount) }
    if count > 3 { d.store(doubles: target + 3 &* rowCount) }
  }

  private var rowBytes: Int { speciesCount &* functionCount &* paddedSize &* MemoryLayout<Double>.stride }

  @inline(__always)
  private func place(_ species: Int, _ function: Int, _ k: Int, _ center: Int) -> Int {
    center &* rowBytes &+ ((species &* functionCount &+ function) &* paddedSize &+ k) &* MemoryLayout<Double>.stride
  }

  @inline(__always)
  private func store(_ sums: SIMD4<Double>, _ place: Int) { rows.base.storeBytes(of: sums, toByteOffset: place, as: SIMD4<Double>.self) }

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

  /// Adds φ_k+i(j) F(j), i = 0...3, for two functions over the lanes `from ..< to` of a center: whole packs, folded, and then
  /// the half ones with which the segment may begin and end.
  @inline(__always)
  private func addSegment(
    to sums: inout Sums<Half>, _ contractions: UnsafeRawPointer, _ from: Int, _ to: Int, _ first: Int, _ second: Int, _ k: Int
  ) {
    let size = MemoryLayout<Half>.size, beginsOdd = from & (Whole.laneCount &- 1) != 0
    let firstUnit = (from &+ Half.laneCount) / Whole.laneCount, endUnit = to / Whole.laneCount
    let functionBytes = functionCount &* Whole.slotBytes, basisBytes = paddedSize &* Whole.slotBytes
    var f = contractions + (firstUnit &* functionBytes &+ first &* Whole.slotBytes)
    let gap = (second &- first) &* Whole.slotBytes
    var phi = UnsafeRawPointer(basis.base) + (firstUnit &* basisBytes &+ k &* Whole.slotBytes)
    if beginsOdd { sums.add(f - (functionBytes &- size), gap, phi - (basisBytes &- size)) }
    var wholes = Sums<Whole>()
    for _ in 0..<max(0, endUnit &- firstUnit) {
      wholes.add(f, gap, phi)
      f += functionBytes
      phi += basisBytes
    }
    sums.addFolded(wholes)
    if to & (Whole.laneCount &- 1) != 0 { sums.add(f, gap, phi) }
  }

  private struct Sums<V: LaneVector> {
    var a0 = V.zero, a1 = V.zero, a2 = V.zero, a3 = V.zero
    var b0 = V.zero, b1 = V.zero, b2 = V.zero, b3 = V.zero

    @inline(__always) init() {}

    /// One unit: two functions `gap` bytes apart by four polynomials.
    @inline(__always)
    mutating func add(_ functions: UnsafeRawPointer, _ gap: Int, _ phi: UnsafeRawPointer) {
      let f = V.load(functions, slot: 0), g = V.load(functions + gap, slot: 0)
      let p0 = V.load(phi, slot: 0), p1 = V.load(phi, slot: 1), p2 = V.load(phi, slot: 2), p3 = V.load(phi, slot: 3)
      a0 = a0.adding(f, times: p0)
      a1 = a1.adding(f, times: p1)
      a2 = a2.adding(f, times: p2)
      a3 = a3.adding(f, times: p3)
      b0 = b0.adding(g, times: p0)
      b1 = b1.adding(g, times: p1)
      b2 = b2.adding(g, times: p2)
      b3 = b3.adding(g, times: p3)
    }

    @inline(__always)
    mutating func addFolded<W: WholeLaneVector>(_ w: Sums<W>) where W.Half == V {
      a0 = a0 + (w.a0.low + w.a0.high)
      a1 = a1 + (w.a1.low + w.a1.high)
      a2 = a2 + (w.a2.low + w.a2.high)
      a3 = a3 + (w.a3.low + w.a3.high)
      b0 = b0 + (w.b0.low + w.b0.high)
      b1 = b1 + (w.b1.low + w.b1.high)
      b2 = b2 + (w.b2.low + w.b2.high)
      b3 = b3 + (w.b3.low + w.b3.high)
    }
  }
}
