import MomentTensorFiles
import PotentialKit

/// dE/dc[z][neighbor][mu][k] = Σ_j φ_k(r_j) F_mu(j) of a batch's centers, φ_k = s (b − r)² T_k(x): neighbors in lanes, four
/// functions and four polynomials at a time, so that sixteen sums stay in the registers of AVX-512. Rows of eight centers are
/// transposed at the end, as a row block has them.
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
      for first in stride(from: 0, to: functionCount, by: 4) {
        for k in stride(from: 0, to: paddedSize, by: 4) {
          var sums = Sums<Half>()
          for kind in 0..<batch.kindCount where kinds[kind] == species && bounds[kind &+ 1] > bounds[kind] {
            addSegment(to: &sums, contractions, bounds[kind], bounds[kind &+ 1], first, k)
          }
          store(sums.a, place(species, first, k, slot))
          if first &+ 1 < functionCount { store(sums.b, place(species, first &+ 1, k, slot)) }
          if first &+ 2 < functionCount { store(sums.c, place(species, first &+ 2, k, slot)) }
          if first &+ 3 < functionCount { store(sums.d, place(species, first &+ 3, k, slot)) }
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
      source.load(fromByteOffset: 2 &* rowBytes, as: Double4.self),
      source.load(fromByteOffset: 3 &* rowBytes, as: Double4.self))
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
  private func store(_ sums: Quad<Half>, _ place: Int) {
    rows.base.storeBytes(of: Half.sums(sums.p, sums.q, sums.r, sums.s), toByteOffset: place, as: SIMD4<Double>.self)
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

  /// Adds φ_k+i(j) F(j), i = 0...3, for four functions over the lanes `from ..< to` of a center: whole packs, folded, and then
  /// the half ones with which the segment may begin and end.
  @inline(__always)
  private func addSegment(
    to sums: inout Sums<Half>, _ contractions: UnsafeRawPointer, _ from: Int, _ to: Int, _ first: Int, _ k: Int
  ) {
    let size = MemoryLayout<Half>.size, beginsOdd = from & (Whole.laneCount &- 1) != 0
    let firstUnit = (from &+ Half.laneCount) / Whole.laneCount, endUnit = to / Whole.laneCount
    let functionBytes = functionCount &* Whole.slotBytes, basisBytes = paddedSize &* Whole.slotBytes
    var f = contractions + (firstUnit &* functionBytes &+ first &* Whole.slotBytes)
    var phi = UnsafeRawPointer(basis.base) + (firstUnit &* basisBytes &+ k &* Whole.slotBytes)
    if beginsOdd { sums.add(f - (functionBytes &- size), phi - (basisBytes &- size)) }
    var wholes = Sums<Whole>()
    for _ in 0..<max(0, endUnit &- firstUnit) {
      wholes.add(f, phi)
      f += functionBytes
      phi += basisBytes
    }
    sums.addFolded(wholes)
    if to & (Whole.laneCount &- 1) != 0 { sums.add(f, phi) }
  }

  /// Sums of four functions, times four polynomials each.
  private struct Sums<V: LaneVector> {
    var a = Quad<V>(), b = Quad<V>(), c = Quad<V>(), d = Quad<V>()

    /// One unit. Where there are fewer functions left, what stands behind them is summed and not read.
    @inline(__always)
    mutating func add(_ functions: UnsafeRawPointer, _ phi: UnsafeRawPointer) {
      let p = V.load(phi, slot: 0), q = V.load(phi, slot: 1), r = V.load(phi, slot: 2), s = V.load(phi, slot: 3)
      a.add(V.load(functions, slot: 0), p, q, r, s)
      b.add(V.load(functions, slot: 1), p, q, r, s)
      c.add(V.load(functions, slot: 2), p, q, r, s)
      d.add(V.load(functions, slot: 3), p, q, r, s)
    }

    @inline(__always)
    mutating func addFolded<W: WholeLaneVector>(_ wholes: Sums<W>) where W.Half == V {
      a.addFolded(wholes.a)
      b.addFolded(wholes.b)
      c.addFolded(wholes.c)
      d.addFolded(wholes.d)
    }
  }

  /// Sums of one function times four polynomials.
  private struct Quad<V: LaneVector> {
    var p = V.zero, q = V.zero, r = V.zero, s = V.zero

    @inline(__always)
    mutating func add(_ f: V, _ p: V, _ q: V, _ r: V, _ s: V) {
      self.p = self.p.adding(f, times: p)
      self.q = self.q.adding(f, times: q)
      self.r = self.r.adding(f, times: r)
      self.s = self.s.adding(f, times: s)
    }

    @inline(__always)
    mutating func addFolded<W: WholeLaneVector>(_ wholes: Quad<W>) where W.Half == V {
      p = p + (wholes.p.low + wholes.p.high)
      q = q + (wholes.q.low + wholes.q.high)
      r = r + (wholes.r.low + wholes.r.high)
      s = s + (wholes.s.low + wholes.s.high)
    }
  }
}
