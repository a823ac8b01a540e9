import Diagnostics
import Numerics

/// Spectra at zero frequency.
extension OnsagerAnalysis {
  func bySpectra(_ progress: (Double) -> Void) throws -> OnsagerReport {
    let blocks = try trajectory.communicator.together { () throws -> [Range<Int>] in
      let blocks = BlockAverage.ranges(of: frameCount, count: options.blockCount ?? 10)
      guard blocks.count >= 3, blocks[0].count >= 32 else {
        throw Failure.input(
          "\(blocks.count) blocks of \(blocks[0].count) frames are too few or too short for spectra",
          at: Place(file: trajectory.path), remedy: "use 3 to 10 --blocks of at least 32 frames")
      }
      return blocks
    }
    let motion = try self.motion(.periodogram, blocks: blocks, largestLags: (0, 0), progress)
    let results = try trajectory.communicator.together {
      try motion.segments.indices.map { try sample(motion, $0) }
    }
    return OnsagerReport(
      self, motion: motion, sample: results[0].sample,
      uncertainty: BlockUncertainty(results.dropFirst().map(\.sample), seed: options.seed), lags: nil, curves: nil,
      theory: results[0], warnings: motion.warning.map { [$0] } ?? [])
  }

  /// Twice the coefficients of the criterion: without them the intervals hold the exact value in one case of three where
  /// currents decay slowly.
  private static var factor: Int { 2 }

  /// One segment's coefficients.
  private func sample(_ motion: CollectiveMotion, _ number: Int) throws -> CepstralTransport {
    let segment = motion.segments[number], spectra = SpectralMatrix(motion.currents(segment))
    let matrix = try CepstralMatrix(spectra, range: options.range, factor: Self.factor)
    let diffusion = try motion.species.indices.map { s in
      let axes = 3 * motion.counts[s], scale = spacing / Double(segment.count * axes)
      return try CepstralMatrix.estimate(
        spectrum: motion.selfParts[number][s].map { scale * $0 }, frameCount: segment.count, interval: spacing,
        degreesOfFreedom: Double(axes), options.range, Self.factor)
    }
    let factor = 0.5 / (thermalEnergy * motion.volume)
    return CepstralTransport(
      spectra: spectra, matrix: matrix, standardErrors: factor * matrix.standardErrors,
      diffusionErrors: diffusion.map { 0.5 * $0.standardError },
      sample: TransportSample(
        onsager: factor * matrix.values, diffusion: diffusion.map { 0.5 * $0.zeroFrequency }))
  }
}

/// Coefficients from spectra, with the errors that theory gives them.
struct CepstralTransport {
  let spectra: SpectralMatrix
  let matrix: CepstralMatrix
  /// Of L, 1/(eV Å ps).
  let standardErrors: DenseMatrix
  /// Of D, Å²/ps.
  let diffusionErrors: [Double]
  let sample: TransportSample
}
