import Atomistics
import Communication

/// What the diffusion of one species is estimated from, summed over its atoms.
final class SpeciesMotion {
  let element: Element
  let frameCount: Int
  private(set) var moments: DisplacementMoments
  private let correlator: LagCorrelator
  private var axes: [LagCorrelator.PairSum]
  /// The lag at which atoms are tested for moving independently.
  private let testLag: Int
  /// [frames − test lag]: Σ |Δu|² of the species' atoms, and Σ |Δu|⁴ over frames and atoms.
  private var simultaneous: [Double]
  private var fourth = 0.0

  init(_ element: Element, correlator: LagCorrelator, lags: [Int], blockCount: Int, testLag: Int) {
    (self.element, self.correlator, self.testLag) = (element, correlator, testLag)
    frameCount = correlator.frameCount
    moments = DisplacementMoments(lags: lags, frameCount: frameCount, blockCount: blockCount)
    axes = (0..<3).map { _ in correlator.emptySum() }
    simultaneous = [Double](repeating: 0, count: frameCount - testLag)
  }

  func add(_ batch: SeriesBatch, atom: Int) {
    let series = batch.series(atom: atom, axis: 0)
    for axis in 0..<3 { correlator.add(series + axis * frameCount, to: &axes[axis]) }
    moments.add(series)
    addSimultaneous(series)
  }

  private func addSimultaneous(_ x: UnsafePointer<Double>) {
    let y = x + frameCount, z = y + frameCount, lag = testLag
    simultaneous.withUnsafeMutableBufferPointer { total in
      for t in 0..<total.count {
        let dx = x[t + lag] - x[t], dy = y[t + lag] - y[t], dz = z[t + lag] - z[t]
        let square = dx * dx + dy * dy + dz * dz
        total[t] += square
        fourth += square * square
      }
    }
  }

  /// Over the ranks. Collective, once.
  func combine(over communicator: Communicator) {
    for axis in 0..<3 { axes[axis].combine(over: communicator) }
    moments.combine { communicator.sum($0) }
    simultaneous = communicator.sum(simultaneous)
    fourth = communicator.sum(fourth)
  }

  var atomCount: Int { moments.atomCount }

  /// [3][lags from 0]: the mean-square displacement along each axis, Å².
  func displacements() -> [[Double]] {
    axes.map { sum in correlator.displacements(of: sum).map { $0 / Double(atomCount) } }
  }

  /// How many atoms that move independently would scatter as these do: N var(|Δu|²)/N² over the variance of the mean.
  ///
  /// At most N, from the windows of one lag; molecules count about once.
  var independentAtoms: Double {
    let count = Double(simultaneous.count), n = Double(atomCount)
    let mean = simultaneous.reduce(0, +) / count
    let together = simultaneous.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    let single = fourth / (count * n) - (mean / n) * (mean / n)
    guard together > 0, single > 0 else { return n }
    return min(n, max(1, n * n * single / together))
  }
}
