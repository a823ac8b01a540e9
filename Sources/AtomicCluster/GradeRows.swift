import AtomicClusterFiles
import Numerics
import PotentialKit

/// Extrapolation grades out of the force pass's intermediates.
///
///     γ_i = max_c |Σ_f v_f (A⁻¹)_fc|,   v_f = B_f (linear) or w_p F'(ρ_p) B_f (full, p outermost)
///
/// Y. Lysogorskiy et al., Phys. Rev. Materials 7, 043801 (2023). Centers of one element are collected and
/// graded together by one matrix product in single precision. Inverses of active sets are ill conditioned, and such a
/// product is good to 1e-4 only; but it names the member that the maximum belongs to, and that one sum is worked out again
/// in double precision (`ActiveSetBlock`). Nothing that the forces read is written here.
final class GradeRows {
  private let kind: ClusterActiveSet.Kind
  private let isExact: Bool
  /// [element].
  private let blocks: [ActiveSetBlock]
  private var grades: UnsafeMutablePointer<Double>?
  /// B of one batch, [function][8].
  private var values = ScratchBuffer()
  /// Functions of rank 1 of one neighbor species, summed over one center's neighbors.
  private var sums = ScratchBuffer()

  init(_ model: ClusterModel, _ activeSet: ClusterActiveSet, isExact: Bool) {
    kind = activeSet.kind
    self.isExact = isExact
    blocks = model.elements.compactMap { activeSet.inverses[$0] }.map(ActiveSetBlock.init)
    let functions = model.bBasis?.map(\.count).max() ?? 0
    values.reserve(slots: functions)
    sums.reserve(slots: functions + 4)
  }

  /// Begins a sweep over the owned centers.
  func begin(_ grades: UnsafeMutablePointer<Double>) {
    self.grades = grades
    for block in blocks { block.clear() }
  }

  /// Takes a batch whose forces have just been computed.
  ///
  /// - Parameters:
  ///   - rows: values of the product graph.
  ///   - slopes: w_p F'(ρ_p), [density][8].
  func append(
    _ batch: borrowing EnvironmentBatch, _ columns: borrowing NeighborColumns, _ kernel: CenterKernel, center: Int,
    species: [Int], rows: UnsafeRawPointer, slopes: UnsafeRawPointer
  ) {
    guard let program = kernel.invariants, let grades else { return }
    program.computeProducts(rows, into: values.base)
    if !program.rankOne.isEmpty {
      for kind in 0..<batch.kindCount {
        addRankOne(program.rankOne[species[kind]], kernel.bonds[species[kind]], columns, kind: kind)
      }
    }
    let block = blocks[center]
    if block.isFull { block.finish(grades) }
    switch kind {
    case .linear: block.append(batch, values.base, functions: program.count, factors: nil, densities: 1)
    case .full:
      block.append(batch, values.base, functions: program.count, factors: slopes, densities: kernel.basis.densityCount)
    }
  }

  /// Grades what is left.
  func finish() {
    guard let grades else { return }
    for block in blocks { block.finish(grades) }
  }

  /// Σ_j g_k(r_j): functions in lanes, since each neighbor's row is one stretch of the table.
  private func addRankOne(
    _ part: InvariantProgram.RankOne, _ bond: BondKernel, _ columns: borrowing NeighborColumns, kind: Int
  ) {
    let count = bond.table.columns.baseCount, first = bond.table.columns.firstBase
    guard count > 0 else { return }
    let sum = sums.base.assumingMemoryBound(to: Double.self), value = values.base.assumingMemoryBound(to: Double.self)
    for lane in 0..<EnvironmentBatch.width {
      for function in 0..<(count &+ 3) & ~3 { sum[function] = 0 }
      for column in columns.columns(of: kind, lane: lane) {
        if isExact {
          let exact = bond.exact(at: columns.distances(column)[lane])
          for function in 0..<count { sum[function] += exact[first + function].value }
        } else {
          add(bond.table, node: Int(columns.nodes(column)[lane]), columns.fractions(column)[lane], to: sum)
        }
      }
      for function in 0..<count { value[part.targets.base[function] &* EnvironmentBatch.width &+ lane] += sum[function] }
    }
  }

  @inline(__always)
  private func add(_ table: RadialTable, node: Int, _ t: Double, to sum: UnsafeMutablePointer<Double>) {
    let width = table.columns.width
    let row = UnsafePointer(table.rows.base + (node &* table.rowStride &+ table.columns.firstBase))
    let step = Double4(t * t * (3 - 2 * t)), here = Double4(t * (1 - t) * (1 - t)), next = Double4(t * t * (t - 1))
    for function in stride(from: 0, to: table.columns.baseCount, by: 4) {
      let f = Double4(doubles: row + function), d = Double4(doubles: row + (width &+ function))
      let rise = Double4(doubles: row + (2 &* width &+ function)) - f
      let nextD = Double4(doubles: row + (3 &* width &+ function))
      (Double4(doubles: sum + function) + f).adding(rise, times: step).adding(d, times: here).adding(nextD, times: next)
        .store(doubles: sum + function)
    }
  }
}
