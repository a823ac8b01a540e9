import AtomicClusterFiles
import PotentialKit

/// The nearest neighbor of each center of a batch, by r − (r_in − Δ_in) of its bond.
struct NearestNeighbors {
  /// min_j [r_j − (r_in − Δ_in)], Å; the largest cutoff where there is no neighbor.
  var measures = SIMD8<Double>.zero
  /// Its Δ_in; 0 without a neighbor.
  var widths = SIMD8<Double>.zero
  /// −1 without a neighbor.
  var columns = SIMD8<Int>(repeating: -1)
  /// What its distance adds to the radial derivative, eV/Å.
  var slopes = SIMD8<Double>.zero

  mutating func reset(to cutoff: Double) {
    measures = SIMD8(repeating: cutoff)
    widths = .zero
    columns = SIMD8(repeating: -1)
    slopes = .zero
  }
}

extension ClusterEvaluator {
  func findNearest(_ bond: BondKernel, _ kind: Int) {
    for column in columns.columns(of: kind) {
      let distances = columns.distances(column)
      for lane in 0..<EnvironmentBatch.width where columns.isNeighbor(lane, column: column, kind: kind) {
        let measure = distances[lane] - bond.innerEnd
        guard measure < nearest.measures[lane] else { continue }
        nearest.measures[lane] = measure
        nearest.widths[lane] = bond.innerWidth
        nearest.columns[lane] = column
      }
    }
  }

  /// E_i = f E_ACE + (ρ_core or its share) + E0 and their derivatives by ρ_p and ρ_core, for every center of the batch.
  func addEnergies(_ kernel: CenterKernel, _ batch: borrowing EnvironmentBatch, _ output: ForceOutput) {
    let basis = kernel.basis, width = EnvironmentBatch.width, count = basis.densityCount
    let density = densities.base.assumingMemoryBound(to: Double.self)
    let slope = slopes.base.assumingMemoryBound(to: Double.self)
    for lane in 0..<width {
      var energy = 0.0
      for p in 0..<count {
        let f = basis.embedding.evaluate(density[p * width + lane], exponent: basis.exponents[p])
        energy += basis.weights[p] * f.value
        embeddingSlopes[p * width + lane] = basis.weights[p] * f.slope
      }
      let core = density[count * width + lane]
      let share = innerCutoff == .zbl ? repulsionByNearest(lane, energy, core) : repulsionByDensity(basis, energy, core)
      for p in 0..<count { slope[p * width + lane] = share.factor * embeddingSlopes[p * width + lane] }
      slope[count * width + lane] = share.coreSlope
      if lane < batch.count {
        output.energies[Int(batch.centers[lane])] += share.factor * energy + share.core + kernel.energyShift
      }
    }
  }

  private struct Share {
    /// f of E_ACE.
    var factor: Double
    /// What the core adds to the energy, eV, and dE/dρ_core.
    var core, coreSlope: Double
  }

  private func repulsionByDensity(_ basis: CenterBasis, _ energy: Double, _ core: Double) -> Share {
    let f = RadialFunctions.step(Dual(core, slope: 1), radius: basis.coreCutoff, width: basis.coreCutoffWidth)
    return Share(factor: f.value, core: core, coreSlope: 1 + energy * f.slope)
  }

  private func repulsionByNearest(_ lane: Int, _ energy: Double, _ core: Double) -> Share {
    guard nearest.columns[lane] >= 0 else { return Share(factor: 1, core: 0, coreSlope: 0) }
    let width = nearest.widths[lane]
    let f = RadialFunctions.step(Dual(width - nearest.measures[lane], slope: -1), radius: width, width: width)
    nearest.slopes[lane] = (energy - core) * f.slope
    return Share(factor: f.value, core: (1 - f.value) * core, coreSlope: 1 - f.value)
  }

  /// The nearest neighbor's distance also decides how much of E_ACE there is.
  func addNearest(_ gradient: UnsafeMutablePointer<Double>, column: Int) {
    let width = EnvironmentBatch.width, vector = columns.vector(column).assumingMemoryBound(to: Double.self)
    for lane in 0..<width where nearest.columns[lane] == column {
      let factor = nearest.slopes[lane] / columns.distances(column)[lane]
      for axis in 0..<3 { gradient[axis * width + lane] += factor * vector[axis * width + lane] }
    }
  }
}
