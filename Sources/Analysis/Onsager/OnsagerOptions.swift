/// How Onsager coefficients are found.
public enum OnsagerMethod: String, Sendable, Encodable, CaseIterable {
  /// L_ij = (1/(6 k_B T V)) lim d/dt ⟨ΔR_i(t) · ΔR_j(t)⟩.
  case einstein
  /// L_ij = (1/(3 k_B T V)) ∫₀^∞ ⟨J_i(0) · J_j(t)⟩ dt.
  case greenKubo = "green-kubo"
  /// L_ij = S_ij(f = 0)/(2 k_B T V), each by cepstral analysis.
  case cepstral
}

/// How a slope is found.
public enum SlopeEstimator: String, Sendable, Encodable, CaseIterable {
  /// Generalized least squares with the covariance of a Brownian walk: least error where the window is diffusive from its
  /// start.
  case generalized = "gls"
  /// Ordinary least squares.
  case ordinary = "ols"
  /// The mean over blocks of ordinary least squares.
  case blocks
}

/// What to find of a trajectory's collective transport.
public struct OnsagerOptions: Sendable {
  /// K.
  public var temperature: Double
  /// nil: no conductivity.
  public var charges: SpeciesValues?
  public var reference = ReferenceFrame.raw
  public var method = OnsagerMethod.einstein
  public var estimator = SlopeEstimator.generalized
  /// nil: from where the self-diffusion of the fastest species is diffusive.
  public var window: FitWindow?
  /// Where Green–Kubo integrals end, ps; nil: where all correlations are lost in noise.
  public var integrateTo: Double?
  /// Of the cepstral method, 1/ps.
  public var range = FrequencyRange.best
  /// nil: displacements for the Einstein form, velocities for the others where the file has them.
  public var currents: MotionQuantity?
  /// nil: between 5 and 20, as long as they are at least five times the window.
  public var blockCount: Int?
  /// The largest lag that is written, ps; nil: ten times the window.
  public var maximumLag: Double?
  /// −J = L ∇μ: eV/Å, zero where not named.
  public var gradients: SpeciesValues?
  public var seed: UInt32 = 1
  /// Bytes a rank may use for series.
  public var memory = 1 << 30

  public init(temperature: Double) { self.temperature = temperature }
}
