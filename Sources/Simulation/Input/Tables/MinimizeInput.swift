/// `kind = "minimize"`: the cell stays, the atoms go downhill.
public struct MinimizeInput: Equatable, Sendable {
  /// The largest force on an atom at the end, eV/Å.
  public var forceTolerance = 0.01
  public var maximumSteps = 10_000
  /// The farthest that an atom moves in a step, Å.
  public var maximumDisplacement = 0.1
}

extension MinimizeInput: InputTable {
  static let schema = Schema<MinimizeInput>(
    sentence: "Moves the atoms to a minimum of the energy in the given cell.",
    fields: [
      Field(
        "force_tolerance", \.forceTolerance, .quantity(.force).above(0),
        "The stage is done when no atom feels a larger force."),
      Field("max_steps", \.maximumSteps, .integer.atLeast(1), "The stage stops after so many steps in any case."),
      Field(
        "max_displacement", \.maximumDisplacement, .quantity(.length).above(0),
        "The farthest that an atom may move in a step."),
    ])
}
