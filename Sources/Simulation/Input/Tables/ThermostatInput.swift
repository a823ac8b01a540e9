import Diagnostics
import Dynamics

/// `thermostat = { ... }`: what holds the temperature.
public struct ThermostatInput: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable, InputChoice {
    case noseHoover = "nose-hoover"
    case langevin
    case bussi
    case berendsen

    static let unavailable = ["andersen", "csvr", "velocity-rescaling", "gle", "nose-poincare", "dpd"]
  }

  public var kind = Kind.noseHoover
  /// fs; for Langevin 1/γ.
  public var time = 100.0
  /// How many thermostats a Nosé–Hoover chain has.
  public var chain = 3
  /// Of the random numbers of Langevin and Bussi.
  public var seed: UInt32 = 1
  /// nil: the atoms that no other thermostat of the stage has.
  public var group: Located<String>?
  /// K; nil: the stage's.
  public var temperature: Ramp?
  /// Where its table stands.
  public var place = Place(file: "")
}

extension ThermostatInput: InputTable {
  static let schema = Schema<ThermostatInput>(
    sentence: "What holds the temperature; several tables for several groups.",
    fields: [
      Field(
        "kind", \.kind, .choice,
        "Chain of Nosé-Hoover thermostats, Langevin (BAOAB), Bussi's stochastic or Berendsen's rescaling."),
      Field("time", \.time, .quantity(.time).above(0), "Relaxation time; for langevin the inverse of the friction."),
      Field("chain", \.chain, .integer.atLeast(1), "Length of the chain.")
        .only(for: "kind = \"nose-hoover\"") { $0.kind == .noseHoover },
      Field("seed", \.seed, .seed, "Seed of the random numbers.")
        .only(for: "kind = \"langevin\" or \"bussi\"") { $0.kind == .langevin || $0.kind == .bussi },
      Field(
        optional: "group", \.group, .located(.string),
        "The group that it holds; left out, the atoms that no other thermostat of the stage has."),
      Field(
        optional: "temperature", \.temperature, .ramp(.quantity(.temperature).above(0)),
        "Its own temperature; left out, that of the stage."),
    ],
    finish: { thermostat, node in thermostat.place = node.place })
}
