import Atomistics
import Numerics

/// What follows from Onsager coefficients.
///
/// With J_i = −Σ_j L_ij ∇μ_j and charges z_i e: conductivity σ = e² Σ_ij z_i z_j L_ij; Nernst–Einstein σ_NE = e²/(k_B T V)
/// Σ_i N_i z_i² D_i; Haven ratio σ_NE/σ, ionicity σ/σ_NE; transference t_i = z_i Σ_j z_j L_ij/Σ_kl z_k z_l L_kl; mobility
/// u_i = (V/N_i) Σ_j z_j L_ij. K. D. Fong, H. K. Bergstrom, B. D. McCloskey and K. K. Mandadapu, AIChE J. 66, e17091 (2020).
struct IonicTransport {
  /// σ in S/m of Σ z_i z_j L_ij in 1/(eV Å ps).
  static let siemensPerMeter = 1602.176634

  let counts: [Int]
  /// [species], e.
  let charges: [Double]
  /// k_B T V, eV Å³.
  let thermalVolume: Double
  /// Å³.
  let volume: Double

  /// S/m.
  func conductivity(_ sample: TransportSample) -> Double { Self.siemensPerMeter * reduced(sample) }

  private func reduced(_ sample: TransportSample) -> Double {
    zip(charges, sample.onsager * charges).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// S/m.
  func nernstEinstein(_ sample: TransportSample) -> Double {
    let sum = counts.indices.reduce(0.0) { $0 + Double(counts[$1]) * charges[$1] * charges[$1] * sample.diffusion[$1] }
    return Self.siemensPerMeter * sum / thermalVolume
  }

  func havenRatio(_ sample: TransportSample) -> Double { nernstEinstein(sample) / conductivity(sample) }
  func ionicity(_ sample: TransportSample) -> Double { conductivity(sample) / nernstEinstein(sample) }

  func transference(_ sample: TransportSample, _ i: Int) -> Double {
    charges[i] * (sample.onsager * charges)[i] / reduced(sample)
  }

  /// Å²/(V ps), of atoms of species i in a field that acts on all charges.
  func mobility(_ sample: TransportSample, _ i: Int) -> Double {
    (sample.onsager * charges)[i] * volume / Double(counts[i])
  }
}
