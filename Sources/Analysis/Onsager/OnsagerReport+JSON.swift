import Atomistics
import Formats
import Numerics

extension OnsagerReport {
  public static var kind: String { "onsager" }

  public var json: String { get throws { try jsonText(Results(self)) } }

  private struct Parameters: Encodable {
    let temperature_K: Double
    let charges: [String: Double]?
    let frame: String
    let method: OnsagerMethod
    let estimator: SlopeEstimator?
    let currents: MotionQuantity
    let window_ps: [Double]?
    let nyquist_THz: [Double]?
    let blocks: Int
    let block_ps: Double
    let volume_A3: Double
    let seed: UInt32
  }

  private struct Blocks: Encodable {
    let count: Int
    let mean, stderr: [[Double]]
  }

  private struct Bootstrap: Encodable {
    let replicas: Int
    let stderr: [[Double]]
  }

  private struct Curves: Encodable {
    let lags_ps: [Double]
    /// [lags][species][species].
    let collective_A2: [[[Double]]]?
    let current_correlation_A2_per_ps2, L_running, L_running_stderr: [[[Double]]]?

    init(_ method: OnsagerMethod, _ curves: OnsagerCurves) {
      lags_ps = curves.lags
      let correlations = byLag(curves.correlations)
      collective_A2 = method == .einstein ? correlations : nil
      current_correlation_A2_per_ps2 = method == .greenKubo ? correlations : nil
      L_running = method == .greenKubo ? byLag(curves.running) : nil
      L_running_stderr = method == .greenKubo ? byLag(curves.runningErrors) : nil
    }
  }

  private struct Results: Encodable {
    let trajectory: TrajectoryFacts
    let parameters: Parameters
    let units = [
      "L": "1/(eV Å ps)", "D": "Å²/ps", "sigma": "S/m", "mobility": "Å²/(V ps)", "flux": "1/(Å² ps)", "lags": "ps",
      "current_density": "A/m²",
    ]
    let warnings: [String]
    let species: [String]
    let L_per_eV_A_ps, L_stderr, L_halfwidth95: [[Double]]
    let L_blocks: Blocks
    let L_bootstrap: Bootstrap
    let L_self, L_self_stderr: [String: Double]
    let L_distinct, L_distinct_stderr: [[Double]]
    let L_eigenvalues, L_eigenvalues_stderr: [Double]
    let positive_semidefinite: Bool
    let mass_sum_rule: Double
    let D_A2_per_ps, D_stderr, D_halfwidth95: [String: Double]
    let sigma_S_per_m, sigma_stderr, sigma_halfwidth95: Double?
    let sigma_NE_S_per_m, sigma_NE_stderr, haven_ratio, haven_stderr, ionicity, ionicity_stderr: Double?
    let transference, transference_stderr, mobility_A2_per_V_ps, mobility_stderr: [String: Double]?
    let gradient_eV_per_A, flux_per_A2_ps, flux_stderr, flux_halfwidth95: [String: Double]?
    let current_density_A_per_m2, current_density_stderr: Double?
    let P_star: [Int]?
    let correlations: Curves?

    init(_ report: OnsagerReport) {
      let names = report.species.map(\.symbol), ionic = report.ionic, fluxes = report.fluxes
      func named(_ values: [Double]) -> [String: Double] {
        Dictionary(uniqueKeysWithValues: zip(names, values).filter { $0.1.isFinite })
      }
      func matrix(_ estimates: [[Estimate]], _ part: (Estimate) -> Double) -> [[Double]] { estimates.map { $0.map(part) } }
      trajectory = report.trajectory
      parameters = Parameters(
        temperature_K: report.options.temperature, charges: ionic.map { named($0.charges) },
        frame: report.options.reference.name, method: report.options.method,
        estimator: report.options.method == .einstein ? report.options.estimator : nil, currents: report.quantity,
        window_ps: report.window, nyquist_THz: report.nyquist, blocks: report.blockCount, block_ps: report.blockLength,
        volume_A3: report.volume, seed: report.options.seed)
      (warnings, species) = (report.warnings, names)
      L_per_eV_A_ps = matrix(report.onsager, \.value)
      L_stderr = matrix(report.onsager, \.standardError)
      L_halfwidth95 = matrix(report.onsager, \.halfWidth95)
      L_blocks = Blocks(count: report.blockCount, mean: report.blockMeans.nested, stderr: report.blockErrors.nested)
      L_bootstrap = Bootstrap(replicas: Analysis.Bootstrap().replicaCount, stderr: report.bootstrapErrors.nested)
      L_self = named(report.selfParts.map(\.value))
      L_self_stderr = named(report.selfParts.map(\.standardError))
      L_distinct = matrix(report.distinctParts, \.value)
      L_distinct_stderr = matrix(report.distinctParts, \.standardError)
      L_eigenvalues = report.eigenvalues.map(\.value)
      L_eigenvalues_stderr = report.eigenvalues.map(\.standardError)
      positive_semidefinite = report.isPositiveSemidefinite
      mass_sum_rule = report.massSum
      D_A2_per_ps = named(report.diffusion.map(\.value))
      D_stderr = named(report.diffusion.map(\.standardError))
      D_halfwidth95 = named(report.diffusion.map(\.halfWidth95))
      sigma_S_per_m = ionic?.conductivity.value.finite
      sigma_stderr = ionic?.conductivity.standardError.finite
      sigma_halfwidth95 = ionic?.conductivity.halfWidth95.finite
      sigma_NE_S_per_m = ionic?.nernstEinstein.value.finite
      sigma_NE_stderr = ionic?.nernstEinstein.standardError.finite
      haven_ratio = ionic?.havenRatio.value.finite
      haven_stderr = ionic?.havenRatio.standardError.finite
      ionicity = ionic?.ionicity.value.finite
      ionicity_stderr = ionic?.ionicity.standardError.finite
      transference = ionic.map { named($0.transference.map(\.value)) }
      transference_stderr = ionic.map { named($0.transference.map(\.standardError)) }
      mobility_A2_per_V_ps = ionic.map { named($0.mobility.map(\.value)) }
      mobility_stderr = ionic.map { named($0.mobility.map(\.standardError)) }
      gradient_eV_per_A = fluxes.map { named($0.gradients) }
      flux_per_A2_ps = fluxes.map { named($0.fluxes.map(\.value)) }
      flux_stderr = fluxes.map { named($0.fluxes.map(\.standardError)) }
      flux_halfwidth95 = fluxes.map { named($0.fluxes.map(\.halfWidth95)) }
      current_density_A_per_m2 = fluxes?.currentDensity?.value
      current_density_stderr = fluxes?.currentDensity?.standardError
      P_star = report.theory?.matrix.diagonal.map(\.coefficientCount)
      correlations = report.curves.map { Curves(report.options.method, $0) }
    }
  }

  /// THz, of each species' spectrum.
  private var nyquist: [Double]? {
    theory.map { theory in theory.matrix.diagonal.map { theory.spectra.frequency($0.frequencyLimit) } }
  }
}

/// [i][j][lags] as [lags][i][j].
private func byLag(_ values: [[[Double]]]) -> [[[Double]]] {
  values[0][0].indices.map { lag in values.map { row in row.map { $0[lag] } } }
}

extension Double {
  /// nil where there is no number: JSON has none for it.
  fileprivate var finite: Double? { isFinite ? self : nil }
}
