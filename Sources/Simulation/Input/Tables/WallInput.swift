import Diagnostics

/// One table of `wall`: a plane across a Cartesian axis that keeps atoms on one side.
public struct WallInput: Equatable, Sendable {
  public enum Axis: String, CaseIterable, Sendable, InputChoice {
    case x, y, z

    public var index: Int { self == .x ? 0 : self == .y ? 1 : 2 }
  }

  /// The side of the atoms' space that the wall bounds.
  public enum Side: String, CaseIterable, Sendable, InputChoice {
    /// Atoms are kept above the wall.
    case low
    /// Atoms are kept below it.
    case high
  }

  public enum Kind: Equatable, Sendable {
    case harmonic(HarmonicWallInput)
    case lennardJones93(LennardJonesWallInput)
  }

  public var axis = Axis.z
  /// Å, along the Cartesian axis.
  public var position = 0.0
  public var side = Side.low
  /// nil: all atoms feel it.
  public var group: Located<String>?
  public var kind = Kind.harmonic(HarmonicWallInput())
  /// Where its table stands.
  public var place = Place(file: "")
}

/// `kind = "harmonic"`: U(d) = k d²/2 for an atom the distance d beyond the wall, 0 before it.
public struct HarmonicWallInput: Equatable, Sendable {
  /// k, eV/Å².
  public var stiffness = 0.0
}

/// `kind = "lj93"`: U(d) = ε [2/15 (σ/d)^9 − (σ/d)^3] for an atom the distance d before the wall, shifted to 0
/// at the cutoff.
public struct LennardJonesWallInput: Equatable, Sendable {
  /// ε, eV.
  public var epsilon = 0.0
  /// σ, Å.
  public var sigma = 0.0
  /// Å.
  public var cutoff = 0.0
}

extension WallInput: InputTable {
  static let schema = Schema<WallInput>(
    sentence: "A plane that keeps atoms on one side of it.",
    fields: [
      Field(required: "axis", \.axis, .choice, "The Cartesian axis that it is perpendicular to."),
      Field(required: "position", \.position, .quantity(.length), "Where it crosses that axis."),
      Field(
        required: "side", \.side, .choice,
        "low: it bounds the atoms from below and keeps them above it; high: it keeps them below it."),
      Field(optional: "group", \.group, .located(.string), "The group that feels it; left out, all atoms."),
    ],
    selector: Selector(
      key: "kind", planned: ["lj126", "lj1043", "morse", "reflect", "elastic"],
      variants: [
        Variant(
          "harmonic", HarmonicWallInput.self, embed: { $1.kind = .harmonic($0) },
          extract: { if case .harmonic(let table) = $0.kind { table } else { nil } }),
        Variant(
          "lj93", LennardJonesWallInput.self, embed: { $1.kind = .lennardJones93($0) },
          extract: { if case .lennardJones93(let table) = $0.kind { table } else { nil } }),
      ]),
    finish: { wall, node in wall.place = node.place })
}

extension HarmonicWallInput: InputTable {
  static let schema = Schema<HarmonicWallInput>(
    sentence: "Pushes atoms back that are beyond it: U(d) = k d^2 / 2.",
    fields: [Field(required: "stiffness", \.stiffness, .quantity(.stiffness).above(0), "k.")])
}

extension LennardJonesWallInput: InputTable {
  static let schema = Schema<LennardJonesWallInput>(
    sentence: "A half-space of Lennard-Jones atoms: U(d) = epsilon [2/15 (sigma/d)^9 - (sigma/d)^3].",
    fields: [
      Field(required: "epsilon", \.epsilon, .quantity(.energy).above(0), "Strength."),
      Field(required: "sigma", \.sigma, .quantity(.length).above(0), "Length."),
      Field(required: "cutoff", \.cutoff, .quantity(.length).above(0), "Where it ends; the energy is shifted to 0 there."),
    ])
}
