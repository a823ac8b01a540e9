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
/// The limit is the number of instructions: a round of four neighbors takes 12 loads, 11 shuffles, one division
/// (hidden) and, for Lennard-Jones, 75 instructions in all, 52 for forces alone: 23 and 15 cycles measured. A
/// liquid (cutoff 2.5 σ, skin 0.3 σ) lists 77 neighbors, 20 rounds an atom.
///
/// Four neighbors at a time, one in each SIMD lane; pairs beyond the cutoff are masked, not branched around, so that
/// the cost is that of the list (cutoff plus skin). Neighbors come ordered by kind: each run of one kind has its
/// parameters in registers.
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
    if output.needsOnlyForces {
      sweep(atoms, list, output, withTotals: false)
    } else {
      sweep(atoms, list, output, withTotals: true)
    }
    if let virials = output.virials { addVirials(atoms, list, virials) }
  }

  /// Half of each pair's virial to either atom.
  private func addVirials(_ atoms: AtomStore, _ list: NeighborList, _ virials: UnsafeMutablePointer<Double>) {
    let position = UnsafeRawPointer(atoms.position)
    sweepVirials(list, atoms.kind, into: virials) { run, virial in
      let pair = run.row &* kindCount &+ run.column
      guard interacts[pair] else { return }
      terms[pair].accumulateVirial(atoms.position[run.center], position, run.neighbors, run.count, &virial)
    }
  }

  /// Inlined twice, once without energies and virial, which take a third of the time.
  @inline(__always)
  private func sweep(_ atoms: AtomStore, _ list: NeighborList, _ output: ForceOutput, withTotals: Bool) {
    let position = UnsafeRawPointer(atoms.position)
    sweepPairs(list, atoms.kind, into: output, withTotals: withTotals) { run, sums, virial in
      let pair = run.row &* kindCount &+ run.column
      guard interacts[pair] else { return }
      terms[pair].accumulate(
        atoms.position[run.center], position, run.neighbors, run.count, withTotals, &sums, &virial)
    }
  }
}

extension PairTerm {
  /// Adds `count` neighbors at `list` to the sums of the center at `origin`.
  @inline(__always)
  func accumulate(
    _ origin: SIMD4<Double>, _ position: UnsafeRawPointer, _ list: UnsafePointer<Int32>, _ count: Int,
    _ withTotals: Bool, _ sums: inout PairSums, _ virial: inout PairVirial
  ) {
    var s = sums, w = virial
    forEachFour(of: list, count) { neighbors, present in
      let d = Displacements(position, neighbors, from: origin)
      let outside = (d.squared .>= squaredCutoff) .| .!present
      let value = function.evaluate(squaredDistance: d.squared)
      let force = s.add(value.forceOverDistance.replacing(with: 0, where: outside), d)
      if withTotals {
        s.energy += (value.energy - shift).replacing(with: 0, where: outside)
        w.add(force, d)
      }
    }
    sums = s
    virial = w
  }

  /// Adds `count` neighbors at `list` to twice the virial of the center at `origin`.
  @inline(__always)
  func accumulateVirial(
    _ origin: SIMD4<Double>, _ position: UnsafeRawPointer, _ list: UnsafePointer<Int32>, _ count: Int,
    _ virial: inout PairVirial
  ) {
    var w = virial
    forEachFour(of: list, count) { neighbors, present in
      let d = Displacements(position, neighbors, from: origin)
      let outside = (d.squared .>= squaredCutoff) .| .!present
      let f = function.evaluate(squaredDistance: d.squared).forceOverDistance.replacing(with: 0, where: outside)
      w.add(LaneVectors(x: f * d.x, y: f * d.y, z: f * d.z), d)
    }
    virial = w
  }
}
