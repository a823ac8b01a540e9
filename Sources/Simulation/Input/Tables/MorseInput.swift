import Atomistics
import Diagnostics
import PairPotentials

/// `kind = "morse"`: U(r) = D [exp(−2α(r − r0)) − 2 exp(−α(r − r0))].
public struct MorseInput: Sendable {
  public struct Pair: Equatable, Sendable {
    public var elements: [Element] = []
    /// D, eV.
    public var depth = 0.0
    /// 1/Å.
    public var alpha = 0.0
    /// r0, Å.
    public var distance = 0.0
  }

  /// Å.
  public var cutoff = 0.0
  public var truncation = Truncation.shift
  /// Å; given if and only if the truncation is smooth.
  public var innerCutoff: Double?
  public var pairs: [Located<Pair>] = []
}

extension MorseInput: PairPotentialTable {
  static let schema = Schema<MorseInput>(
    sentence: "U(r) = D [exp(-2 alpha (r - r0)) - 2 exp(-alpha (r - r0))].",
    fields: commonFields, finish: checkCommon)
}

extension MorseInput.Pair: PairTable {
  static let schema = Schema<MorseInput.Pair>(
    sentence: "Parameters of a pair.",
    fields: [
      elementsField,
      Field(required: "D", \.depth, .quantity(.energy).atLeast(0), "Depth of the well."),
      Field(required: "alpha", \.alpha, .quantity(.inverseLength).above(0), "Steepness."),
      Field(required: "r0", \.distance, .quantity(.length).above(0), "Distance of the minimum."),
    ])
}
