import Atomistics
import Numerics
import PotentialKit

/// One pair of kinds in the form that the kernel reads.
struct PairTerm<F: PairFunction>: BitwiseCopyable {
  var function: F
  /// Å²; negative where the pair does not interact.
  var squaredCutoff: Double
  /// eV, taken from the energy.
  var shift: Double

  init<P>(_ function: F, _ choice: PairBook<P>.Choice, _ truncation: Truncation) {
    self.function = function
    squaredCutoff = choice.cutoff * choice.cutoff
    shift = truncation == .shift ? function.evaluate(squaredDistance: SIMD4(repeating: squaredCutoff)).energy.x : 0
  }
}

/// The one loop of all pair potentials: neighbors, cutoffs, energies, forces and virial.
///
///     E_i = ½ Σ_j V(r_ij)   F_i = Σ_j f (r_i − r_j)   W = ½ Σ_i Σ_j f (r_i − r_j) ⊗ (r_i − r_j)   f = −(1/r) dV/dr
///
/// Four neighbors at a time, one in each SIMD lane; pairs beyond the cutoff are masked, not branched around, so that the cost
/// is that of the list (cutoff plus skin). Neighbors come ordered by kind: each run of one kind has its parameters in registers.
final class PairKernel<F: PairFunction> {
  private let terms: UnsafeMutablePointer<PairTerm<F>>
  private let interacts: [Bool]
  private let kindCount: Int

  /// - Parameter terms: [kinds][kinds], symmetric; nil: no interaction.
  init(_ terms: [PairTerm<F>?], kindCount: Int) {
    self.kindCount = kindCount
    interacts = terms.map { $0 != nil }
    self.terms = .allocate(capacity: terms.count)
    for (index, term) in terms.enumerated() {
      if let term { (self.terms + index).initialize(to: term) }
    }
  }

  deinit { terms.deallocate() }

  /// The pass as a closure that is specialized for F where F is known.
  var pass: PairPotential.Pass {
    { atoms, neighbors, output in self.run(atoms, neighbors, output) }
  }

  private func run(_ atoms: AtomStore, _ list: NeighborList, _ output: ForceOutput) {
    let position = UnsafeRawPointer(atoms.position), kind = UnsafePointer(atoms.kind)
    let forces = output.forces, energies = output.energies
    var virial = PairVirial()
    for row in 0..<kindCount {
      for c in list.kindOffsets[row]..<list.kindOffsets[row &+ 1] {
        let i = Int(list.centers[c])
        var sums = PairSums()
        var first = list.offsets[i]
        let end = list.offsets[i &+ 1]
        var column = 0
        while first < end {
          let next = column == kindCount &- 1 ? end : endOfKind(column, list.neighbors, kind, first, end)
          if next > first, interacts[row &* kindCount &+ column] {
            terms[row &* kindCount &+ column].accumulate(
              atoms.position[i], position, list.neighbors + first, next &- first, &sums, &virial)
          }
          first = next
          column &+= 1
        }
        sums.store(&forces[i], &energies[i])
      }
    }
    output.virial += virial.total
  }
}

/// Where the run of neighbors of one kind ends: the first of a later kind, by bisection.
@inline(__always)
private func endOfKind(
  _ kind: Int, _ neighbors: UnsafePointer<Int32>, _ kinds: UnsafePointer<Int32>, _ start: Int, _ end: Int
) -> Int {
  var low = start, high = end
  while low < high {
    let middle = (low &+ high) / 2
    if Int(kinds[Int(neighbors[middle])]) <= kind { low = middle &+ 1 } else { high = middle }
  }
  return low
}

/// Sums of a center over its neighbors, one partial sum a lane.
struct PairSums {
  var x = SIMD4<Double>.zero, y = SIMD4<Double>.zero, z = SIMD4<Double>.zero
  var energy = SIMD4<Double>.zero

  @inline(__always)
  func store(_ force: inout SIMD4<Double>, _ energy: inout Double) {
    force += SIMD4(x.sum(), y.sum(), z.sum(), 0)
    energy += 0.5 * self.energy.sum()
  }
}

/// Σ f d ⊗ d over ordered pairs, one partial sum a lane: twice the virial.
struct PairVirial {
  var xx = SIMD4<Double>.zero, yy = SIMD4<Double>.zero, zz = SIMD4<Double>.zero
  var xy = SIMD4<Double>.zero, xz = SIMD4<Double>.zero, yz = SIMD4<Double>.zero

  var total: Matrix3 {
    let (xy, xz, yz) = (self.xy.sum(), self.xz.sum(), self.yz.sum())
    return 0.5 * Matrix3(rows: Vector3(xx.sum(), xy, xz), Vector3(xy, yy.sum(), yz), Vector3(xz, yz, zz.sum()))
  }
}

extension PairTerm {
  /// Adds `count` > 0 neighbors at `list` to the sums of the center at `origin`.
  @inline(__always)
  func accumulate(
    _ origin: SIMD4<Double>, _ position: UnsafeRawPointer, _ list: UnsafePointer<Int32>, _ count: Int,
    _ sums: inout PairSums, _ virial: inout PairVirial
  ) {
    var s = sums, w = virial
    let full = count & ~3
    var n = 0
    while n < full {
      let d = Displacements(position, Int(list[n]), Int(list[n &+ 1]), Int(list[n &+ 2]), Int(list[n &+ 3]), from: origin)
      add(d, d.squared .< squaredCutoff, &s, &w)
      n &+= 4
    }
    if n < count {
      // The last lanes repeat the last neighbor and are masked.
      let last = count &- 1
      let d = Displacements(
        position, Int(list[n]), Int(list[min(n &+ 1, last)]), Int(list[min(n &+ 2, last)]), Int(list[last]), from: origin)
      let present = SIMD4<Int64>(0, 1, 2, 3) .< SIMD4(repeating: Int64(count &- n))
      add(d, (d.squared .< squaredCutoff) .& present, &s, &w)
    }
    sums = s
    virial = w
  }

  @inline(__always)
  private func add(
    _ d: Displacements, _ inside: SIMDMask<SIMD4<Int64>>, _ sums: inout PairSums, _ virial: inout PairVirial
  ) {
    let value = function.evaluate(squaredDistance: d.squared)
    let energy = (value.energy - shift).replacing(with: 0, where: .!inside)
    let f = value.forceOverDistance.replacing(with: 0, where: .!inside)
    let fx = f * d.x, fy = f * d.y, fz = f * d.z
    sums.energy += energy
    sums.x -= fx
    sums.y -= fy
    sums.z -= fz
    virial.xx.addProduct(fx, d.x)
    virial.xy.addProduct(fx, d.y)
    virial.xz.addProduct(fx, d.z)
    virial.yy.addProduct(fy, d.y)
    virial.yz.addProduct(fy, d.z)
    virial.zz.addProduct(fz, d.z)
  }
}

/// Vectors from a center to four neighbors, one in each lane.
struct Displacements {
  var x, y, z, squared: SIMD4<Double>

  /// `position`: [atoms] of SIMD4<Double>. Rows are read in halves, which the load ports combine without a shuffle.
  @inline(__always)
  init(_ position: UnsafeRawPointer, _ a: Int, _ b: Int, _ c: Int, _ d: Int, from origin: SIMD4<Double>) {
    func half(_ atom: Int, _ offset: Int) -> SIMD2<Double> {
      position.load(fromByteOffset: atom &* 32 &+ offset, as: SIMD2<Double>.self)
    }
    let ac = SIMD4(lowHalf: half(a, 0), highHalf: half(c, 0)), bd = SIMD4(lowHalf: half(b, 0), highHalf: half(d, 0))
    func third(_ atom: Int) -> Double { position.load(fromByteOffset: atom &* 32 &+ 16, as: Double.self) }
    x = SIMD4(ac.x, bd.x, ac.z, bd.z) - origin.x
    y = SIMD4(ac.y, bd.y, ac.w, bd.w) - origin.y
    z = SIMD4(third(a), third(b), third(c), third(d)) - origin.z
    squared = (x * x).addingProduct(y, y).addingProduct(z, z)
  }
}
