import Atomistics
import Diagnostics
import PairPotentials

/// `kind = "buckingham"`: U(r) = A exp(−r/ρ) − C/r^6.
public struct BuckinghamInput: Sendable {
  public struct Pair: Equatable, Sendable {
    public var elements: [Element] = []
    /// A, eV.
    public var repulsion = 0.0
    /// ρ, Å.
    public var range = 0.0
    /// C, eV Å^6.
    public var dispersion = 0.0
  }

  /// Å.
  public var cutoff = 0.0
  public var truncation = Truncation.shift
  /// Å; given if and only if the truncation is smooth.
  public var innerCutoff: Double?
  public var pairs: [Located<Pair>] = []
}

extension BuckinghamInput: PairPotentialTable {
  static let schema = Schema<BuckinghamInput>(
    sentence: "U(r) = A exp(-r/rho) - C/r^6.", fields: commonFields, finish: checkCommon)
}

extension BuckinghamInput.Pair: PairTable {
  static let schema = Schema<BuckinghamInput.Pair>(
    sentence: "Parameters of a pair.",
    fields: [
      elementsField,
      Field(required: "A", \.repulsion, .quantity(.energy).atLeast(0), "Strength of the repulsion."),
      Field(required: "rho", \.range, .quantity(.length).above(0), "Range of the repulsion."),
      Field("C", \.dispersion, .quantity(.dispersion).atLeast(0), "Strength of the dispersion."),
    ])
}
