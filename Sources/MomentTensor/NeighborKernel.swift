import MomentTensorFiles
import PotentialKit

/// The work over neighbors: radial functions, monomials, reduced moments, and back from their adjoints to gradients.
///
///     M_h,p = Σ_j h(j) A_p(u_j),  h in {f_mu, z f_mu},  A_p = x^a y^b,     D_j = dE/dr_j = ρ u + (τ − (τ·u) u)/r,
///     S_h = Σ_p g_h,p A_p,  F_mu = S_f + z S_zf,  ρ = Σ_mu f'_mu F_mu,
///     C_p = Σ_h g_h,p h,  τ_x,y = Σ_p C_p dA_p/d(x, y),  τ_z = Σ_mu f_mu S_zf
///
/// (A. V. Shapeev, Multiscale Model. Simul. 14, 1153 (2016), with unit vectors u.) Neighbors stand in lanes: whole packs, and a
/// half one where a segment's padded length is odd. Arrays are [unit][row] in slots of one whole pack.
///
/// What bounds it: at level 16 with 8 Chebyshev polynomials a neighbor takes 430 multiply-adds (radial 80, monomials 27, moments
/// 84, sweeps of the gradients 168, angular part 54), with 43 neighbors and the graph 5,700 packed ones of four doubles an atom,
/// 1.04 µs on a core of 2.85 GHz that starts two in a cycle. Measured there: 2.1 µs with gather and scatter, half of that peak,
/// and 1.5 µs in mixed precision, of which 0.65 µs are the graph, gather and scatter, in double. The rest is short loops and
/// sums over lanes; not the second-level cache: reading one center's monomials for all changed nothing.
struct NeighborKernel<Whole: WholeLaneVector>: ~Copyable where Whole.Half: HalfLaneVector {
  typealias Half = Whole.Half
  typealias Scalar = Whole.Scalar

  /// One radial function's two columns: their numbers, first moments and numbers of monomials (none without a z column).
  struct Function {
    var column, offset, count: Int
    var zColumn, zOffset, zCount: Int
  }

  let functionCount: Int
  let columnCount: Int
  let basisSize: Int
  let degree: Int
  /// Rows of the monomial table, padded to a multiple of four.
  let monomialRows: Int
  let functions: FixedArray<Function>
  /// [column]: first moment.
  let offsets: FixedArray<Int>
  /// [block of four monomials]: number of columns that reach it.
  let activeColumns: FixedArray<Int>
  let table: RadialTable<Scalar>

  let slope, shift, cutoff: Scalar
  /// Below it the radial argument is held (repulsive basis); 0 otherwise.
  let floor: Scalar

  /// [unit][ux, uy, uz, 1/r, r], [unit][column] f and z f, [unit][function] f', [unit][monomial], for all centers of a batch.
  var geometry = ScratchBuffer()
  var values = ScratchBuffer()
  var slopes = ScratchBuffer()
  var monomials = ScratchBuffer()
  /// One unit's T_k and C_p.
  var chebyshev = ScratchBuffer()
  var weights = ScratchBuffer()

  init(_ file: MomentTensorFile, _ layout: MomentLayout) {
    functionCount = layout.functions.count
    columnCount = layout.columns.count
    basisSize = file.radialBasisSize
    degree = layout.highestDegree
    monomialRows = MomentLayout.paddedMonomials(layout.highestDegree)
    functions = FixedArray(layout.functions.indices.map { Self.function($0, layout) })
    offsets = FixedArray(layout.columns.map(\.offset))
    activeColumns = FixedArray(
      stride(from: 0, to: MomentLayout.paddedMonomials(layout.highestDegree), by: 4).map { first in
        layout.columns.filter { MomentLayout.paddedMonomials($0.degree) > first }.count
      })
    table = RadialTable(file, layout)
    let span = file.maximumDistance - file.minimumDistance
    slope = Scalar(2 / span)
    shift = Scalar(-(file.maximumDistance + file.minimumDistance) / span)
    cutoff = Scalar(file.maximumDistance)
    floor = file.radialBasis == .repulsiveChebyshev ? Scalar(file.minimumDistance) : 0
    chebyshev.reserve(slots: basisSize)
    weights.reserve(slots: monomialRows)
  }

  var geometryRows: Int { 5 }

  /// Makes room for batches whose centers have at most `lanes` padded neighbors each.
  mutating func reserve(lanes: Int) {
    let units = (lanes + Whole.laneCount - 1) / Whole.laneCount
    geometry.reserve(slots: EnvironmentBatch.width * units * geometryRows)
    values.reserve(slots: EnvironmentBatch.width * units * columnCount)
    slopes.reserve(slots: EnvironmentBatch.width * units * functionCount)
    monomials.reserve(slots: EnvironmentBatch.width * units * monomialRows)
  }

  private static func function(_ index: Int, _ layout: MomentLayout) -> Function {
    let column = layout.column(index, hasZ: false) ?? 0, zColumn = layout.column(index, hasZ: true)
    return Function(
      column: column, offset: layout.columns[column].offset, count: MomentLayout.monomials(layout.columns[column].degree),
      zColumn: zColumn ?? column, zOffset: layout.columns[zColumn ?? column].offset,
      zCount: zColumn.map { MomentLayout.monomials(layout.columns[$0].degree) } ?? 0)
  }

  /// A_p = x^a y^b to a table: each degree is the one before times x, and its last times y.
  ///
  /// Degrees that occur are spelt out: loops this short, of varying length, cost more than their bodies.
  @inline(__always)
  func expand<V: LaneVector>(_ x: V, _ y: V, into table: UnsafeMutableRawPointer) {
    V(1).store(table, slot: 0)
    guard degree >= 1 else { return }
    expandDegree(1, x, y, table)
    guard degree >= 2 else { return }
    expandDegree(2, x, y, table)
    guard degree >= 3 else { return }
    expandDegree(3, x, y, table)
    guard degree >= 4 else { return }
    expandDegree(4, x, y, table)
    guard degree >= 5 else { return }
    expandDegree(5, x, y, table)
    guard degree >= 6 else { return }
    expandDegree(6, x, y, table)
    guard degree >= 7 else { return }
    expandDegree(7, x, y, table)
    guard degree >= 8 else { return }
    expandDegree(8, x, y, table)
    for n in stride(from: 9, through: degree, by: 1) { expandDegree(n, x, y, table) }
  }

  @inline(__always)
  private func expandDegree<V: LaneVector>(_ n: Int, _ x: V, _ y: V, _ table: UnsafeMutableRawPointer) {
    let child = n &* (n &+ 1) / 2, parent = child &- n
    for k in 0..<n { (x * V.load(table, slot: parent &+ k)).store(table, slot: child &+ k) }
    (y * V.load(table, slot: child &- 1)).store(table, slot: child &+ n)
  }
}
