import Atomistics

/// An atomic cluster expansion (ACE) as its file says it, whatever the file's format.
///
///     E_i = f_cut(ρ_core) Σ_p w_p F(ρ_p; m_p) + ρ_core + E0(μ_i)
///     ρ_p = Σ_f c̃_fp A⁽¹⁾ [rank 1] + Σ_f Σ_ms c̃_f,ms,p Re Π_t A_{μ_t n_t l_t m_t} [rank ≥ 2]
///     A⁽¹⁾_μk = Σ_{j of μ} g_k(r_ij),   A_μnlm = Σ_{j of μ} R_nl(r_ij) Y_lm(r̂_ij),   R_nl = Σ_k c_nlk g_k
///
/// R. Drautz, Phys. Rev. B 99, 014104 (2019); Y. Lysogorskiy et al., npj Comput. Mater. 7, 97 (2021). Y is complex with the
/// Condon–Shortley sign and Y_00 = 1. What a reader returns has been checked: every index is in range, every
/// number is finite, every bond has the same numbers of functions (smaller ones were padded with zero coefficients).
public struct ClusterModel: Sendable {
  /// Index = species number in the file.
  public var elements: [Element]
  /// E0 of each element, eV.
  public var energyShifts: [Double]
  /// Spacing asked of the radial tables, Å; the tables are part of the model (see `BondBasis.tableNodeCount`).
  public var tableSpacing: Double
  public var innerCutoff: InnerCutoffKind
  /// [center * elements.count + neighbor].
  public var bonds: [BondBasis]
  /// One for each element.
  public var centers: [CenterBasis]
  /// GRACE/FS: A has no species index (`ClusterFunction.species` is empty; neighbors are weighted by
  /// `BondBasis.elementWeights`), harmonics are real (y_l0 = Y_l0, y_lm = √2 (−1)^m Re Y_lm, y_l−m = √2 (−1)^m Im Y_lm),
  /// rank 1 uses R_n0 y_00 instead of g, and nothing is stored by halves.
  public var isGrace: Bool
  /// B functions of each element in the order of the columns of its active set; nil for files without them (yace, ace).
  public var bBasis: [[InvariantFunction]]?

  public init(
    elements: [Element], energyShifts: [Double], tableSpacing: Double, innerCutoff: InnerCutoffKind, bonds: [BondBasis],
    centers: [CenterBasis], isGrace: Bool = false, bBasis: [[InvariantFunction]]? = nil
  ) {
    self.elements = elements
    self.energyShifts = energyShifts
    self.tableSpacing = tableSpacing
    self.innerCutoff = innerCutoff
    self.bonds = bonds
    self.centers = centers
    self.isGrace = isGrace
    self.bBasis = bBasis
  }

  public func bond(center: Int, neighbor: Int) -> BondBasis { bonds[center * elements.count + neighbor] }

  /// Å, the largest over the bonds.
  public var maximumCutoff: Double { bonds.map(\.cutoff).max() ?? 0 }
}

/// How the ACE energy and the core repulsion hand over to each other at short distances.
public enum InnerCutoffKind: String, CaseIterable, Sendable {
  /// f_cut falls where ρ_core is large.
  case density
  /// Besides, the radial functions fall below the inner radius of the bond, and the core repulsion exists only there.
  case distance
  /// ZBL repulsion, switched on by the nearest neighbor; the radial functions have no inner cutoff.
  case zbl
}

/// The radial base functions g_k(r), k = 1 … K, of a bond; zero from the cutoff on.
public enum RadialBasis: Equatable, Sendable {
  /// Chebyshev polynomials of a distance scaled exponentially, under a cosine envelope.
  case chebExpCos(lambda: Double)
  /// (1 − T_k(x))/2, x = 2(1 − (1 − r/rc)^λ) − 1.
  case chebPow(lambda: Double)
  /// (1 − T_k(x))/2, x = 1 − r/rc; jumps at the cutoff unless the coefficients cancel that.
  case chebLinear
  /// Simplified spherical Bessel functions; E. Kocer, J. K. Mason, H. Erturk, AIP Adv. 10, 015021 (2020).
  case sBessel
  /// All functions are zero.
  case zero
  /// Orthogonal polynomials of a transformed distance, evaluated without a table: R_nl = g_n = P_n for every l.
  case aceJulia(JuliaRadialBasis)
}

/// x(r) = ((1 + r0)/(1 + r))^p; f(x) = (x − xl)^pl (x − xr)^pr, zero where (x < xl and pl > 0) or (x > xr and pr > 0);
/// P_1 = A_1 f, P_2 = (A_2 x + B_2) P_1, P_n = (A_n x + B_n) P_{n−1} + C_n P_{n−2}.
public struct JuliaRadialBasis: Equatable, Sendable {
  /// Å.
  public var r0: Double
  public var p, pl, pr: Int
  public var xl, xr: Double
  /// Recursion coefficients, one for each n.
  public var a, b, c: [Double]

  public init(r0: Double, p: Int, xl: Double, xr: Double, pl: Int, pr: Int, a: [Double], b: [Double], c: [Double]) {
    (self.r0, self.p, self.xl, self.xr, self.pl, self.pr) = (r0, p, xl, xr, pl, pr)
    (self.a, self.b, self.c) = (a, b, c)
  }
}

/// The pair term of a potential with an ACE.jl radial basis, in the place of the core repulsion: ½ Σ_n c_n P_n(r) beyond
/// `ri` and ½ (e0 + B e^(−A (r/ri − 1)) ri/r) up to it; zero from `cutoff` on. No table.
public struct JuliaPairTerm: Equatable, Sendable {
  public var basis: JuliaRadialBasis
  /// Å.
  public var cutoff: Double
  /// c_n, eV.
  public var coefficients: [Double]
  /// The repulsion below ri (Å), e0 and B in eV; nil where the polynomials go down to r = 0.
  public var repulsion: (ri: Double, e0: Double, a: Double, b: Double)?

  public init(
    basis: JuliaRadialBasis, cutoff: Double, coefficients: [Double],
    repulsion: (ri: Double, e0: Double, a: Double, b: Double)?
  ) {
    (self.basis, self.cutoff, self.coefficients, self.repulsion) = (basis, cutoff, coefficients, repulsion)
  }

  public static func == (x: Self, y: Self) -> Bool {
    x.basis == y.basis && x.cutoff == y.cutoff && x.coefficients == y.coefficients
      && x.repulsion.map { [$0.ri, $0.e0, $0.a, $0.b] } == y.repulsion.map { [$0.ri, $0.e0, $0.a, $0.b] }
  }
}

/// The functions of the distance between a center of one element and a neighbor of another (or the same).
public struct BondBasis: Sendable {
  public var radial: RadialBasis
  /// Å; strict.
  public var cutoff: Double
  /// dcut, Å.
  public var cutoffWidth: Double
  /// r_in, Å.
  public var innerRadius: Double
  /// delta_in, Å.
  public var innerWidth: Double
  /// K; the same for all bonds of a model.
  public var baseCount: Int
  /// N; the same for all bonds of a model.
  public var radialCount: Int
  /// L; the same for all bonds of a model.
  public var maximumL: Int
  /// c_nlk as [n][l][k], flat: N × (L + 1) × K. Empty for `aceJulia`.
  public var coefficients: [Double]
  /// Prefactor of the core repulsion; |pre| e^(−|λ| r²)/r (eV Å), or a factor on ZBL.
  public var corePrefactor: Double
  /// λ of the core repulsion, 1/Å².
  public var coreLambda: Double
  /// GRACE/FS: Z of the neighbor's element for each n, with the normalization 1/⟨neighbors⟩ in it; nil otherwise.
  public var elementWeights: [Double]?
  /// Only with `aceJulia`: replaces the core repulsion.
  public var juliaPair: JuliaPairTerm?

  public init(
    radial: RadialBasis, cutoff: Double, cutoffWidth: Double, innerRadius: Double = 0, innerWidth: Double = 0,
    baseCount: Int, radialCount: Int, maximumL: Int, coefficients: [Double], corePrefactor: Double = 0,
    coreLambda: Double = 0, elementWeights: [Double]? = nil, juliaPair: JuliaPairTerm? = nil
  ) {
    self.radial = radial
    (self.cutoff, self.cutoffWidth, self.innerRadius, self.innerWidth) = (cutoff, cutoffWidth, innerRadius, innerWidth)
    (self.baseCount, self.radialCount, self.maximumL) = (baseCount, radialCount, maximumL)
    self.coefficients = coefficients
    (self.corePrefactor, self.coreLambda) = (corePrefactor, coreLambda)
    self.elementWeights = elementWeights
    self.juliaPair = juliaPair
  }

  /// n = trunc(rc/spacing): nodes lie at j rc/n, j = 1 … n; below the first the model is not defined.
  public func tableNodeCount(spacing: Double) -> Int { Int(cutoff / spacing) }
}

/// F of E_ACE = Σ_p w_p F(ρ_p; m_p).
public enum Embedding: String, CaseIterable, Sendable {
  case finnisSinclair = "FinnisSinclair"
  case shiftedScaled = "FinnisSinclairShiftedScaled"
}

/// What belongs to centers of one element.
public struct CenterBasis: Sendable {
  /// P.
  public var densityCount: Int
  public var embedding: Embedding
  /// w_p, eV.
  public var weights: [Double]
  /// m_p.
  public var exponents: [Double]
  /// rho_core_cutoff, eV.
  public var coreCutoff: Double
  /// drho_core_cutoff, eV.
  public var coreCutoffWidth: Double
  /// Rank 1 before the others, otherwise in no particular order.
  public var functions: [ClusterFunction]

  public init(
    densityCount: Int, embedding: Embedding, weights: [Double], exponents: [Double], coreCutoff: Double,
    coreCutoffWidth: Double, functions: [ClusterFunction]
  ) {
    self.densityCount = densityCount
    self.embedding = embedding
    (self.weights, self.exponents) = (weights, exponents)
    (self.coreCutoff, self.coreCutoffWidth) = (coreCutoff, coreCutoffWidth)
    self.functions = functions
  }
}

/// Products of A with the same (μ, n, l) and the coefficients of each combination of m.
public struct ClusterFunction: Sendable {
  public var rank: Int
  /// μ_t of each factor; empty for GRACE/FS.
  public var species: [Int]
  /// n_t of each factor, 1-based; of g_k for rank 1 (except GRACE/FS).
  public var n: [Int]
  public var l: [Int]
  /// [combination][factor].
  public var m: [[Int]]
  /// c̃ as [combination][density]; a combination and its mirror image −m are stored once, with the sum of both coefficients.
  public var coefficients: [[Double]]

  public init(rank: Int, species: [Int], n: [Int], l: [Int], m: [[Int]], coefficients: [[Double]]) {
    self.rank = rank
    (self.species, self.n, self.l) = (species, n, l)
    (self.m, self.coefficients) = (m, coefficients)
  }
}

/// B_f = Σ_ms C_ms Re Π_t A_{μ_t n_t l_t m_t} (A⁽¹⁾ for rank 1), a column of the active set; ρ_p = Σ_f c_fp B_f.
public struct InvariantFunction: Sendable {
  public var rank: Int
  /// μ_t of each factor; empty for GRACE/FS.
  public var species: [Int]
  /// n_t of each factor, 1-based.
  public var n: [Int]
  public var l: [Int]
  /// [combination][factor].
  public var m: [[Int]]
  /// C of each combination.
  public var couplings: [Double]
  /// c_p of each density.
  public var coefficients: [Double]

  public init(rank: Int, species: [Int], n: [Int], l: [Int], m: [[Int]], couplings: [Double], coefficients: [Double]) {
    self.rank = rank
    (self.species, self.n, self.l) = (species, n, l)
    (self.m, self.couplings, self.coefficients) = (m, couplings, coefficients)
  }
}
