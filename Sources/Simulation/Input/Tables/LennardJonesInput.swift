import Atomistics
import Diagnostics
import PairPotentials

/// `kind = "lennard-jones"`: U(r) = 4 ε [(σ/r)^12 − (σ/r)^6].
public struct LennardJonesInput: Sendable {
  public enum Mixing: String, CaseIterable, Sendable {
    /// Every pair of elements must be given.
    case none
    /// ε = √(ε1 ε2), σ = (σ1 + σ2)/2 (Lorentz-Berthelot).
    case arithmetic
    /// ε = √(ε1 ε2), σ = √(σ1 σ2).
    case geometric
  }

  public struct Pair: Equatable, Sendable {
    public var elements: [Element] = []
    /// eV.
    public var epsilon = 0.0
    /// Å.
    public var sigma = 0.0
  }

  /// Å.
  public var cutoff = 0.0
  public var truncation = Truncation.shift
  /// Å; given if and only if the truncation is smooth.
  public var innerCutoff: Double?
  public var mixing = Mixing.none
  public var pairs: [Located<Pair>] = []
}

extension LennardJonesInput.Mixing: InputChoice {}

extension LennardJonesInput: PairPotentialTable {
  static let schema = Schema<LennardJonesInput>(
    sentence: "U(r) = 4 epsilon [(sigma/r)^12 - (sigma/r)^6].",
    fields: commonFields + [
      Field(
        "mixing", \.mixing, .choice,
        "Pairs that are not given: none, arithmetic (Lorentz-Berthelot) or geometric means of the like pairs.")
    ],
    finish: checkCommon)
}

extension LennardJonesInput.Pair: PairTable {
  static let schema = Schema<LennardJonesInput.Pair>(
    sentence: "Parameters of a pair.",
    fields: [
      elementsField,
      Field(required: "epsilon", \.epsilon, .quantity(.energy).atLeast(0), "Depth of the well."),
      Field(required: "sigma", \.sigma, .quantity(.length).above(0), "Where the energy crosses zero."),
    ])
}
