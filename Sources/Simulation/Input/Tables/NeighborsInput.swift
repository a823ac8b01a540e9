/// `[neighbors]`: how neighbor lists and domains are kept.
public struct NeighborsInput: Equatable, Sendable {
  /// Å; nil: the engine chooses.
  public var skin: Double?
  /// The ratio of the largest to the mean number of atoms a rank above which the domains are cut anew.
  /// nil: the engine chooses.
  public var imbalance: Double?
}

extension NeighborsInput: InputTable {
  static let schema = Schema<NeighborsInput>(
    sentence: "Neighbor lists and the balance of ranks; the defaults are made to fit.",
    fields: [
      Field(
        optional: "skin", \.skin, .quantity(.length).atLeast(0),
        "By how much lists reach beyond the cutoff; left out, the engine chooses."),
      Field(
        optional: "imbalance", \.imbalance, .real.atLeast(1),
        "Largest over mean atoms of a rank above which domains are cut anew; left out, the engine chooses."),
    ])
}
