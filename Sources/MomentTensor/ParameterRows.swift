import Atomistics
import MomentTensorFiles
import PotentialKit

/// Rows b_i = dE_i/dtheta out of the force pass's intermediates, and what the active set says of them.
///
/// Of a center of species z only three stretches of MLIP's order are nonzero: dE/dxi_s = B_s, dE/dc[z][neighbor][mu][k] =
/// Σ_j φ_k(r_j) F_mu(j) and dE/de0[z] = 1, here in this order, in which what all species have comes first. Rows of one species
/// are collected, [parameter][row], and graded together.
final class ParameterRows<Whole: WholeLaneVector> where Whole.Half: HalfLaneVector {
  private let file: MomentTensorFile
  private let layout: MomentLayout
  private let program: GraphProgram
  /// Of each scalar that is not identically zero: its value's place and its number.
  private let scalars: FixedArray<SIMD2<Int32>>
  /// Of each species, the places in MLIP's order of the parameters that its centers depend on, in the block's order.
  private let parameters: [[Int]]
  /// One a species; none where the rows only go to others.
  private let matrices: [GradeMatrix]
  private var radial: RadialRow<Whole>
  /// F_mu of one center, [unit][function].
  private var contractions = ScratchBuffer()
  private var lanesPerCenter = 0

  /// [parameter of the species][row]; the last parameter is e0's, whose derivative is 1.
  private var block = ScratchBuffer()
  private let blockGrades = FixedArray([Double](repeating: 0, count: GradeMatrix.rowCount))
  /// The centers of the rows; −1 where a batch was not full.
  private var rowCenters: [Int32] = []
  private var species = 0
  private var grades: UnsafeMutablePointer<Double>?
  /// Takes the rows of each block, instead of `grade` and `sum`.
  private var consumer: ((ActiveSetRowBatch) -> Void)?
  /// Σ b_i in MLIP's order, where the active set grades configurations.
  private(set) var total: [Double]

  private var radialCount: Int { file.speciesCount * file.radialFunctionCount * file.radialBasisSize }
  private var width: Int { radialCount + file.scalars.count + 1 }

  init(_ file: MomentTensorFile, _ form: EnergyForm, _ active: MomentTensorActiveSet?) {
    self.file = file
    layout = form.graph.layout
    program = GraphProgram(beyond: form)
    let numbers = GraphProgram.numbersBeyond(form)
    scalars = FixedArray(
      form.graph.scalars.enumerated().compactMap { scalar, value in
        value.map { SIMD2(Int32(numbers[$0]), Int32(scalar)) }
      })
    radial = RadialRow(file, layout)
    let parameters = (0..<file.speciesCount).map { Self.parameters(of: $0, file) }
    self.parameters = parameters
    matrices =
      active.map { active in
        parameters.map { GradeMatrix(active, parameters: $0, ownCount: $0.count - file.scalars.count) }
      } ?? []
    total = []
    block.reserve(slots: width * GradeMatrix.rowCount / Double8.laneCount)
    let ones = block.base.assumingMemoryBound(to: Double.self) + (width - 1) * GradeMatrix.rowCount
    for row in 0..<GradeMatrix.rowCount { ones[row] = 1 }
  }

  private static func parameters(of species: Int, _ file: MomentTensorFile) -> [Int] {
    let radialCount = file.speciesCount * file.radialFunctionCount * file.radialBasisSize
    let first = file.speciesCount * radialCount
    return (0..<file.scalars.count).map { first + file.speciesCount + $0 }
      + Array(species * radialCount..<(species + 1) * radialCount) + [first + species]
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
    // Functions are read in fours.
    contractions.reserve(slots: unitsPerCenter * layout.functions.count + 4)
    radial.reserve(units: unitsPerCenter)
  }

  private var unitsPerCenter: Int { (lanesPerCenter + Whole.laneCount - 1) / Whole.laneCount }

  /// Where the gradient pass leaves F_mu of a center, [unit][function], before `accumulate` takes them.
  var contractionsBase: UnsafeMutableRawPointer { contractions.base }

  /// Sums the center whose gradients have just been computed over its neighbors.
  func accumulate(
    _ batch: EnvironmentBatch, _ kernel: borrowing NeighborKernel<Whole>, slot: Int, species kinds: UnsafePointer<Int>
  ) {
    radial.accumulate(batch, kernel, slot: slot, contractions: contractions.base, kinds: kinds)
  }

  /// Takes the rows of a batch all of whose centers were accumulated.
  /// - Parameter values: of the energy's program, [value][8], with room for all values of the graph.
  func append(_ batch: EnvironmentBatch, values: UnsafeMutableRawPointer, center: Int) {
    if center != species || rowCenters.count == GradeMatrix.rowCount { finish() }
    species = center
    let target = block.base.assumingMemoryBound(to: Double.self) + rowCenters.count
    radial.store(into: target + file.scalars.count &* GradeMatrix.rowCount, stride: GradeMatrix.rowCount)
    program.computeValues(values)
    for index in 0..<scalars.count {
      let (value, scalar) = (Int(scalars.base[index].x), Int(scalars.base[index].y))
      Double8.load(values, slot: value).store(doubles: target + scalar &* GradeMatrix.rowCount)
    }
    for slot in 0..<EnvironmentBatch.width { rowCenters.append(slot < batch.count ? batch.centers[slot] : -1) }
  }

  /// Grades, or adds up, the rows collected so far.
  func finish() {
    guard !rowCenters.isEmpty else { return }
    let rows = UnsafePointer(block.base.assumingMemoryBound(to: Double.self))
    if let consumer {
      handOver(rows, to: consumer)
    } else if let grades {
      grade(rows, into: grades)
    } else {
      sum(rows)
    }
    rowCenters.removeAll(keepingCapacity: true)
  }

  private func grade(_ rows: UnsafePointer<Double>, into grades: UnsafeMutablePointer<Double>) {
    matrices[species].grade(rows, into: blockGrades.base)
    for (row, center) in rowCenters.enumerated() where center >= 0 {
      grades[Int(center)] = max(grades[Int(center)], blockGrades.base[row])
    }
  }

  /// The rows with all of MLIP's parameters, those of full batches and of others together.
  private func handOver(_ rows: UnsafePointer<Double>, to consumer: (ActiveSetRowBatch) -> Void) {
    let places = rowCenters.indices.filter { rowCenters[$0] >= 0 }
    var full = [Double](repeating: 0, count: places.count * file.parameterCount)
    for (index, parameter) in parameters[species].enumerated() {
      for (row, place) in places.enumerated() {
        full[row * file.parameterCount + parameter] = rows[index * GradeMatrix.rowCount + place]
      }
    }
    places.map { rowCenters[$0] }.withUnsafeBufferPointer { centers in
      full.withUnsafeBufferPointer { rows in
        guard let base = rows.baseAddress else { return }
        consumer(ActiveSetRowBatch(block: 0, centers: centers, rows: base))
      }
    }
  }

  private func sum(_ rows: UnsafePointer<Double>) {
    for (index, parameter) in parameters[species].enumerated() {
      for (row, center) in rowCenters.enumerated() where center >= 0 {
        total[parameter] += rows[index * GradeMatrix.rowCount + row]
      }
    }
  }
}
