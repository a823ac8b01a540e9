import Diagnostics
import Dynamics

/// `barostat = { ... }`: what holds the pressure or the stress.
public struct BarostatInput: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable, InputChoice {
    /// Martyna, Tobias and Klein's equations with chains of Nosé–Hoover thermostats.
    case noseHoover = "nose-hoover"
    case langevin

    static let unavailable = ["berendsen", "parrinello-rahman", "andersen", "c-rescale", "mtk", "monte-carlo"]
  }

  /// Which components of the cell move, and which of them by one strain.
  public enum Coupling: String, CaseIterable, Sendable, InputChoice {
    case isotropic, anisotropic, triclinic, xy, xz, yz
  }

  /// nil only until the stage is read.
  var givenKind: Kind?
  /// Nosé–Hoover unless it is given, or a thermostat of the stage is Langevin's.
  public var kind: Kind { givenKind ?? .noseHoover }
  /// bar, positive under compression; nil: `stress` is given.
  public var pressure: Ramp?
  /// bar, positive under compression; the components that are held. nil: `pressure` is given.
  public var stress: [CellComponent: Ramp]?
  /// fs.
  public var time = 500.0
  public var coupling = Coupling.isotropic
  /// The components that move, each by itself; nil: as `coupling` says.
  public var components: [CellComponent]?
  /// How many thermostats the barostat's own Nosé–Hoover chain has.
  public var chain = 3
  /// Of the random numbers of Langevin.
  public var seed: UInt32 = 1
}

extension BarostatInput {
  /// The components of the cell that move; those of an inner array move by one strain: [[xx, yy, zz]] is isotropic.
  public var coupledComponents: [[CellComponent]] {
    if let stress { return CellComponent.allCases.filter { stress[$0] != nil }.map { [$0] } }
    if let components { return components.map { [$0] } }
    return switch coupling {
    case .isotropic: [[.xx, .yy, .zz]]
    case .anisotropic: [[.xx], [.yy], [.zz]]
    case .triclinic: CellComponent.allCases.map { [$0] }
    case .xy: [[.xx, .yy], [.zz]]
    case .xz: [[.xx, .zz], [.yy]]
    case .yz: [[.yy, .zz], [.xx]]
    }
  }

  /// What a component is held at: bar, positive under compression.
  public func target(of component: CellComponent) -> Ramp {
    let pressure = component.isDiagonal ? self.pressure : nil
    return stress?[component] ?? pressure ?? Ramp(from: 0, to: 0)
  }
}

extension BarostatInput: InputTable {
  static let schema = Schema<BarostatInput>(
    sentence: "What holds the pressure, or the stress.",
    fields: [
      Field(
        optional: "kind", \.givenKind, .choice,
        "Left out, nose-hoover (Martyna, Tobias, Klein), but langevin beside a Langevin thermostat."),
      Field(
        optional: "pressure", \.pressure, .ramp(.quantity(.pressure)),
        "Positive under compression; instead of stress."),
      Field(
        optional: "stress", \.stress, .byComponent(.ramp(.quantity(.pressure))),
        "Positive under compression; the components that it names move, each by itself."),
      Field("time", \.time, .quantity(.time).above(0), "Relaxation time of the cell."),
      Field(
        "coupling", \.coupling, .choice,
        "xx, yy, zz by one strain, each by itself, or all six; xy, xz, yz: these two axes by one strain, the third freely."
      ).only(for: "'pressure' alone") { $0.stress == nil && $0.components == nil },
      Field(
        optional: "components", \.components, .components,
        "The components that move, each by itself (\"z\" is zz); the others stay. Instead of coupling."),
      Field("chain", \.chain, .integer.atLeast(1), "Length of its chain of thermostats.")
        .only(for: "kind = \"nose-hoover\"") { $0.kind == .noseHoover },
      Field("seed", \.seed, .seed, "Seed of the random numbers.")
        .only(for: "kind = \"langevin\"") { $0.givenKind != .noseHoover },
    ],
    alternatives: [
      .exactlyOne("pressure", "stress"), .atMostOne("coupling", "components"), .atMostOne("stress", "coupling"),
      .atMostOne("stress", "components"),
    ])
}
