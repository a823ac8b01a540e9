import Numerics

/// The matrix of Onsager coefficients and the self-diffusion coefficients of one piece of a trajectory.
struct TransportSample {
  /// 1/(eV Å ps), species × species.
  var onsager: DenseMatrix
  /// [species], Å²/ps.
  var diffusion: [Double]

  /// From correlation functions.
  /// - Parameters:
  ///   - collective: [i][j][lags].
  ///   - selfPart: [species][lags], summed over atoms and axes.
  init(_ weights: LagWeights, collective: [[[Double]]], selfPart: [[Double]], counts: [Int], thermalVolume: Double) {
    onsager = DenseMatrix(
      rows: counts.count, columns: counts.count,
      elements: collective.flatMap { row in row.map { weights.sum(over: $0) / thermalVolume } })
    diffusion = zip(selfPart, counts).map { weights.sum(over: $0) / Double($1) }
  }

  init(onsager: DenseMatrix, diffusion: [Double]) { (self.onsager, self.diffusion) = (onsager, diffusion) }

  static func mean(_ samples: [TransportSample]) -> TransportSample {
    let scale = 1 / Double(samples.count), first = samples[0]
    return TransportSample(
      onsager: scale * samples.dropFirst().reduce(first.onsager) { $0 + $1.onsager },
      diffusion: first.diffusion.indices.map { i in samples.reduce(0) { $0 + $1.diffusion[i] } * scale })
  }
}
