import Atomistics
import Diagnostics

/// One `[potential]` or `[[potential]]`; several add up.
public struct PotentialInput: Sendable {
  public enum Kind: Sendable {
    /// A potential file, whose family is read from it.
    case file(PotentialFileInput)
    case eam(EmbeddedAtomInput)
    case lennardJones(LennardJonesInput)
    case morse(MorseInput)
    case buckingham(BuckinghamInput)
    case zbl(ZBLInput)
    case plugin(PluginInput)
  }

  public var kind = Kind.file(PotentialFileInput())
  /// Where its header stands.
  public var place = Place(file: "")
}

extension PotentialInput: InputTable {
  static let schema = Schema<PotentialInput>(
    sentence: "An interatomic potential; several [[potential]] add up.",
    fields: [],
    selector: Selector(
      key: "kind", planned: ["coulomb", "ewald", "tersoff", "stillinger-weber", "reaxff"],
      variants: [
        Variant(
          nil, impliedBy: "file", PotentialFileInput.self, embed: { $1.kind = .file($0) },
          extract: { if case .file(let table) = $0.kind { table } else { nil } }),
        Variant(
          "eam", EmbeddedAtomInput.self, embed: { $1.kind = .eam($0) },
          extract: { if case .eam(let table) = $0.kind { table } else { nil } }),
        Variant(
          "lennard-jones", LennardJonesInput.self, embed: { $1.kind = .lennardJones($0) },
          extract: { if case .lennardJones(let table) = $0.kind { table } else { nil } }),
        Variant(
          "morse", MorseInput.self, embed: { $1.kind = .morse($0) },
          extract: { if case .morse(let table) = $0.kind { table } else { nil } }),
        Variant(
          "buckingham", BuckinghamInput.self, embed: { $1.kind = .buckingham($0) },
          extract: { if case .buckingham(let table) = $0.kind { table } else { nil } }),
        Variant(
          "zbl", ZBLInput.self, embed: { $1.kind = .zbl($0) },
          extract: { if case .zbl(let table) = $0.kind { table } else { nil } }),
        Variant(
          "plugin", impliedBy: "plugin", PluginInput.self, embed: { $1.kind = .plugin($0) },
          extract: { if case .plugin(let table) = $0.kind { table } else { nil } }),
      ]),
    finish: { potential, node in potential.place = node.place })
}
