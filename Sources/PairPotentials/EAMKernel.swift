import Atomistics
import Numerics
import PotentialKit

/// The two passes of EAM over the neighbors, four at a time as in `PairKernel`. `EAM` has the equations.
final class EAMKernel {
  /// F'(ρ) of each atom, eV; ghosts' come from their owners between the passes. [total atoms].
  private(set) var slopes: UnsafeMutablePointer<Double>
  private var capacity = 0
  private let kindCount: Int
  private let squaredCutoff: Double
  private let densityScale, distanceScale: Double
  private let lastDensity, lastDistance: Double
  /// Rows of `UniformSpline`: F of each kind, ρ of each kind, r φ of each pair of kinds.
  private let embedding, density, pair: UnsafeMutablePointer<SIMD4<Double>>
  private let densityRows, distanceRows: Int

  /// - Parameter types: the file's element of each kind.
  init(_ file: SetflFile, types: [Int]) {
    kindCount = types.count
    squaredCutoff = file.cutoff * file.cutoff
    densityScale = 1 / file.densitySpacing
    distanceScale = 1 / file.distanceSpacing
    densityRows = file.embedding[0].count
    distanceRows = file.density[0].count
    lastDensity = Double(densityRows - 1)
    lastDistance = Double(distanceRows - 1)
    embedding = table(types.map { file.embedding[$0] })
    density = table(types.map { file.density[$0] })
    pair = table(types.flatMap { first in types.map { file.pair(first, $0) } })
    slopes = .allocate(capacity: 0)
  }

  deinit {
    for pointer in [embedding, density, pair] { pointer.deallocate() }
    slopes.deallocate()
  }

  /// First pass: densities, embedding energies and their derivatives.
  func embed(_ atoms: AtomStore, _ list: NeighborList, into output: ForceOutput) {
    reserve(atoms.totalCount)
    let position = UnsafeRawPointer(atoms.position), kind = UnsafePointer(atoms.kind)
    var outOfRange = 0
    for row in 0..<kindCount {
      for c in list.kindOffsets[row]..<list.kindOffsets[row &+ 1] {
        let i = Int(list.centers[c])
        let origin = atoms.position[i]
        var sum = SIMD4<Double>.zero
        list.forEachRun(of: i, kind) { column, run, count in
          let table = UnsafeRawPointer(density + column &* distanceRows)
          forEachFour(of: run, count) { neighbors, present in
            let d = Displacements(position, neighbors, from: origin)
            let place = TableLanes(d.squared.squareRoot() * distanceScale, last: lastDistance)
            let outside = (d.squared .>= squaredCutoff) .| .!present
            sum += place.value(table).replacing(with: 0, where: outside)
          }
        }
        let (energy, slope, isInside) = embed(sum.sum(), embedding + row &* densityRows)
        output.energies[i] += energy
        slopes[i] = slope
        outOfRange &+= isInside ? 0 : 1
      }
    }
    output.outOfRangeCount += outOfRange
  }

  /// F(ρ), dF/dρ, and whether ρ lies in the table; outside, a straight line goes on from its end.
  @inline(__always)
  private func embed(_ density: Double, _ table: UnsafePointer<SIMD4<Double>>) -> (Double, Double, Bool) {
    let x = density * densityScale
    let limited = x > 0 ? min(x, lastDensity) : 0
    let m = min(Int(limited), densityRows &- 2)
    let p = limited - Double(m), c = table[m]
    let value = ((c.x * p + c.y) * p + c.z) * p + c.w
    let slope = ((3 * c.x * p + 2 * c.y) * p + c.z) * densityScale
    return (value + slope * (density - limited / densityScale), slope, x == limited)
  }

  /// Second pass: pair energies, forces and virial, with every neighbor's F' in place.
  func addForces(_ atoms: AtomStore, _ list: NeighborList, into output: ForceOutput) {
    if output.needsOnlyForces {
      sweep(atoms, list, output, withTotals: false)
    } else {
      sweep(atoms, list, output, withTotals: true)
    }
  }

  @inline(__always)
  private func sweep(_ atoms: AtomStore, _ list: NeighborList, _ output: ForceOutput, withTotals: Bool) {
    let position = UnsafeRawPointer(atoms.position)
    sweepPairs(list, atoms.kind, into: output, withTotals: withTotals) { run, sums, virial in
      accumulate(run, atoms.position[run.center], position, withTotals, &sums, &virial)
    }
  }

  /// Adds a run of neighbors to the sums of its center.
  @inline(__always)
  private func accumulate(
    _ run: PairRun, _ origin: SIMD4<Double>, _ position: UnsafeRawPointer, _ withTotals: Bool, _ sums: inout PairSums,
    _ virial: inout PairVirial
  ) {
    let row = run.row, column = run.column
    var s = sums, w = virial
    let mine = UnsafeRawPointer(density + row &* distanceRows)
    let theirs = UnsafeRawPointer(density + column &* distanceRows)
    let pairTable = UnsafeRawPointer(pair + (row &* kindCount &+ column) &* distanceRows)
    let slope = slopes[run.center], isUnlike = row != column
    forEachFour(of: run.neighbors, run.count) { neighbors, present in
      let d = Displacements(position, neighbors, from: origin)
      let r = d.squared.squareRoot(), inverse = 1 / r
      let place = TableLanes(r * distanceScale, last: lastDistance)
      let (z, dz) = place.valueAndSlope(pairTable)
      let dTheirs = place.slope(theirs)
      let dMine = isUnlike ? place.slope(mine) : dTheirs
      let others = SIMD4(slopes[neighbors.a], slopes[neighbors.b], slopes[neighbors.c], slopes[neighbors.d])
      let energy = z * inverse
      let density = (others * dMine).addingProduct(dTheirs, SIMD4(repeating: slope))
      // φ' = ((r φ)' − φ)/r; the tables' derivatives are per interval.
      let total = (density * distanceScale).addingProduct(dz * distanceScale - energy, inverse)
      let outside = (d.squared .>= squaredCutoff) .| .!present
      let force = s.add((-total * inverse).replacing(with: 0, where: outside), d)
      if withTotals {
        s.energy += energy.replacing(with: 0, where: outside)
        w.add(force, d)
      }
    }
    sums = s
    virial = w
  }

  /// W_i = −dE_i/dε = −Σ_j [F'_i ρ'_j(r) + ½ φ'_ij(r)] r ⊗ r/r: the embedding of atom i is its own, pairs are halved.
  func addVirials(_ atoms: AtomStore, _ list: NeighborList, to virials: UnsafeMutablePointer<Double>) {
    let position = UnsafeRawPointer(atoms.position)
    sweepVirials(list, atoms.kind, into: virials) { run, virial in
      accumulateVirial(run, atoms.position[run.center], position, &virial)
    }
  }

  /// Adds a run of neighbors to twice the virial of its center.
  @inline(__always)
  private func accumulateVirial(
    _ run: PairRun, _ origin: SIMD4<Double>, _ position: UnsafeRawPointer, _ virial: inout PairVirial
  ) {
    var w = virial
    let theirs = UnsafeRawPointer(density + run.column &* distanceRows)
    let pairTable = UnsafeRawPointer(pair + (run.row &* kindCount &+ run.column) &* distanceRows)
    let twiceSlope = 2 * slopes[run.center]
    forEachFour(of: run.neighbors, run.count) { neighbors, present in
      let d = Displacements(position, neighbors, from: origin)
      let r = d.squared.squareRoot(), inverse = 1 / r
      let place = TableLanes(r * distanceScale, last: lastDistance)
      let (z, dz) = place.valueAndSlope(pairTable)
      let pairSlope = (dz * distanceScale - z * inverse) * inverse
      let total = pairSlope + (twiceSlope * distanceScale) * place.slope(theirs)
      let outside = (d.squared .>= squaredCutoff) .| .!present
      let f = (-total * inverse).replacing(with: 0, where: outside)
      w.add(LaneVectors(x: f * d.x, y: f * d.y, z: f * d.z), d)
    }
    virial = w
  }

  private func reserve(_ count: Int) {
    guard count > capacity else { return }
    slopes.deallocate()
    capacity = count + count / 5
    slopes = .allocate(capacity: capacity)
    slopes.initialize(repeating: 0, count: capacity)
  }
}

/// The spline rows of several tables of one length, one after the other; the caller must deallocate.
private func table(_ tables: [[Double]]) -> UnsafeMutablePointer<SIMD4<Double>> {
  let rows = tables.flatMap(UniformSpline.rows)
  let pointer = UnsafeMutablePointer<SIMD4<Double>>.allocate(capacity: rows.count)
  pointer.initialize(from: rows, count: rows.count)
  return pointer
}
