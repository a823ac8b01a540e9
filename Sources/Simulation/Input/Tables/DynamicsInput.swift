import Diagnostics

/// `kind = "md"`: molecular dynamics.
public struct DynamicsInput: Equatable, Sendable {
  public enum Ensemble: String, CaseIterable, Sendable {
    case nve
  }

  public var ensemble = Ensemble.nve
  /// fs.
  public var timestep = 1.0
  /// fs; nil: `steps` is given.
  public var duration: Double?
  public var steps: Int?

  /// How many steps the stage takes: `steps`, or the duration in whole time steps, to the nearest one.
  public var stepCount: Int { steps ?? max(1, Int(((duration ?? 0) / timestep).rounded())) }

  static let mostSteps = 1_000_000_000_000
}

extension DynamicsInput.Ensemble: InputChoice {
  static let unavailable = ["nvt", "npt", "nph", "nst", "npzt", "langevin", "brownian"]
}

extension DynamicsInput: InputTable {
  static let schema = Schema<DynamicsInput>(
    sentence: "Molecular dynamics by velocity Verlet.",
    fields: [
      Field("ensemble", \.ensemble, .choice, "What is conserved: nve, energy and volume."),
      Field(required: "timestep", \.timestep, .quantity(.time).above(0), "The time step."),
      Field(
        optional: "duration", \.duration, .quantity(.time).above(0),
        "How long, to the nearest whole step; instead of steps."),
      Field(optional: "steps", \.steps, .integer.atLeast(1), "How many steps; instead of duration."),
    ],
    alternatives: [.exactlyOne("duration", "steps")],
    planned: ["temperature", "thermostat", "barostat", "pressure"],
    finish: { stage, node in
      let count = stage.steps.map(Double.init) ?? (stage.duration ?? 0) / stage.timestep
      guard count <= Double(mostSteps) else {
        throw Failure.input(
          "'\(node.name)' takes more than 10^12 steps", at: (node["steps"] ?? node["duration"])?.place,
          remedy: "give a shorter duration or a longer time step")
      }
      guard count >= 0.5 else {
        throw Failure.input(
          "'\(node.name).duration' is shorter than the time step", at: node["duration"]?.place,
          remedy: "give a longer duration or steps = 1")
      }
    })
}
