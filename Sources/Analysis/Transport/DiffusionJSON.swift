import Foundation

/// The JSON of `swmd analyze msd`. What is not a number is null.
struct DiffusionJSON: Encodable {
  let trajectory: TrajectoryFacts
  let parameters: Parameters
  let units: [String: String]
  let lags_ps: [Double]
  let species: [String: Species]
  let mean_volume_A3: Double?
  let finite_size_correction_A2_per_ps: Double?
  let sigma_NE_S_per_m: Double?
  let sigma_NE_stderr: Double?
  let warnings: [String]

  struct Parameters: Encodable {
    let frame: String
    let estimator: String
    let fit_ps: [Double]?
    let max_lag_ps: Double
    let blocks: Int
    let temperature_K: Double?
    let viscosity_mPa_s: Double?
    let charges_e: [String: Double]?
  }

  struct Species: Encodable {
    let atoms: Int
    let msd_A2: [Double]
    let D_A2_per_ps: Double
    let D_stderr: Double?
    let D_interval95: [Double]?
    let intercept_A2: Double?
    let intercept_stderr: Double?
    let estimator: String
    let fallback: Bool
    let fallback_reason: String?
    let fit_ps: [Double]
    let diffusive: Bool
    let loglog_slope: Double?
    let D_tensor_A2_per_ps: [[Double]]
    let D_axes_A2_per_ps: [Double]
    let D_axes_stderr: [Double]?
    let D_posterior: Posterior?
    let D_infinite_A2_per_ps: Double?
    let independent_atoms: Double
    let estimates: [String: DiffusionEstimate]
  }

  /// Of D, for a flat prior on D ≥ 0.
  struct Posterior: Encodable {
    let mean: Double
    let stddev: Double
    let interval95: [Double]
  }

  init(_ report: DiffusionReport) {
    let diffusion = report.diffusion, options = diffusion.options
    trajectory = report.facts
    parameters = Parameters(
      frame: options.reference.name, estimator: options.estimator.rawValue,
      fit_ps: options.window.map { [$0.lower, $0.upper] }, max_lag_ps: diffusion.lags[diffusion.lags.count - 1],
      blocks: options.blockCount, temperature_K: report.conditions.temperature,
      viscosity_mPa_s: report.conditions.viscosity,
      charges_e: report.conditions.charges.map { charges in
        Dictionary(uniqueKeysWithValues: zip(diffusion.species.map(\.element.symbol), charges))
      })
    units = [
      "lags_ps": "ps", "fit_ps": "ps", "msd_A2": "Å²", "D_A2_per_ps": "Å²/ps = 1e-8 m²/s",
      "D_stderr": "Å²/ps, one standard error", "intercept_A2": "Å²", "sigma_NE_S_per_m": "S/m",
    ]
    lags_ps = diffusion.lags
    let correction = report.conditions.finiteSizeCorrection(volume: diffusion.meanVolume)
    finite_size_correction_A2_per_ps = correction
    let conductivity = report.conditions.conductivity(diffusion)
    (sigma_NE_S_per_m, sigma_NE_stderr) = (conductivity?.value, conductivity?.error)
    species = Dictionary(
      uniqueKeysWithValues: diffusion.species.map { ($0.element.symbol, Species($0, correction: correction)) })
    mean_volume_A3 = diffusion.meanVolume > 0 ? diffusion.meanVolume : nil
    warnings = diffusion.warnings
  }
}

extension DiffusionJSON.Species {
  init(_ one: SpeciesDiffusion, correction: Double?) {
    atoms = one.atomCount
    msd_A2 = one.displacement
    D_A2_per_ps = one.result.D_A2_per_ps
    D_stderr = one.result.D_stderr
    D_interval95 = one.result.D_interval95
    intercept_A2 = one.result.intercept_A2
    intercept_stderr = one.result.intercept_stderr
    estimator = one.estimator.rawValue
    fallback = one.fallback != nil
    fallback_reason = one.fallback
    fit_ps = [one.window.lower, one.window.upper]
    diffusive = one.isDiffusive
    loglog_slope = one.logSlope.isFinite ? one.logSlope : nil
    D_tensor_A2_per_ps = one.tensor
    D_axes_A2_per_ps = (0..<3).map { one.tensor[$0][$0] }
    D_axes_stderr = one.axisErrors
    D_posterior = one.posterior.map {
      let interval = $0.interval95
      return .init(mean: $0.mean, stddev: $0.standardDeviation, interval95: [interval.lowerBound, interval.upperBound])
    }
    D_infinite_A2_per_ps = correction.map { one.result.D_A2_per_ps + $0 }
    independent_atoms = one.independentAtoms
    estimates = Dictionary(uniqueKeysWithValues: one.estimates.map { ($0.key.rawValue, $0.value) })
  }
}
