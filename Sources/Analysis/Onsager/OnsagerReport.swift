import Atomistics
import Numerics

/// Onsager coefficients of a trajectory's species, and what follows from them.
public struct OnsagerReport {
  public let trajectory: TrajectoryFacts
  public let options: OnsagerOptions
  public let quantity: MotionQuantity
  public let species: [Element]
  public let counts: [Int]
  /// Å³.
  public let volume: Double
  /// ps of the fit's window or of the integral; nil for spectra.
  public let window: [Double]?
  public let blockCount: Int
  /// ps.
  public let blockLength: Double
  public let warnings: [String]

  /// L, 1/(eV Å ps), [species][species].
  public let onsager: [[Estimate]]
  /// Of L: mean and standard error over blocks, and the standard error from resampling them.
  public let blockMeans, blockErrors: DenseMatrix
  public let bootstrapErrors: DenseMatrix
  /// L_ii^self = N_i D_i/(k_B T V), [species], and the rest of L, [species][species].
  public let selfParts: [Estimate]
  public let distinctParts: [[Estimate]]
  /// Å²/ps, [species].
  public let diffusion: [Estimate]
  /// Of L, ascending.
  public let eigenvalues: [Estimate]
  /// |Σ_i m_i L_ij| over Σ_i m_i |L_ij|, the largest of all j: 0 in the barycentric frame.
  public let massSum: Double
  /// With charges only.
  public let ionic: IonicResults?
  /// With gradients only.
  public let fluxes: FluxResults?
  let curves: OnsagerCurves?
  let theory: CepstralTransport?

  /// What charges give.
  public struct IonicResults {
    /// [species], e.
    public let charges: [Double]
    /// S/m.
    public let conductivity, nernstEinstein: Estimate
    public let havenRatio, ionicity: Estimate
    /// [species].
    public let transference: [Estimate]
    /// [species], Å²/(V ps).
    public let mobility: [Estimate]
  }

  /// No eigenvalue is negative by more than twice its error, or rounding.
  public var isPositiveSemidefinite: Bool {
    let rounding = 1e-9 * (eigenvalues.last?.value ?? 0)
    return eigenvalues.allSatisfy { $0.value >= -2 * $0.standardError - rounding }
  }

  init(
    _ analysis: OnsagerAnalysis, motion: CollectiveMotion, sample: TransportSample, uncertainty: BlockUncertainty,
    lags: ClosedRange<Int>?, curves: OnsagerCurves?, theory: CepstralTransport?, warnings: [String]
  ) {
    trajectory = TrajectoryFacts(analysis.trajectory)
    (options, quantity, volume) = (analysis.options, motion.quantity, motion.volume)
    (species, counts, self.warnings) = (motion.species, motion.counts, warnings)
    window = lags.map { [Double($0.lowerBound) * motion.spacing, Double($0.upperBound) * motion.spacing] }
    blockCount = uncertainty.blocks.count
    blockLength = Double(motion.segments[1].count) * motion.spacing
    (self.curves, self.theory) = (curves, theory)

    let thermalVolume = analysis.thermalEnergy * motion.volume, count = motion.species.count, all = 0..<count
    onsager = all.map { i in
      all.map { j in
        let blocks = uncertainty.linear(sample.onsager[i, j]) { $0.onsager[i, j] }
        return theory.map { Estimate(blocks.value, error: $0.standardErrors[i, j]) } ?? blocks
      }
    }
    blockMeans = TransportSample.mean(uncertainty.blocks).onsager
    func matrix(_ error: ((TransportSample) -> Double) -> Double) -> DenseMatrix {
      DenseMatrix(
        rows: count, columns: count, elements: all.flatMap { i in all.map { j in error { $0.onsager[i, j] } } })
    }
    blockErrors = matrix { uncertainty.linear(0, $0).standardError }
    bootstrapErrors = matrix(uncertainty.bootstrapError)
    diffusion = all.map { i in
      let blocks = uncertainty.linear(sample.diffusion[i]) { $0.diffusion[i] }
      return theory.map { Estimate(blocks.value, error: $0.diffusionErrors[i]) } ?? blocks
    }
    func selfPart(_ i: Int) -> (TransportSample) -> Double {
      { Double(motion.counts[i]) * $0.diffusion[i] / thermalVolume }
    }
    selfParts = all.map { uncertainty.linear(selfPart($0)(sample), selfPart($0)) }
    distinctParts = all.map { i in
      all.map { j in
        let distinct = { (s: TransportSample) in s.onsager[i, j] - (i == j ? selfPart(i)(s) : 0) }
        return uncertainty.linear(distinct(sample), distinct)
      }
    }
    let eigenvalues = sample.onsager.symmetricEigenvalues
    self.eigenvalues = all.map { k in uncertainty.general(eigenvalues[k]) { $0.onsager.symmetricEigenvalues[k] } }
    massSum = all.map { j in
      let parts = all.map { motion.masses[$0] * sample.onsager[$0, j] }
      let size = parts.reduce(0) { $0 + abs($1) }
      return size > 0 ? abs(parts.reduce(0, +)) / size : 0
    }.max() ?? 0
    ionic = analysis.charges.map {
      IonicResults($0, sample, uncertainty, motion, thermalVolume: thermalVolume)
    }
    fluxes = analysis.gradients.map {
      FluxResults(gradients: $0, charges: analysis.charges, sample, uncertainty)
    }
  }
}

extension OnsagerReport.IonicResults {
  init(
    _ charges: [Double], _ sample: TransportSample, _ uncertainty: BlockUncertainty, _ motion: CollectiveMotion,
    thermalVolume: Double
  ) {
    let transport = IonicTransport(
      counts: motion.counts, charges: charges, thermalVolume: thermalVolume, volume: motion.volume)
    func linear(_ quantity: (TransportSample) -> Double) -> Estimate { uncertainty.linear(quantity(sample), quantity) }
    func general(_ quantity: (TransportSample) -> Double) -> Estimate { uncertainty.general(quantity(sample), quantity) }
    self.charges = charges
    conductivity = linear(transport.conductivity)
    nernstEinstein = linear(transport.nernstEinstein)
    havenRatio = general(transport.havenRatio)
    ionicity = general(transport.ionicity)
    transference = charges.indices.map { i in general { transport.transference($0, i) } }
    mobility = charges.indices.map { i in linear { transport.mobility($0, i) } }
  }
}

extension Estimate {
  /// With a normal distribution's interval.
  init(_ value: Double, error: Double) {
    self.init(value: value, standardError: error, halfWidth95: 1.959964 * error)
  }
}
