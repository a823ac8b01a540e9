import Atomistics
import MomentTensorFiles
import PotentialKit

/// Energies and forces of a rank's centers in one precision of the neighbor sweeps; the graph is always in double.
final class MomentTensorEvaluator<Whole: WholeLaneVector> where Whole.Half: HalfLaneVector {
  typealias Scalar = Whole.Scalar

  private let file: MomentTensorFile
  private let momentCount: Int
  private let program: GraphProgram
  private let batch: EnvironmentBatch
  private var kernel: NeighborKernel<Whole>
  /// [center][moment]; [value][8] and its adjoints; the adjoints of the reduced moments in the sweeps' precision.
  private var centerMoments = ScratchBuffer()
  private var values = ScratchBuffer()
  private var adjoints = ScratchBuffer()
  private var roundedAdjoints = ScratchBuffer()

  init(_ file: MomentTensorFile, _ graph: ContractionGraph, _ program: GraphProgram) {
    self.file = file
    self.program = program
    momentCount = graph.layout.count
    batch = EnvironmentBatch(cutoff: file.maximumDistance, padding: Whole.Half.laneCount)
    kernel = NeighborKernel(file, graph.layout)
    centerMoments.reserve(slots: momentCount)
    values.reserve(slots: graph.valueCount)
    adjoints.reserve(slots: program.valueCount)
    roundedAdjoints.reserve(slots: momentCount)
  }

  /// - Parameters:
  ///   - species: the potential's species of each of the engine's kinds.
  ///   - rows: collects parameter derivatives, where grades are asked for.
  func evaluate(
    _ atoms: AtomStore, _ list: NeighborList, species: [Int], into output: ForceOutput, rows: ParameterRows<Whole>?
  ) {
    let lanes = batch.prepare(for: list)
    kernel.reserve(lanes: lanes)
    rows?.prepare(lanesPerCenter: lanes)
    species.withUnsafeBufferPointer { species in
      guard let speciesOfKind = species.baseAddress else { return }
      for kind in 0..<list.kindCount {
        var next = list.kindOffsets[kind]
        let end = list.kindOffsets[kind + 1]
        while next < end {
          let count = min(EnvironmentBatch.width, end - next)
          batch.gather(atoms, list, centers: list.centers + next, count: count)
          evaluateBatch(center: species[kind], speciesOfKind, output, rows)
          if !output.needsOnlyForces { output.outOfRangeCount += closeApproaches }
          next += count
        }
      }
    }
    rows?.finish()
  }

  private func evaluateBatch(
    center: Int, _ species: UnsafePointer<Int>, _ output: ForceOutput, _ rows: ParameterRows<Whole>?
  ) {
    let moments = centerMoments.base.assumingMemoryBound(to: Double.self)
    for slot in 0..<batch.count {
      kernel.computeGeometry(batch, slot: slot)
      kernel.computeRadial(batch, slot: slot, center: center, species: species)
      kernel.computeMoments(batch, slot: slot, into: moments + slot * momentCount)
    }
    transposeMoments()
    program.computeValues(values.base)
    let energies = program.computeAdjoints(values.base, adjoints.base)
    let rounded = roundAdjoints()
    for slot in 0..<batch.count {
      kernel.computeGradients(batch, slot: slot, adjoints: rounded + slot, contractions: rows?.contractionsBase)
      rows?.accumulate(batch, kernel, slot: slot, species: species)
      output.energies[Int(batch.centers[slot])] += file.speciesCoefficients[center] + energies[slot]
      if file.radialBasis == .repulsiveChebyshev { addRepulsion(slot, output) }
    }
    batch.scatter(into: output)
    rows?.append(batch, values: values.base, center: center)
  }

  /// How many centers of the batch have a neighbor closer than the shortest distance that the potential was fitted to.
  ///
  /// Below it the Chebyshev polynomials leave [−1, 1] and grow without bound, and so do the forces, without a word.
  private var closeApproaches: Int {
    let limit = file.minimumDistance * file.minimumDistance
    return (0..<batch.count).reduce(0) { $0 + (batch.nearestSquares[$1] < limit ? 1 : 0) }
  }

  /// [center][moment] to [moment][8].
  private func transposeMoments() {
    let moments = centerMoments.base.assumingMemoryBound(to: Double.self), n = momentCount
    let lanes = values.base.assumingMemoryBound(to: SIMD8<Double>.self)
    for index in 0..<n {
      let at = moments + index
      lanes[index] = SIMD8(at[0], at[n], at[2 &* n], at[3 &* n], at[4 &* n], at[5 &* n], at[6 &* n], at[7 &* n])
    }
  }

  private func roundAdjoints() -> UnsafePointer<Scalar> {
    let exact = adjoints.base.assumingMemoryBound(to: Double.self)
    let rounded = roundedAdjoints.base.assumingMemoryBound(to: Scalar.self)
    for index in 0..<momentCount * EnvironmentBatch.width { rounded[index] = Scalar(exact[index]) }
    return UnsafePointer(rounded)
  }

  /// 10⁴ (exp(−10 (r − 1)) − exp(−10 (a − 1))) for each neighbor nearer than a, the file's least distance.
  private func addRepulsion(_ slot: Int, _ output: ForceOutput) {
    let least = file.minimumDistance
    for lane in batch.starts[slot]..<batch.starts[slot] + batch.lengths[slot] {
      let d = SIMD3(batch.x[lane], batch.y[lane], batch.z[lane]), r = (d * d).sum().squareRoot()
      guard r < least else { continue }
      let (energy, slope) = Self.repulsion(r, least)
      output.energies[Int(batch.centers[slot])] += energy
      batch.gradientX[lane] += slope * d.x / r
      batch.gradientY[lane] += slope * d.y / r
      batch.gradientZ[lane] += slope * d.z / r
    }
  }

  private static func repulsion(_ r: Double, _ least: Double) -> (energy: Double, slope: Double) {
    let here = exponential(-10 * (r - 1))
    return (1e4 * (here - exponential(-10 * (least - 1))), -1e5 * here)
  }
}
