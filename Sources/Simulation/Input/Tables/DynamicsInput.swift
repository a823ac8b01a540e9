import Diagnostics
import Dynamics

/// `kind = "md"`: molecular dynamics.
public struct DynamicsInput: Equatable, Sendable {
  public enum Ensemble: String, CaseIterable, Sendable {
    case nve, nvt, npt
  }

  /// How long the stage takes at most.
  public enum Length: Equatable, Sendable {
    case steps(Int)
    /// fs.
    case duration(Double)
  }

  public var ensemble = Ensemble.nve
  /// fs; the longest one where it is adaptive.
  public var timestep = 1.0
  var duration: Double?
  var steps: Int?
  /// K; nil for nve, and where each thermostat has its own.
  public var temperature: Ramp?
  /// Empty for nve, at least one for nvt and npt.
  public var thermostats: [ThermostatInput] = []
  /// Given for npt alone.
  public var barostat: BarostatInput?
  /// Groups whose atoms stay where they are.
  public var frozen: [Located<String>] = []
  public var moves: [MoveInput] = []
  public var forces: [ForceInput] = []
  public var walls: [WallInput] = []
  public var deformation: DeformationInput?
  /// Steps between removals of the center of mass's velocity; 0: it is never removed.
  public var driftRemoval = 0
  public var adaptive: AdaptiveInput?
  /// The stage ends as soon as one of them holds.
  public var until: [ConditionInput] = []

  /// nil: only `until` ends the stage.
  public var length: Length? { steps.map(Length.steps) ?? duration.map(Length.duration) }

  /// How many steps of `timestep` the stage takes: `steps`, or the duration to the nearest whole one; nil: `until` decides.
  public var stepCount: Int? { steps ?? duration.map { max(1, Int(($0 / timestep).rounded())) } }

  static let mostSteps = 1_000_000_000_000
}

extension DynamicsInput.Ensemble: InputChoice {
  static let unavailable = ["nph", "nst", "npzt", "langevin", "brownian", "muvt"]
}

extension DynamicsInput: InputTable {
  static let schema = Schema<DynamicsInput>(
    sentence: "Molecular dynamics.",
    fields: [
      Field(
        "ensemble", \.ensemble, .choice,
        "What is held: energy and volume; temperature and volume; temperature and pressure."),
      Field(required: "timestep", \.timestep, .quantity(.time).above(0), "The time step."),
      Field(
        optional: "duration", \.duration, .quantity(.time).above(0),
        "How long, to the nearest whole step; instead of steps."),
      Field(optional: "steps", \.steps, .integer.atLeast(1), "How many steps; instead of duration."),
      Field(
        optional: "temperature", \.temperature, .ramp(.quantity(.temperature).above(0)),
        "The temperature that the thermostats hold."
      ).only(for: heated) { $0.ensemble != .nve },
      Field(
        list: "thermostat", \.thermostats, .tables(of: .table),
        "What holds the temperature; left out, a Nosé-Hoover chain for all atoms."
      ).only(for: heated) { $0.ensemble != .nve },
      Field(optional: "barostat", \.barostat, .table, "What holds the pressure; npt needs it.")
        .only(for: "ensemble = \"npt\"") { $0.ensemble == .npt },
      Field(list: "freeze", \.frozen, .array(of: .located(.string)), "Groups whose atoms stay where they are."),
      Field(list: "move", \.moves, .tables(of: .table), "Groups that move at a given velocity."),
      Field(list: "force", \.forces, .tables(of: .table), "Forces on groups."),
      Field(list: "wall", \.walls, .tables(of: .table), "Walls."),
      Field(optional: "deform", \.deformation, .table, "A strain of the cell at a given rate."),
      Field(
        "remove_drift", \.driftRemoval, .integer.atLeast(0),
        "Steps between removals of the center of mass's velocity; 0: never."),
      Field(optional: "adaptive", \.adaptive, .table, "An adaptive time step; left out, all are equal."),
      Field(
        list: "until", \.until, .tables(of: .table),
        "What ends the stage early, or, without duration and steps, at all."),
    ],
    alternatives: [.atMostOne("duration", "steps")],
    finish: { stage, node in try stage.complete(node) })

  private static let heated = "ensemble = \"nvt\" or \"npt\""
}
