import AtomicClusterFiles
import Atomistics
import Diagnostics
import Numerics
import PotentialKit

/// Rows are the B functions of an atom (`neighborhood`) or w_p F'(ρ_p) B_f (`full`), a set for each element; Y.
/// Lysogorskiy et al., Phys. Rev. Materials 7, 043801 (2023). Files are pacemaker's: inverses alone, without rows or their
/// origins.
extension AtomicClusterPotential: ActiveSetPotential {
  /// Where all elements have one density, full rows have the length of linear ones, for which readers take them.
  public var activeSetModes: [ActiveSetMode] {
    model.isGrace || model.centers.allSatisfy { $0.densityCount == 1 } ? [.neighborhood] : [.neighborhood, .full]
  }

  public func activeSetBlocks(_ mode: ActiveSetMode) -> [ActiveSetBlock] {
    // Far below what functions of the highest ranks vary by (10⁻⁶ and less), and far enough above rounding (10⁻¹⁶) that
    // directions which the training set does not reach add none of it to grades. pacemaker's pseudo-inverse has zeros in
    // their place: it does not see what reaches them.
    zip(model.elements, model.rowWidths(kind(mode)) ?? []).map {
      ActiveSetBlock(element: $0, width: $1, placeholder: 1e-10)
    }
  }

  public func activeSetSuffix(_ mode: ActiveSetMode) -> String { mode == .full ? "asi.nonlinear" : "asi" }

  public var activeSetMode: ActiveSetMode? { activeSet.map { $0.kind == .full ? .full : .neighborhood } }

  /// A row of A and a column of A⁻¹ a member. Where the file's matrix is singular, as pseudo-inverses can be, rows are
  /// zero: such a set grades, but nothing can be exchanged in it.
  public var activeSets: [ActiveSetMatrix]? {
    guard let activeSet else { return nil }
    return species.compactMap { element in
      activeSet.inverses[element].map { inverse in
        let width = inverse.rows, members = inverse.transpose.elements
        return ActiveSetMatrix(
          width: width,
          rows: inverseTransposed(of: members, count: width)?.elements ?? Array(repeating: 0, count: width * width),
          inverseTransposed: members, origins: Array(repeating: .placeholder, count: width))
      }
    }
  }

  public func requireRows() throws {
    guard model.bBasis == nil else { return }
    throw Failure.input(
      "this potential has no B basis, which active sets and grades are made of", at: Place(file: path),
      remedy: "use the .yaml that it was made from")
  }

  public func forEachRowBatch(
    _ mode: ActiveSetMode, _ atoms: AtomStore, _ neighbors: NeighborList, halo: any HaloExchange,
    _ body: (ActiveSetRowBatch) -> Void
  ) throws {
    try requireRows()
    let rows = GradeRows(model, kind: kind(mode), nil)
    let forces = PerAtomBuffer<SIMD4<Double>>(), energies = PerAtomBuffer<Double>()
    forces.reserve(atoms.totalCount)
    energies.reserve(atoms.ownedCount)
    let output = ForceOutput(forces: forces.pointer, energies: energies.pointer, grades: nil)
    try withoutActuallyEscaping(body) { body in
      rows.begin(handingRowsTo: body)
      defer { rows.end() }
      try rowEvaluator.evaluate(atoms, neighbors, species: speciesOfKind, into: output, grades: rows)
    }
  }

  /// An archive of the inverses.
  public func encode(
    _ sets: [ActiveSetMatrix], mode: ActiveSetMode, selected: SelectedConfigurations
  ) -> [UInt8] {
    var inverses: [Element: DenseMatrix] = [:]
    for (element, set) in zip(species, sets) {
      inverses[element] = DenseMatrix(rows: set.width, columns: set.width, elements: set.inverseTransposed).transpose
    }
    return ActiveSetFile.bytes(of: ClusterActiveSet(kind: kind(mode), inverses: inverses))
  }

  private func kind(_ mode: ActiveSetMode) -> ClusterActiveSet.Kind { mode == .full ? .full : .linear }
}
