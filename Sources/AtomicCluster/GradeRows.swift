import AtomicClusterFiles
import Numerics
import PotentialKit

/// Extrapolation grades out of the force pass's intermediates.
///
///     γ_i = max_c |Σ_f B_f (A⁻¹)_fc|   (linear),   with w_p F'(ρ_p) B_f in the place of B_f   (full)
///
/// Y. Lysogorskiy et al., Phys. Rev. Materials 7, 043801 (2023), eqs. 3 to 7. Centers of one element are collected and graded
/// together by one matrix product. Nothing that the forces read is written here.
final class GradeRows {
  private static var blockSize: Int { 64 }

  private let kind: ClusterActiveSet.Kind
  private let isExact: Bool
  /// (A⁻¹)ᵀ of each of the potential's elements, [member][function].
  private let inverses: [[Double]]
  private let widths: [Int]
  private var grades: UnsafeMutablePointer<Double>?
  private var values = ScratchBuffer()
  /// [lane][function of rank 1] of one neighbor species.
  private var sums = ScratchBuffer()
  /// [row][function] and [row][member] of up to `blockSize` centers of one element.
  private let block: UnsafeMutablePointer<Double>
  private let products: UnsafeMutablePointer<Double>
  private var rowCenters: [Int32] = []
  private var center = 0

  init(_ model: ClusterModel, _ activeSet: ClusterActiveSet, isExact: Bool) {
    kind = activeSet.kind
    self.isExact = isExact
    let matrices = model.elements.compactMap { activeSet.inverses[$0]?.transpose }
    inverses = matrices.map(\.elements)
    widths = matrices.map(\.rows)
    let widest = widths.max() ?? 0, functions = model.bBasis?.map(\.count).max() ?? 0
    values.reserve(slots: functions)
    sums.reserve(slots: functions + 4)
    block = .allocate(capacity: Self.blockSize * widest)
    products = .allocate(capacity: Self.blockSize * widest)
    rowCenters.reserveCapacity(Self.blockSize)
  }

  deinit {
    block.deallocate()
    products.deallocate()
  }

  /// Begins a sweep over the owned centers.
  func begin(_ grades: UnsafeMutablePointer<Double>) {
    self.grades = grades
    rowCenters.removeAll(keepingCapacity: true)
  }

  /// Takes a batch whose forces have just been computed.
  ///
  /// - Parameters:
  ///   - rows: values of the product graph.
  ///   - slopes: w_p F'(ρ_p), [density][8].
  func append(
    _ batch: borrowing EnvironmentBatch, _ columns: borrowing NeighborColumns, _ kernel: CenterKernel, center: Int,
    species: [Int], rows: UnsafeRawPointer, slopes: UnsafePointer<Double>
  ) {
    guard let program = kernel.invariants else { return }
    if center != self.center || rowCenters.count + batch.count > Self.blockSize { finish() }
    self.center = center
    program.computeProducts(rows, into: values.base)
    if !program.rankOne.isEmpty {
      for kind in 0..<batch.kindCount { addRankOne(program.rankOne[species[kind]], columns, kind: kind) }
    }
    let value = values.base.assumingMemoryBound(to: Double.self), width = widths[center]
    let densityCount = kind == .linear ? 1 : kernel.basis.densityCount
    for slot in 0..<batch.count {
      var row = block + rowCenters.count * width
      for p in 0..<densityCount {
        let factor = kind == .linear ? 1 : slopes[p * EnvironmentBatch.width + slot]
        for function in 0..<program.count { row[function] = factor * value[function &* EnvironmentBatch.width &+ slot] }
        row += program.count
      }
      rowCenters.append(batch.centers[slot])
    }
  }

  /// Σ_j g_k(r_j): functions in lanes, since each neighbor's row is one stretch of the table.
  private func addRankOne(_ part: InvariantProgram.RankOne, _ columns: borrowing NeighborColumns, kind: Int) {
    let width = part.table.columns.padded
    guard width > 0 else { return }
    let sum = sums.base.assumingMemoryBound(to: Double.self)
    for lane in 0..<EnvironmentBatch.width {
      for function in 0..<width { sum[function] = 0 }
      for column in columns.columns(of: kind) where columns.isNeighbor(lane, column: column, kind: kind) {
        if isExact {
          let base = part.functions.base(at: columns.distances(column)[lane])
          for (function, k) in part.baseIndices.enumerated() { sum[function] += base[k].value }
        } else {
          add(part.table, node: Int(columns.nodes(column)[lane]), columns.fractions(column)[lane], to: sum)
        }
      }
      let value = values.base.assumingMemoryBound(to: Double.self)
      for (function, target) in part.targets.enumerated() {
        value[target &* EnvironmentBatch.width &+ lane] += sum[function]
      }
    }
  }

  @inline(__always)
  private func add(_ table: RadialTable, node: Int, _ t: Double, to sum: UnsafeMutablePointer<Double>) {
    let width = table.columns.padded, row = UnsafeRawPointer(table.rows.base + node &* table.rowStride)
    let step = t * t * (3 - 2 * t), here = t * (1 - t) * (1 - t), next = t * t * (t - 1)
    for function in stride(from: 0, to: width, by: 4) {
      func four(_ part: Int) -> SIMD4<Double> {
        row.loadUnaligned(fromByteOffset: 8 &* (part &* width &+ function), as: SIMD4<Double>.self)
      }
      let f = four(0), target = UnsafeMutableRawPointer(sum + function)
      let value = f.addingProduct(four(2) - f, step).addingProduct(four(1), here).addingProduct(four(3), next)
      target.storeBytes(of: target.load(as: SIMD4<Double>.self) + value, as: SIMD4<Double>.self)
    }
  }

  /// Grades the rows collected so far.
  func finish() {
    guard !rowCenters.isEmpty, let grades else { return }
    let n = widths[center]
    inverses[center].withUnsafeBufferPointer { inverse in
      guard let inverse = inverse.baseAddress else { return }
      multiplyTransposed(
        block, strideA: n, inverse, strideB: n, m: rowCenters.count, n: n, k: n, beta: 0, into: products, strideC: n)
    }
    for (row, atom) in rowCenters.enumerated() {
      let grade = Self.largestMagnitude(products + row * n, count: n)
      grades[Int(atom)] = max(grades[Int(atom)], grade)
    }
    rowCenters.removeAll(keepingCapacity: true)
  }

  private static func largestMagnitude(_ values: UnsafePointer<Double>, count: Int) -> Double {
    var largest = SIMD8<Double>.zero, index = 0
    while index &+ 8 <= count {
      let v = UnsafeRawPointer(values + index).loadUnaligned(as: SIMD8<Double>.self)
      let magnitude = v.replacing(with: -v, where: v .< 0)
      largest.replace(with: magnitude, where: magnitude .> largest)
      index = index &+ 8
    }
    var result = largest.max()
    for rest in index..<count { result = max(result, abs(values[rest])) }
    return result
  }
}
