import AtomicClusterFiles
import PotentialKit

/// What extrapolation grades rest on, out of the force pass's intermediates:
///
///     γ_i = max_c |Σ_f v_f (A⁻¹)_fc|,   v_f = B_f (linear) or w_p F'(ρ_p) B_f (full, p outermost)
///
/// Y. Lysogorskiy et al., Phys. Rev. Materials 7, 043801 (2023). Rows v of centers of one element are collected and graded
/// together (`GradeMatrix`), or handed over to who makes active sets. Nothing that the forces read is written here.
final class GradeRows {
  private let kind: ClusterActiveSet.Kind
  /// [element].
  private let blocks: [RowBlock]
  private var grades: UnsafeMutablePointer<Double>?
  private var consumer: ((ActiveSetRowBatch) -> Void)?

  /// - Parameter activeSet: nil where rows are only handed over.
  init(_ model: ClusterModel, kind: ClusterActiveSet.Kind, _ activeSet: ClusterActiveSet?) {
    self.kind = kind
    let widths = model.rowWidths(kind) ?? []
    blocks = zip(model.elements, widths).map { RowBlock(width: $1, inverse: activeSet?.inverses[$0]) }
  }

  /// Begins a sweep over the owned centers.
  func begin(_ grades: UnsafeMutablePointer<Double>) {
    self.grades = grades
    for block in blocks { block.clear() }
  }

  /// Begins a sweep whose rows go to `consumer`, up to `end`.
  func begin(handingRowsTo consumer: @escaping (ActiveSetRowBatch) -> Void) {
    grades = nil
    self.consumer = consumer
    for block in blocks { block.clear() }
  }

  func end() { consumer = nil }

  /// Takes a batch whose forces have just been computed.
  ///
  /// - Parameters:
  ///   - rows: values of the product graph.
  ///   - slopes: w_p F'(ρ_p), [density][8].
  ///   - baseSums: Σ_j g_k(r_j), [kind][lane][function], `baseSlots` slots a kind.
  func append(
    _ batch: borrowing EnvironmentBatch, _ kernel: CenterKernel, center: Int, species: [Int], rows: UnsafeRawPointer,
    slopes: UnsafeRawPointer, baseSums: UnsafeRawPointer, baseSlots: Int
  ) {
    guard let program = kernel.invariants else { return }
    let block = blocks[center]
    if block.isFull { settle(center) }
    let target = block.target
    program.computeProducts(rows, into: target, stride: RowBlock.stride)
    if !program.rankOne.isEmpty {
      for kind in 0..<batch.kindCount {
        let sums = baseSums + kind &* baseSlots &* Double8.slotBytes
        addRankOne(
          program.rankOne[species[kind]], kernel.bonds[species[kind]].table.columns,
          sums.assumingMemoryBound(to: Double.self), to: target.assumingMemoryBound(to: Double.self))
      }
    }
    if kind == .full { multiply(target, count: program.count, slopes, densities: kernel.basis.densityCount) }
    block.append(batch)
  }

  /// Grades or hands over what is left.
  func finish() {
    for block in blocks.indices { settle(block) }
  }

  private func settle(_ block: Int) {
    if let grades {
      blocks[block].grade(into: grades)
    } else if let consumer {
      blocks[block].handOver(block: block, to: consumer)
    }
  }

  /// From B_f to w_p F'(ρ_p) B_f; that of p = 0 last, since it takes the place of B_f.
  private func multiply(
    _ target: UnsafeMutableRawPointer, count: Int, _ slopes: UnsafeRawPointer, densities: Int
  ) {
    for p in (0..<densities).reversed() {
      let slope = Double8.load(slopes, slot: p)
      for function in 0..<count {
        let value = Double8.load(target, slot: function &* RowBlock.stride)
        (slope * value).store(target, slot: (p &* count &+ function) &* RowBlock.stride)
      }
    }
  }

  /// Σ_j g_k(r_j) of one neighbor species, [lane][function], to the functions of rank 1.
  private func addRankOne(
    _ part: InvariantProgram.RankOne, _ columns: RadialTable.Columns, _ sums: UnsafePointer<Double>,
    to target: UnsafeMutablePointer<Double>
  ) {
    for function in 0..<columns.baseCount {
      let value = target + part.targets.base[function] &* RowBlock.rowCount
      for lane in 0..<EnvironmentBatch.width { value[lane] += sums[lane &* columns.paddedBase &+ function] }
    }
  }
}

extension ClusterModel {
  /// Length of a row of each element; nil without a B basis.
  func rowWidths(_ kind: ClusterActiveSet.Kind) -> [Int]? {
    bBasis.map { zip($0, centers).map { kind == .full ? $0.count * $1.densityCount : $0.count } }
  }
}
