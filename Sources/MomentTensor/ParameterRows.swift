import Atomistics
import MomentTensorFiles
import Numerics
import PotentialKit

/// Rows b_i = dE_i/dtheta out of the force pass's intermediates, and what the active set says of them.
///
/// Of a center of species z only three stretches of MLIP's order are nonzero: dE/dc[z][neighbor][mu][k] = Σ_j φ_k(r_j) F_mu(j),
/// dE/de0[z] = 1 and dE/dxi_s = B_s. Rows of one species are collected and graded together by matrix products.
final class ParameterRows<Whole: WholeLaneVector> where Whole.Half: HalfLaneVector {
  private static var blockSize: Int { 64 }

  private let file: MomentTensorFile
  private let layout: MomentLayout
  private let program: GraphProgram
  private let scalarPlaces: [Int?]
  /// nil where the rows only go to others.
  private let active: MomentTensorActiveSet?
  private var values = ScratchBuffer()
  private var sums = ScratchBuffer()
  private var lanesPerCenter = 0

  /// [row][radial stretch, then scalars] of up to `blockSize` centers of one species.
  private var block: [Double]
  private var products: [Double]
  private var rowCenters: [Int32] = []
  private var species = 0
  private var grades: UnsafeMutablePointer<Double>?
  /// Takes the rows of each block instead of `grade` and `sum`.
  private var consumer: ((ActiveSetRowBatch) -> Void)?
  /// Σ b_i in MLIP's order, where the active set grades configurations.
  private(set) var total: [Double]

  private var radialCount: Int { file.speciesCount * file.radialFunctionCount * file.radialBasisSize }
  private var width: Int { radialCount + file.scalars.count }

  init(_ file: MomentTensorFile, _ graph: ContractionGraph, _ active: MomentTensorActiveSet?) {
    self.file = file
    self.active = active
    layout = graph.layout
    program = GraphProgram(allValuesOf: graph)
    scalarPlaces = graph.scalars
    values.reserve(slots: program.valueCount)
    block = []
    products = []
    total = []
    block = [Double](repeating: 0, count: Self.blockSize * width)
    products = [Double](repeating: 0, count: Self.blockSize * file.parameterCount)
  }

  /// Begins a sweep: `grades` are the owned atoms', or nil for a sum of rows only.
  func begin(grades: UnsafeMutablePointer<Double>?) {
    self.grades = grades
    consumer = nil
    total = grades == nil ? [Double](repeating: 0, count: file.parameterCount) : []
    rowCenters.removeAll(keepingCapacity: true)
  }

  /// Begins a sweep whose rows go to `consumer`, in MLIP's order of parameters, up to `end`.
  func begin(handingRowsTo consumer: @escaping (ActiveSetRowBatch) -> Void) {
    begin(grades: nil)
    self.consumer = consumer
  }

  func end() { consumer = nil }

  func prepare(lanesPerCenter: Int) {
    self.lanesPerCenter = lanesPerCenter
    sums.reserve(slots: EnvironmentBatch.width * unitsPerCenter * layout.functions.count)
  }

  private var unitsPerCenter: Int { (lanesPerCenter + Whole.laneCount - 1) / Whole.laneCount }

  /// Where the gradient pass leaves F_mu of one center, [unit][function].
  func contractions(slot: Int) -> UnsafeMutableRawPointer {
    sums.base + slot * unitsPerCenter * layout.functions.count * Whole.slotBytes
  }

  /// Takes the rows of a batch whose gradients have just been computed.
  func append(
    _ batch: EnvironmentBatch, _ kernel: borrowing NeighborKernel<Whole>, moments: UnsafeRawPointer, center: Int,
    species kinds: UnsafePointer<Int>
  ) {
    if center != species || rowCenters.count + batch.count > Self.blockSize { finish() }
    species = center
    values.base.copyMemory(from: moments, byteCount: layout.count * Double8.slotBytes)
    program.computeValues(values.base)
    let value = values.base.assumingMemoryBound(to: Double.self)
    for slot in 0..<batch.count {
      let row = rowCenters.count * width
      for index in 0..<radialCount { block[row + index] = 0 }
      addRadialRow(batch, slot, row, kinds)
      for (scalar, place) in scalarPlaces.enumerated() {
        block[row + radialCount + scalar] = place.map { value[$0 * EnvironmentBatch.width + slot] } ?? 0
      }
      rowCenters.append(batch.centers[slot])
    }
  }

  /// dE/dc[z][neighbor][mu][k] = Σ_j φ_k(r_j) F_mu(j), in double whatever the sweeps' precision.
  private func addRadialRow(_ batch: EnvironmentBatch, _ slot: Int, _ row: Int, _ kinds: UnsafePointer<Int>) {
    let bounds = batch.segments + slot * (batch.kindCount + 1), size = file.radialBasisSize
    let sums = contractions(slot: slot).assumingMemoryBound(to: Whole.Scalar.self)
    let span = file.maximumDistance - file.minimumDistance
    let isHeld = file.radialBasis == .repulsiveChebyshev
    var basis = [Double](repeating: 0, count: size)
    for kind in 0..<batch.kindCount {
      let pair = row + kinds[kind] * file.radialFunctionCount * size
      for lane in bounds[kind]..<bounds[kind + 1] {
        let at = batch.starts[slot] + lane
        let d = SIMD3(batch.x[at], batch.y[at], batch.z[at])
        var r = (d * d).sum().squareRoot()
        if isHeld { r = max(r, file.minimumDistance) }
        let x = (2 * r - file.minimumDistance - file.maximumDistance) / span
        let envelope = file.scaling * (file.maximumDistance - r) * (file.maximumDistance - r)
        basis[0] = envelope
        basis[1] = envelope * x
        for k in stride(from: 2, to: size, by: 1) { basis[k] = 2 * x * basis[k - 1] - basis[k - 2] }
        for (function, mu) in layout.functions.enumerated() {
          let slotOf = lane / Whole.laneCount * layout.functions.count + function
          let sum = Double(sums[slotOf * (Whole.slotBytes / MemoryLayout<Whole.Scalar>.stride) + lane % Whole.laneCount])
          for k in 0..<size { block[pair + mu * size + k] += basis[k] * sum }
        }
      }
    }
  }

  /// Grades, or adds up, the rows collected so far.
  func finish() {
    guard !rowCenters.isEmpty else { return }
    if let consumer { handOver(to: consumer) } else if grades != nil { grade() } else { sum() }
    rowCenters.removeAll(keepingCapacity: true)
  }

  private var speciesParameter: Int { file.speciesCount * radialCount + species }
  private var firstScalarParameter: Int { file.speciesCount * radialCount + file.speciesCount }

  /// γ_i = max_row |inverseTransposed[row] · b_i|.
  private func grade() {
    guard let active else { return }
    let n = active.count, rows = rowCenters.count
    active.inverseTransposed.withUnsafeBufferPointer { inverse in
      guard let inverse = inverse.baseAddress, let grades else { return }
      for row in 0..<rows {
        for column in 0..<n { products[row * n + column] = inverse[column * n + speciesParameter] }
      }
      block.withUnsafeBufferPointer { block in
        guard let block = block.baseAddress else { return }
        products.withUnsafeMutableBufferPointer { products in
          guard let products = products.baseAddress else { return }
          multiplyTransposed(
            block, strideA: width, inverse + species * radialCount, strideB: n, m: rows, n: n, k: radialCount, beta: 1,
            into: products, strideC: n)
          multiplyTransposed(
            block + radialCount, strideA: width, inverse + firstScalarParameter, strideB: n, m: rows, n: n,
            k: file.scalars.count, beta: 1, into: products, strideC: n)
        }
      }
      for (row, center) in rowCenters.enumerated() {
        let largest = products[row * n..<(row + 1) * n].reduce(0) { max($0, abs($1)) }
        grades[Int(center)] = max(grades[Int(center)], largest)
      }
    }
  }

  /// The block with all the columns of MLIP's order, in the memory of the products.
  private func handOver(to consumer: (ActiveSetRowBatch) -> Void) {
    let n = file.parameterCount, scalarCount = file.scalars.count
    products.withUnsafeMutableBufferPointer { full in
      for row in 0..<rowCenters.count {
        let target = row * n, source = row * width
        for index in 0..<n { full[target + index] = 0 }
        for index in 0..<radialCount { full[target + species * radialCount + index] = block[source + index] }
        full[target + speciesParameter] = 1
        for index in 0..<scalarCount {
          full[target + firstScalarParameter + index] = block[source + radialCount + index]
        }
      }
      rowCenters.withUnsafeBufferPointer { centers in
        guard let rows = full.baseAddress else { return }
        consumer(ActiveSetRowBatch(block: 0, centers: centers, rows: rows))
      }
    }
  }

  private func sum() {
    for row in 0..<rowCenters.count {
      for index in 0..<radialCount { total[species * radialCount + index] += block[row * width + index] }
      total[speciesParameter] += 1
      for scalar in 0..<file.scalars.count {
        total[firstScalarParameter + scalar] += block[row * width + radialCount + scalar]
      }
    }
  }
}
