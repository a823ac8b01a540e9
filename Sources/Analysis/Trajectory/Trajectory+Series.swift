import Atomistics
import Communication
import Diagnostics
import Numerics

/// What a series holds.
public enum SeriesQuantity: Sendable {
  /// Unwrapped displacements since the first frame, Å.
  case displacements
  /// Unwrapped coordinates in parts of the cell vectors. A reference frame takes away what it moved since the first frame.
  case coordinates
  /// Å/ps.
  case velocities
}

/// What was learnt of the trajectory on the way.
public struct SeriesSummary: Sendable {
  /// Å³; 0 without a cell.
  public var meanVolume = 0.0
  /// The largest part of a periodic cell edge that an atom moved from one frame to the next.
  public var largestStep = 0.0

  /// What to tell the user; unwrapping is ambiguous from half a cell on.
  public var warning: String? {
    guard largestStep > 0.4 else { return nil }
    let percent = Int((100 * largestStep).rounded())
    return "an atom moved by \(percent) % of the cell between two frames: unwrapping may be wrong; write frames more often"
  }
}

extension Trajectory {
  /// Walks over the atoms, each on one rank, with their motion over all frames; a trajectory larger than memory in several
  /// passes over the file. Collective, and `body` may be: it is called equally often on all ranks.
  ///
  /// Frames are read in blocks, each frame by one rank, and exchanged so that each rank has its atoms' whole history.
  ///
  /// - Parameters:
  ///   - memory: bytes a rank may use for the series.
  ///   - progress: called on every rank with the part that is done.
  @discardableResult
  public func forEachSeries(
    of quantity: SeriesQuantity, in reference: ReferenceFrame = .raw, memory: Int = 1 << 30,
    progress: (Double) -> Void = { _ in }, _ body: (SeriesBatch) throws -> Void
  ) throws -> SeriesSummary {
    let weights = try communicator.together { try reference.weights(of: self) }
    let bytesPerAtom = 3 * frameCount * MemoryLayout<Double>.stride
    let atomsPerPass = min(atomCount, max(1, memory / bytesPerAtom) * communicator.size)
    let passCount = (atomCount + atomsPerPass - 1) / atomsPerPass
    let passes = (0..<passCount).map { $0 * atomCount / passCount..<($0 + 1) * atomCount / passCount }
    // With one pass the common motion comes from what is in memory; else a walk of its own finds it first.
    let walkCount = Double(passCount + (weights != nil && passCount > 1 ? passCount : 0))
    var walk = 0.0, summary = SeriesSummary()
    func load(_ pass: Range<Int>) throws -> SeriesBatch {
      let loaded = try SeriesLoader(self, quantity, atoms: pass).load { progress((walk + $0) / walkCount) }
      walk += 1
      let largestStep = max(summary.largestStep, loaded.summary.largestStep)
      summary = loaded.summary
      summary.largestStep = largestStep
      return loaded.batch
    }
    var common = [Double](repeating: 0, count: weights == nil ? 0 : 3 * frameCount)
    func finishCommon() {
      common = communicator.sum(common)
      guard quantity == .coordinates else { return }
      for axis in 0..<3 {
        let first = common[axis * frameCount]
        for frame in 0..<frameCount { common[axis * frameCount + frame] -= first }
      }
    }
    if let weights, passCount > 1 {
      for pass in passes { try load(pass).addWeightedSum(weights, to: &common) }
      finishCommon()
    }
    for pass in passes {
      let batch = try load(pass)
      if let weights {
        if passCount == 1 {
          batch.addWeightedSum(weights, to: &common)
          finishCommon()
        }
        batch.subtract(common)
      }
      try body(batch)
    }
    return summary
  }
}
