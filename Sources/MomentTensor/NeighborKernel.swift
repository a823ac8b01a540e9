import MomentTensorFiles
import PotentialKit

/// The work over neighbors: radial functions, monomials, reduced moments, and back from their adjoints to gradients.
///
///     M_mu,p = Σ_j f_mu(r_j) A_p(u_j),     D_j = dE/dr_j = ρ u + (τ − (τ·u) u)/r,
///     F_mu = Σ_p g_mu,p A_p,  C_p = Σ_mu g_mu,p f_mu,  ρ = Σ_mu f'_mu F_mu,  τ = Σ_p C_p dA_p/du
///
/// (A. V. Shapeev, Multiscale Model. Simul. 14, 1153 (2016), with unit vectors u.) Neighbors stand in lanes: whole packs, and a
/// half one where a segment's padded length is odd. Arrays are [unit][row] in slots of one whole pack.
struct NeighborKernel<Whole: WholeLaneVector>: ~Copyable where Whole.Half: HalfLaneVector {
  typealias Half = Whole.Half
  typealias Scalar = Whole.Scalar

  let functionCount: Int
  let basisSize: Int
  let degree: Int
  /// Rows of the monomial table: (degree + 1)², padded to a multiple of four.
  let monomialRows: Int
  /// [function]: number of monomials, and first moment.
  let monomialCounts: FixedArray<Int>
  let offsets: FixedArray<Int>
  /// [block of four monomials]: number of functions that reach it.
  let activeFunctions: FixedArray<Int>
  let table: RadialTable<Scalar>

  let slope, shift, cutoff: Scalar
  /// Below it the radial argument is held (repulsive basis); 0 otherwise.
  let floor: Scalar

  /// [unit][ux, uy, uz, 1/r], [unit][function] f and f', for all centers of a batch.
  var geometry = ScratchBuffer()
  var values = ScratchBuffer()
  var slopes = ScratchBuffer()
  /// [unit][monomial] of one center.
  var monomials = ScratchBuffer()
  /// One unit's: T_k, A_p, C_p, F_mu.
  var chebyshev = ScratchBuffer()
  var monomial = ScratchBuffer()
  var weights = ScratchBuffer()

  init(_ file: MomentTensorFile, _ layout: MomentLayout) {
    functionCount = layout.functions.count
    basisSize = file.radialBasisSize
    degree = layout.highestDegree
    monomialRows = MomentLayout.paddedMonomials(layout.highestDegree)
    monomialCounts = FixedArray(layout.degrees.map(MomentLayout.monomials))
    offsets = FixedArray(layout.offsets)
    activeFunctions = FixedArray(
      stride(from: 0, to: MomentLayout.paddedMonomials(layout.highestDegree), by: 4).map { first in
        layout.degrees.filter { MomentLayout.paddedMonomials($0) > first }.count
      })
    table = RadialTable(file, layout)
    let span = file.maximumDistance - file.minimumDistance
    slope = Scalar(2 / span)
    shift = Scalar(-(file.maximumDistance + file.minimumDistance) / span)
    cutoff = Scalar(file.maximumDistance)
    floor = file.radialBasis == .repulsiveChebyshev ? Scalar(file.minimumDistance) : 0
    chebyshev.reserve(slots: basisSize)
    monomial.reserve(slots: monomialRows)
    weights.reserve(slots: monomialRows)
  }

  /// Makes room for batches whose centers have at most `lanes` padded neighbors each.
  mutating func reserve(lanes: Int) {
    let units = (lanes + Whole.laneCount - 1) / Whole.laneCount
    geometry.reserve(slots: EnvironmentBatch.width * units * 4)
    values.reserve(slots: EnvironmentBatch.width * units * functionCount)
    slopes.reserve(slots: EnvironmentBatch.width * units * functionCount)
    monomials.reserve(slots: units * monomialRows)
  }

  /// A_p(u) for all reduced monomials, parents times x and z in one run per degree.
  @inline(__always)
  func expand<V: LaneVector>(_ x: V, _ y: V, _ z: V, into table: UnsafeMutableRawPointer) {
    V(1).store(table, slot: 0)
    var parent = 0, child = 1
    for n in stride(from: 1, through: degree, by: 1) {
      var last = V.zero
      for k in 0..<n {
        last = V.load(table, slot: parent &+ k)
        (x * last).store(table, slot: child &+ k)
        (z * last).store(table, slot: child &+ n &+ 1 &+ k)
      }
      (y * last).store(table, slot: child &+ n)
      parent = child
      child = child &+ 2 &* n &+ 1
    }
  }
}
