import Numerics

/// Fluxes in given gradients of the (electro)chemical potentials, J_i = −Σ_j L_ij ∇μ_j.
///
/// S. R. de Groot and P. Mazur, Non-Equilibrium Thermodynamics (1962), chapter XI.
public struct FluxResults {
  /// A/m² of e/(Å² ps).
  static let amperesPerSquareMeter = 1.602176634e13

  /// [species], eV/Å.
  public let gradients: [Double]
  /// [species], 1/(Å² ps), along the gradient.
  public let fluxes: [Estimate]
  /// A/m²; nil without charges.
  public let currentDensity: Estimate?

  init(gradients: [Double], charges: [Double]?, _ sample: TransportSample, _ uncertainty: BlockUncertainty) {
    self.gradients = gradients
    func flux(_ i: Int) -> (TransportSample) -> Double { { -($0.onsager * gradients)[i] } }
    fluxes = gradients.indices.map { uncertainty.linear(flux($0)(sample), flux($0)) }
    currentDensity = charges.map { charges in
      let current = { (s: TransportSample) in
        -Self.amperesPerSquareMeter * zip(charges, s.onsager * gradients).reduce(0) { $0 + $1.0 * $1.1 }
      }
      return uncertainty.linear(current(sample), current)
    }
  }
}
