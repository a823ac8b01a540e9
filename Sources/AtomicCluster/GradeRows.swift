import AtomicClusterFiles
import PotentialKit

/// What extrapolation grades rest on, out of the force pass's intermediates:
///
///     γ_i = max_c |Σ_f v_f (A⁻¹)_fc|,   v_f = B_f (linear) or w_p F'(ρ_p) B_f (full, p outermost)
///
/// Y. Lysogorskiy et al., Phys. Rev. Materials 7, 043801 (2023). Rows v of centers of one element are collected
/// and graded together (`GradeMatrix`), or handed over to who makes active sets. Nothing that the forces read is written here.
final class GradeRows {
  private let kind: ClusterActiveSet.Kind
  private let isExact: Bool
  /// [element].
  private let blocks: [RowBlock]
  private var grades: UnsafeMutablePointer<Double>?
  private var consumer: ((ActiveSetRowBatch) -> Void)?
  /// Functions of rank 1 of one neighbor species, summed over neighbors, [lane][function].
  private var sums = ScratchBuffer()
  /// The weights of one column's interpolation.
  private var weights = ScratchBuffer()

  /// - Parameter activeSet: nil where rows are only handed over.
  init(_ model: ClusterModel, kind: ClusterActiveSet.Kind, _ activeSet: ClusterActiveSet?, isExact: Bool) {
    self.kind = kind
    self.isExact = isExact
    let widths = model.rowWidths(kind) ?? []
    blocks = zip(model.elements, widths).map { RowBlock(width: $1, inverse: activeSet?.inverses[$0]) }
    sums.reserve(slots: (widths.max() ?? 0) + 4)
    weights.reserve(slots: 3)
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
  func append(
    _ batch: borrowing EnvironmentBatch, _ columns: borrowing NeighborColumns, _ kernel: CenterKernel, center: Int,
    species: [Int], rows: UnsafeRawPointer, slopes: UnsafeRawPointer
  ) {
    guard let program = kernel.invariants else { return }
    let block = blocks[center]
    if block.isFull { settle(center) }
    let target = block.target
    program.computeProducts(rows, into: target, stride: RowBlock.stride)
    if !program.rankOne.isEmpty {
      for kind in 0..<batch.kindCount {
        addRankOne(
          program.rankOne[species[kind]], kernel.bonds[species[kind]], columns, kind: kind,
          to: target.assumingMemoryBound(to: Double.self))
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

  /// Σ_j g_k(r_j): functions in lanes, since each neighbor's row is one stretch of the table.
  private func addRankOne(
    _ part: InvariantProgram.RankOne, _ bond: BondKernel, _ columns: borrowing NeighborColumns, kind: Int,
    to target: UnsafeMutablePointer<Double>
  ) {
    let count = bond.table.columns.baseCount, padded = (count &+ 3) & ~3, width = EnvironmentBatch.width
    guard count > 0 else { return }
    let sum = sums.base.assumingMemoryBound(to: Double.self)
    for index in 0..<width &* padded { sum[index] = 0 }
    for column in columns.columns(of: kind) {
      if isExact {
        addDirectly(bond, columns, column: column, kind: kind, to: sum, padded)
      } else {
        readTable(bond.table, columns, column: column, to: sum, padded)
      }
    }
    for function in 0..<count {
      let value = target + part.targets.base[function] &* RowBlock.rowCount
      for lane in 0..<width { value[lane] += sum[lane &* padded &+ function] }
    }
  }

  private func addDirectly(
    _ bond: BondKernel, _ columns: borrowing NeighborColumns, column: Int, kind: Int,
    to sum: UnsafeMutablePointer<Double>, _ padded: Int
  ) {
    let first = bond.table.columns.firstBase
    for lane in 0..<EnvironmentBatch.width where columns.isNeighbor(lane, column: column, kind: kind) {
      let exact = bond.exact(at: columns.distances(column)[lane])
      for function in 0..<bond.table.columns.baseCount { sum[lane * padded + function] += exact[first + function].value }
    }
  }

  /// One column; lanes without a neighbor read zeros.
  @inline(__always)
  private func readTable(
    _ table: RadialTable, _ columns: borrowing NeighborColumns, column: Int, to sum: UnsafeMutablePointer<Double>,
    _ padded: Int
  ) {
    let t = Double8(doubles: columns.fractions(column)), rest = Double8(1) - t, square = t * t
    (square * (Double8(1) + rest + rest)).store(weights.base, slot: 0)
    (t * rest * rest).store(weights.base, slot: 1)
    (Double8.zero - square * rest).store(weights.base, slot: 2)
    let w = weights.base.assumingMemoryBound(to: Double.self), nodes = columns.nodes(column)
    let width = table.columns.width, base = table.rows.base + table.columns.firstBase
    for lane in 0..<EnvironmentBatch.width {
      let row = UnsafePointer(base + Int(nodes[lane]) &* table.rowStride), target = sum + lane &* padded
      let step = Double4(w[lane]), here = Double4(w[lane &+ 8]), next = Double4(w[lane &+ 16])
      for function in stride(from: 0, to: padded, by: 4) {
        let f = Double4(doubles: row + function), d = Double4(doubles: row + (width &+ function))
        let rise = Double4(doubles: row + (2 &* width &+ function)) - f
        let nextD = Double4(doubles: row + (3 &* width &+ function))
        (Double4(doubles: target + function) + f).adding(rise, times: step).adding(d, times: here)
          .adding(nextD, times: next).store(doubles: target + function)
      }
    }
  }
}

extension ClusterModel {
  /// Length of a row of each element; nil without a B basis.
  func rowWidths(_ kind: ClusterActiveSet.Kind) -> [Int]? {
    bBasis.map { zip($0, centers).map { kind == .full ? $0.count * $1.densityCount : $0.count } }
  }
}
