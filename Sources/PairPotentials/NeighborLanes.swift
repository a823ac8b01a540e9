import Atomistics
import Numerics
import PotentialKit

// What kernels over pairs share: neighbors four at a time, one in each SIMD lane. Everything here is inlined into the
// loops.

/// Sums of a center over its neighbors, one partial sum a lane.
struct PairSums {
  var x = SIMD4<Double>.zero, y = SIMD4<Double>.zero, z = SIMD4<Double>.zero
  var energy = SIMD4<Double>.zero

  /// Adds pairs with the force `f` d on the neighbor, where `d` goes from the center to the neighbor; returns that
  /// force.
  @inline(__always)
  mutating func add(_ f: SIMD4<Double>, _ d: Displacements) -> LaneVectors {
    let force = LaneVectors(x: f * d.x, y: f * d.y, z: f * d.z)
    x -= force.x
    y -= force.y
    z -= force.z
    return force
  }

  @inline(__always)
  func store(_ force: inout SIMD4<Double>, _ energy: inout Double, _ withTotals: Bool) {
    force += SIMD4(x.sum(), y.sum(), z.sum(), 0)
    if withTotals { energy += 0.5 * self.energy.sum() }
  }
}

/// Σ f d ⊗ d over ordered pairs, one partial sum a lane: twice the virial.
struct PairVirial {
  var xx = SIMD4<Double>.zero, yy = SIMD4<Double>.zero, zz = SIMD4<Double>.zero
  var xy = SIMD4<Double>.zero, xz = SIMD4<Double>.zero, yz = SIMD4<Double>.zero

  @inline(__always)
  mutating func add(_ force: LaneVectors, _ d: Displacements) {
    xx.addProduct(force.x, d.x)
    xy.addProduct(force.x, d.y)
    xz.addProduct(force.x, d.z)
    yy.addProduct(force.y, d.y)
    yz.addProduct(force.y, d.z)
    zz.addProduct(force.z, d.z)
  }

  var total: Matrix3 {
    let (xy, xz, yz) = (self.xy.sum(), self.xz.sum(), self.yz.sum())
    return 0.5 * Matrix3(rows: Vector3(xx.sum(), xy, xz), Vector3(xy, yy.sum(), yz), Vector3(xz, yz, zz.sum()))
  }
}

/// Calls `accumulate` for each run of neighbors of one kind of each center, and stores the sums that it makes.
///
/// To be called with a literal `withTotals`: without them, energies and virial are left out of the inlined loop.
@inline(__always)
func sweepPairs(
  _ list: NeighborList, _ kinds: UnsafePointer<Int32>, into output: ForceOutput, withTotals: Bool,
  _ accumulate: (PairRun, inout PairSums, inout PairVirial) -> Void
) {
  let forces = output.forces, energies = output.energies
  var virial = PairVirial()
  for row in 0..<list.kindCount {
    for c in list.kindOffsets[row]..<list.kindOffsets[row &+ 1] {
      let i = Int(list.centers[c])
      var sums = PairSums()
      list.forEachRun(of: i, kinds) { column, run, count in
        accumulate(PairRun(center: i, row: row, column: column, neighbors: run, count: count), &sums, &virial)
      }
      sums.store(&forces[i], &energies[i], withTotals)
    }
  }
  if withTotals { output.virial += virial.total }
}

/// Adds to each center's virial the sum that `accumulate` makes of its runs of neighbors: a pass of its own, so that the one for
/// forces is the same whether or not somebody asks.
@inline(__always)
func sweepVirials(
  _ list: NeighborList, _ kinds: UnsafePointer<Int32>, into virials: UnsafeMutablePointer<Double>,
  _ accumulate: (PairRun, inout PairVirial) -> Void
) {
  for row in 0..<list.kindCount {
    for c in list.kindOffsets[row]..<list.kindOffsets[row &+ 1] {
      let i = Int(list.centers[c])
      var virial = PairVirial()
      list.forEachRun(of: i, kinds) { column, run, count in
        accumulate(PairRun(center: i, row: row, column: column, neighbors: run, count: count), &virial)
      }
      ForceOutput.add(virial.total, to: virials, of: i)
    }
  }
}

/// Neighbors of one kind, `column`, of a center of kind `row`.
struct PairRun {
  var center, row, column: Int
  var neighbors: UnsafePointer<Int32>
  var count: Int
}

/// Calls `body` with the local indices of four neighbors at a time and which of the lanes are present: all of them
/// but in the last four, where absent lanes repeat the last neighbor.
@inline(__always)
func forEachFour(
  of list: UnsafePointer<Int32>, _ count: Int, _ body: (Lanes, SIMDMask<SIMD4<Int64>>) -> Void
) {
  let full = count & ~3
  var n = 0
  while n < full {
    body(
      Lanes(Int(list[n]), Int(list[n &+ 1]), Int(list[n &+ 2]), Int(list[n &+ 3])), SIMDMask(repeating: true))
    n &+= 4
  }
  if n < count {
    let last = count &- 1
    body(
      Lanes(Int(list[n]), Int(list[min(n &+ 1, last)]), Int(list[min(n &+ 2, last)]), Int(list[last])),
      SIMD4<Int64>(0, 1, 2, 3) .< SIMD4(repeating: Int64(count &- n)))
  }
}

/// Four vectors.
struct LaneVectors {
  var x, y, z: SIMD4<Double>
}

/// Four local indices.
struct Lanes {
  var a, b, c, d: Int

  @inline(__always)
  init(_ a: Int, _ b: Int, _ c: Int, _ d: Int) { (self.a, self.b, self.c, self.d) = (a, b, c, d) }
}

/// Vectors from a center to four neighbors and their squared lengths (Å²), one in each lane.
struct Displacements {
  var x, y, z, squared: SIMD4<Double>

  /// `position`: [atoms] of SIMD4<Double>. Rows are read in halves, which the load ports combine without a shuffle.
  @inline(__always)
  init(_ position: UnsafeRawPointer, _ lanes: Lanes, from origin: SIMD4<Double>) {
    func third(_ atom: Int) -> Double { position.load(fromByteOffset: atom &* 32 &+ 16, as: Double.self) }
    (x, y) = pairs(position, lanes, 0)
    x -= origin.x
    y -= origin.y
    z = SIMD4(third(lanes.a), third(lanes.b), third(lanes.c), third(lanes.d)) - origin.z
    squared = (x * x).addingProduct(y, y).addingProduct(z, z)
  }
}

/// Two neighboring columns of four rows of 32 bytes: those at `offset` and at `offset` + 8.
@inline(__always)
func pairs(_ rows: UnsafeRawPointer, _ lanes: Lanes, _ offset: Int) -> (SIMD4<Double>, SIMD4<Double>) {
  func half(_ row: Int) -> SIMD2<Double> { rows.load(fromByteOffset: row &* 32 &+ offset, as: SIMD2<Double>.self) }
  let ac = SIMD4(lowHalf: half(lanes.a), highHalf: half(lanes.c))
  let bd = SIMD4(lowHalf: half(lanes.b), highHalf: half(lanes.d))
  return (SIMD4(ac.x, bd.x, ac.z, bd.z), SIMD4(ac.y, bd.y, ac.w, bd.w))
}
