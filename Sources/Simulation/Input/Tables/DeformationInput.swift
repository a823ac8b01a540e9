/// `deform = { ... }`: the cell is strained at a given rate, and the atoms with it.
public struct DeformationInput: Equatable, Sendable {
  /// 1/fs; components that are not named keep their length.
  public var rate: [CellComponent: Double] = [:]
}

extension DeformationInput: InputTable {
  static let schema = Schema<DeformationInput>(
    sentence: "Strains the cell at a given rate.",
    fields: [
      Field(
        required: "rate", \.rate, .byComponent(.quantity(.strainRate)),
        "Strain of each component per time, relative to the cell at the stage's start.")
    ])
}
