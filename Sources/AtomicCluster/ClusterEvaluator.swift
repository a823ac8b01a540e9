import Atomistics
import AtomicClusterFiles
import Diagnostics
import PotentialKit

/// Energies and forces of a rank's centers, with the sweeps over neighbors in the precision of `V`; products are in double.
///
///     A_nlm = Σ_j R_nl(r_j) P_lm(z_j) C_m(x_j, y_j),   C_m = (x + iy)^m,   E_i = E(A) by the product graph
///     u_lm = Σ_n ω_nlm R_nl,  v_lm = Σ_n ω_nlm R'_nl,   ω = dE/dA as real and imaginary part
///     a_m = Σ_l u_lm P_lm,  b_m = Σ_l u_lm P'_lm,  c_m = Σ_l v_lm P_lm
///     S = Σ_m (m a_m·C_{m−1}, m a_m·iC_{m−1}, b_m·C_m),   T = Σ_m c_m·C_m + Σ_p F'_p G'_p + c' cr'
///     dE_i/dr_j = T u + (S − (S·u) u)/r
///
/// a·C is the real scalar product of two complex numbers. (R. Drautz, Phys. Rev. B 99, 014104 (2019); Y. Lysogorskiy et al.,
/// npj Comput. Mater. 7, 97 (2021). Summing over n first, and the harmonics' gradients by m instead of (l, m), is ours.)
final class ClusterEvaluator<V: LaneVector> {
  let centers: [CenterKernel]
  let innerCutoff: InnerCutoffKind
  /// Whether functions of the distance are evaluated directly instead of from tables.
  let isExact: Bool
  private let cutoff: Double
  private let batch: EnvironmentBatch
  var columns = NeighborColumns()

  /// Columns of the radial rows; [column][f, then f'][function].
  let radialSlots: Int
  var radial = ScratchBuffer()
  /// [column][ux, uy, uz, 1/r].
  var directions = ScratchBuffer()
  /// The weights of one column's interpolation, and its functions before they are transposed, [lane][f, then f'][function].
  var weights = ScratchBuffer()
  var laneRows = ScratchBuffer()
  /// Σ_j in the sweeps' precision: A, and rank 1 and core (`basicSums`).
  var moments = ScratchBuffer()
  var basicSums = ScratchBuffer()
  /// Σ_j g_k(r_j) of the base functions that grades need, where they are wanted: [kind][lane][function].
  var baseSums = ScratchBuffer()
  let baseSlots: Int
  private(set) var isGraded = false
  /// Rows of the product graph and their adjoints; the adjoints of A in the sweeps' precision.
  var rows = ScratchBuffer()
  var adjoints = ScratchBuffer()
  var roundedAdjoints = ScratchBuffer()
  private var partials = ScratchBuffer()
  /// [density]: ρ; [density]: dE/dρ, then dE/dρ_core; the latter in the sweeps' precision.
  var densities = ScratchBuffer()
  var slopes = ScratchBuffer()
  var roundedSlopes = ScratchBuffer()
  /// w_p F'(ρ_p), before the core's cutoff: [density].
  private var bareSlopes = ScratchBuffer()
  var embeddingSlopes: UnsafeMutablePointer<Double> { bareSlopes.base.assumingMemoryBound(to: Double.self) }
  /// Two columns' gradients.
  var gradients = ScratchBuffer()
  /// Of each lane, for ZBL: the nearest neighbor's column, its measure and what its distance adds to the derivative.
  var nearest = NearestNeighbors()

  init(_ centers: [CenterKernel], innerCutoff: InnerCutoffKind, cutoff: Double, isExact: Bool) {
    self.centers = centers
    self.innerCutoff = innerCutoff
    self.cutoff = cutoff
    self.isExact = isExact
    batch = EnvironmentBatch(cutoff: cutoff, padding: 4)
    radialSlots = centers.flatMap(\.bonds).map(\.table.columns.padded).max() ?? 0
    baseSlots = centers.flatMap(\.bonds).map(\.table.columns.paddedBase).max() ?? 0
    let moments = centers.map(\.layout.rowCount).max() ?? 0, nodes = centers.map(\.program.rowCount).max() ?? 0
    let densityCount = centers.map(\.basis.densityCount).max() ?? 0
    weights.reserve(slots: 6)
    laneRows.reserve(slots: 2 * radialSlots)
    self.moments.reserve(slots: moments)
    roundedAdjoints.reserve(slots: moments)
    rows.reserve(slots: nodes)
    adjoints.reserve(slots: nodes)
    partials.reserve(slots: centers.map { $0.program.sums.count * $0.basis.densityCount }.max() ?? 0)
    basicSums.reserve(slots: densityCount + 1)
    densities.reserve(slots: densityCount + 1)
    slopes.reserve(slots: densityCount + 1)
    roundedSlopes.reserve(slots: densityCount + 1)
    bareSlopes.reserve(slots: densityCount)
    gradients.reserve(slots: 6)
  }

  /// - Parameter species: the potential's species of each of the engine's kinds.
  /// - Throws: `Failure.runtime` where two atoms are so close that the model is not defined.
  func evaluate(
    _ atoms: AtomStore, _ list: NeighborList, species: [Int], into output: ForceOutput, grades: GradeRows?
  ) throws {
    _ = batch.prepare(for: list)
    isGraded = grades != nil
    baseSums.reserve(slots: list.kindCount * baseSlots)
    for kind in 0..<list.kindCount {
      let center = species[kind]
      var next = list.kindOffsets[kind]
      let end = list.kindOffsets[kind + 1]
      while next < end {
        let count = min(EnvironmentBatch.width, end - next)
        batch.gather(atoms, list, centers: list.centers + next, count: count)
        try evaluateBatch(center, species, atoms, output, grades)
        next += count
      }
    }
    grades?.finish()
  }

  private func evaluateBatch(
    _ center: Int, _ species: [Int], _ atoms: AtomStore, _ output: ForceOutput, _ grades: GradeRows?
  ) throws {
    let kernel = centers[center]
    let columnCount = columns.reserve(batch)
    radial.reserve(slots: 2 &* radialSlots &* columnCount)
    directions.reserve(slots: 4 &* columnCount)
    clear(&moments, slots: kernel.layout.rowCount)
    clear(&basicSums, slots: kernel.basis.densityCount &+ 1)
    if isGraded { clear(&baseSums, slots: batch.kindCount &* baseSlots) }
    nearest.reset(to: cutoff)
    for kind in 0..<batch.kindCount {
      let bond = kernel.bonds[species[kind]]
      columns.collect(batch, kind: kind, cutoff: bond.table.cutoff)
      guard computeRadial(bond, kind: kind) else { throw tooClose(atoms) }
      if innerCutoff == .zbl { findNearest(bond, kind) }
      addMoments(kernel.harmonics[kernel.group(of: species[kind])], columns: columns.columns(of: kind))
    }
    widen(moments.base, into: rows.base, slots: kernel.layout.rowCount)
    widen(basicSums.base, into: densities.base, slots: kernel.basis.densityCount &+ 1)
    kernel.program.computeValues(rows.base)
    kernel.program.computeDensities(rows.base, partials: partials.base, densities: densities.base)
    addEnergies(kernel, batch, output)
    kernel.program.computeAdjoints(rows.base, partials: partials.base, slopes: slopes.base, adjoints.base)
    round(adjoints.base, into: roundedAdjoints.base, slots: kernel.layout.rowCount)
    round(slopes.base, into: roundedSlopes.base, slots: kernel.basis.densityCount &+ 1)
    for kind in 0..<batch.kindCount {
      let bond = kernel.bonds[species[kind]]
      computeGradients(kernel.harmonics[kernel.group(of: species[kind])], bond, kind: kind, batch)
    }
    batch.scatter(into: output)
    grades?.append(
      batch, kernel, center: center, species: species, rows: rows.base, slopes: bareSlopes.base, baseSums: baseSums.base,
      baseSlots: baseSlots)
  }

  private func clear(_ buffer: inout ScratchBuffer, slots: Int) {
    buffer.base.initializeMemory(as: UInt8.self, repeating: 0, count: slots &* V.slotBytes)
  }

  /// Packs of the sweeps' precision to doubles.
  private func widen(_ source: UnsafeRawPointer, into target: UnsafeMutableRawPointer, slots: Int) {
    for slot in 0..<slots {
      V.load(source, slot: slot).store(doubles: (target + slot &* Double8.slotBytes).assumingMemoryBound(to: Double.self))
    }
  }

  private func round(_ source: UnsafeRawPointer, into target: UnsafeMutableRawPointer, slots: Int) {
    for slot in 0..<slots {
      V(doubles: (source + slot &* Double8.slotBytes).assumingMemoryBound(to: Double.self)).store(target, slot: slot)
    }
  }

  /// Says which atom of the batch has the closest neighbor.
  private func tooClose(_ atoms: AtomStore) -> Failure {
    let slot = (0..<batch.count).min { batch.nearestSquares[$0] < batch.nearestSquares[$1] } ?? 0
    let id = atoms.id[Int(batch.centers[slot])], distance = batch.nearestSquares[slot].squareRoot()
    return .runtime(
      "a neighbor of atom \(id) is \(distance) Å away, below the first node of the potential's radial tables",
      remedy: "look for overlapping atoms in the structure, or use a shorter timestep")
  }

}
