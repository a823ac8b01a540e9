import Atomistics
import Diagnostics

/// GRACE/FS:
///
///     E_i = scale Σ_p w_p F(ρ_p; m_p) + shift + E0(μ_i),   ρ_p = Σ_f c_fp B_f,   B_f = Σ_q C_fq Π_t A_{n_f l_t m_qt}
///     A_nlm = nnorm Σ_j Z_{μ_j n} R_nl(r_ij) y_lm(r̂_ij),   R_nl = Σ_k c_nlk g_k
///
/// with real harmonics y and no species index on A. A. Bochkarev, Y. Lysogorskiy, R. Drautz, Phys. Rev. X 14, 021036 (2024).
/// In the model nnorm is part of Z, scale of w and shift of E0.
struct GraceReader {
  private let root: YAMLValue
  /// Å; the format does not store it.
  private static let tableSpacing = 0.001

  init(_ root: YAMLValue) { self.root = root }

  func model() throws -> ClusterModel {
    let elements = try ClusterFields.elements(root.value("elements"))
    let shift = try root.optional("shift")?.real() ?? 0
    let shifts = try root.optional("E0")?.reals(count: elements.count) ?? [Double](repeating: 0, count: elements.count)
    let bonds = try self.bonds(elements: elements.count)
    let bounds = FunctionBounds(
      elements: elements.count, baseCount: bonds[0].baseCount, radialCount: bonds[0].radialCount,
      maximumL: bonds[0].maximumL, isGrace: true)
    let center = try self.center(), basis = try bBasis(elements: elements, densities: center.densityCount, bounds: bounds)
    return ClusterModel(
      elements: elements, energyShifts: shifts.map { $0 + shift }, tableSpacing: Self.tableSpacing, innerCutoff: .density,
      bonds: bonds,
      centers: basis.map { functions in
        var center = center
        let all = functions.map(\.expanded)
        center.functions = all.filter { $0.rank == 1 } + all.filter { $0.rank > 1 }
        return center
      }, isGrace: true, bBasis: basis)
  }

  private func center() throws -> CenterBasis {
    let specification = try root.value("emb_spec"), scale = try root.optional("scale")?.real() ?? 1
    let parameters = try specification.value("params"), count = try parameters.reals().count / 2
    guard ClusterLimits.densities.contains(count) else { throw parameters.failure("an embedding has 1 to 100 densities") }
    let (kind, weights, exponents) = try ClusterFields.embedding(
      specification.value("type"), parameters: parameters, densities: count)
    // There is no core: a cutoff that no core density reaches.
    return CenterBasis(
      densityCount: count, embedding: kind, weights: weights.map { scale * $0 }, exponents: exponents,
      coreCutoff: 1e5, coreCutoffWidth: 250, functions: [])
  }

  private func bonds(elements: Int) throws -> [BondBasis] {
    let radial = try root.value("radial_basis"), norm = try root.optional("nnorm")?.real() ?? 1
    let name = try radial.value("radbasename")
    guard try name.string() == "SBessel" else {
      throw name.failure("the radial basis of GRACE/FS must be SBessel", remedy: "export the potential again")
    }
    let count = try radial.value("n_rad_base").integer(in: ClusterLimits.count)
    let radialCount = try radial.value("nradmax").integer(in: ClusterLimits.count)
    let shape = try radial.value("crad_shape").integers(count: 3, in: ClusterLimits.count)
    guard shape[0] == radialCount, shape[2] == count, (1...ClusterLimits.l.upperBound + 1).contains(shape[1]) else {
      throw try radial.value("crad_shape").failure("crad_shape must be [nradmax, lmax + 1, n_rad_base]")
    }
    let coefficients = try radial.value("crad").reals(count: shape.reduce(1, *))
    _ = try radial.value("Z_shape").integers(count: 2, in: ClusterLimits.count)
    let weights = rows(try radial.value("Z").reals(count: elements * radialCount).map { norm * $0 }, of: max(1, radialCount))
    guard weights.count == elements else { throw radial.failure("the radial basis has no functions") }
    let bond = BondBasis(
      radial: .sBessel, cutoff: try radial.value("cutoff").real(), cutoffWidth: 0, baseCount: count,
      radialCount: radialCount, maximumL: shape[1] - 1, coefficients: coefficients)
    try ClusterFields.check(bond.problem(innerCutoff: .density, tableSpacing: Self.tableSpacing), at: radial)
    return (0..<elements * elements).map {
      var bond = bond
      bond.elementWeights = weights[$0 % elements]
      return bond
    }
  }

  private func bBasis(elements: [Element], densities: Int, bounds: FunctionBounds) throws -> [[InvariantFunction]] {
    let list = try root.value("functions")
    var basis = [[InvariantFunction]?](repeating: nil, count: elements.count)
    for (key, value) in try list.pairs() {
      let index = try key.integer(in: 0...elements.count - 1)
      guard basis[index] == nil else { throw key.failure("species \(index) stands here twice") }
      basis[index] = try value.items().map { try Self.function($0, densities: densities, bounds: bounds) }
    }
    if let missing = basis.firstIndex(where: { $0 == nil }) {
      throw list.failure("`functions` lacks species \(missing) (\(elements[missing]))")
    }
    return basis.compactMap { $0 }
  }

  private static func function(_ value: YAMLValue, densities: Int, bounds: FunctionBounds) throws -> InvariantFunction {
    let l = try value.value("ls").integers(in: ClusterLimits.l), rank = l.count
    guard ClusterLimits.rank.contains(rank) else { throw value.failure("a function must have 1 to 20 factors") }
    _ = try value.optional("rank")?.integer(in: rank...rank)
    let n = [Int](repeating: try value.value("ns").integer(in: ClusterLimits.count), count: rank)
    try ClusterFields.check(bounds.problem(species: [], n: n, l: l), at: value)
    let couplings = try value.value("gen_cgs").reals(), combinations = try value.value("ms_combs")
    let m = rows(
      try combinations.integers(
        count: couplings.count * rank, in: -ClusterLimits.l.upperBound...ClusterLimits.l.upperBound), of: rank)
    for m in m { try ClusterFields.check(bounds.problem(m: m, l: l), at: combinations) }
    return InvariantFunction(
      rank: rank, species: [], n: n, l: l, m: m, couplings: couplings,
      coefficients: try value.value("coeff").reals(count: densities))
  }
}

extension InvariantFunction {
  /// With couplings and coefficients multiplied.
  var expanded: ClusterFunction {
    ClusterFunction(
      rank: rank, species: species, n: n, l: l, m: m,
      coefficients: couplings.map { coupling in coefficients.map { coupling * $0 } })
  }
}
