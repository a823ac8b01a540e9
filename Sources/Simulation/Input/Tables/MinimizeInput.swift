import Diagnostics

/// `kind = "minimize"`: the atoms, and on request the cell, go downhill.
public struct MinimizeInput: Equatable, Sendable {
  public enum Algorithm: String, CaseIterable, Sendable, InputChoice {
    case fire
    /// Preconditioned.
    case lbfgs

    static let unavailable = ["cg", "sd", "bfgs", "newton"]
  }

  public enum CellFreedom: String, CaseIterable, Sendable, InputChoice {
    case fixed
    /// The volume changes, the shape stays.
    case hydrostatic
    /// All six components change.
    case full
  }

  public var algorithm = Algorithm.lbfgs
  /// The largest force on an atom at the end, eV/Å.
  public var forceTolerance = 0.01
  public var maximumSteps = 10_000
  /// The farthest that an atom moves in a step, Å.
  public var maximumDisplacement = 0.1
  public var cell = CellFreedom.fixed
  /// bar, positive under compression; of the relaxed cell.
  public var pressure = 0.0
  /// The largest deviation of the stress from that of the pressure at the end, bar.
  public var stressTolerance = 10.0
  /// Groups whose atoms keep their places in the cell.
  public var frozen: [Located<String>] = []
}

extension MinimizeInput: InputTable {
  static let schema = Schema<MinimizeInput>(
    sentence: "Moves the atoms, and on request the cell, to a minimum of the energy or the enthalpy.",
    fields: [
      Field(
        "algorithm", \.algorithm, .choice,
        "Preconditioned L-BFGS, or the fast inertial relaxation engine for where the energy is rough."),
      Field(
        "force_tolerance", \.forceTolerance, .quantity(.force).above(0),
        "The stage is done when no atom feels a larger force."),
      Field("max_steps", \.maximumSteps, .integer.atLeast(1), "The stage stops after so many steps in any case."),
      Field(
        "max_displacement", \.maximumDisplacement, .quantity(.length).above(0),
        "The farthest that an atom may move in a step."),
      Field("cell", \.cell, .choice, "Whether the cell relaxes too: hydrostatic, its volume; full, its shape as well."),
      Field("pressure", \.pressure, .quantity(.pressure), "The pressure of the relaxed cell.")
        .only(for: relaxedCell) { $0.cell != .fixed },
      Field(
        "stress_tolerance", \.stressTolerance, .quantity(.pressure).above(0),
        "The stage is done when no component of the stress is farther from that of the pressure."
      ).only(for: relaxedCell) { $0.cell != .fixed },
      Field(
        list: "freeze", \.frozen, .array(of: .located(.string)),
        "Groups whose atoms keep their places in the cell; their forces do not count."),
    ])

  private static let relaxedCell = "cell = \"hydrostatic\" or \"full\""
}
