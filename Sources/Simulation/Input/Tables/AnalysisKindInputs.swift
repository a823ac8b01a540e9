import Analysis
import Atomistics
import Diagnostics

/// `kind = "rdf"`.
public struct RadialDistributionInput: Sendable {
  /// nil: all pairs of species.
  var pairs: Located<[SpeciesPair]>?
  /// Å.
  var radius = 8.0
  var bins = 400
  /// Å; nil: each pair's first minimum.
  var cutoff: Double?
}

/// `kind = "coordination"`.
public struct CoordinationInput: Sendable {
  var pairs = Located<[PairWithin]>([], at: Place(file: ""))
  /// nil: no map.
  var axis: SlabsInput.Axis?
  var bins = 24
}

/// `kind = "profile"`.
public struct ProfileInput: Sendable {
  var axis = SlabsInput.Axis.c
  var bins = 100
  /// e; nil: no charge density.
  var charges: Located<[Element: Double]>?
}

extension RadialDistributionInput: InputTable {
  static let schema = Schema<RadialDistributionInput>(
    sentence: "Radial distribution functions, coordination numbers and structure factors.",
    fields: [
      Field(
        optional: "pairs", \.pairs, .located(.array(of: .speciesPair)),
        "Neighbors of the second around the first; left out, all pairs."),
      Field("rmax", \.radius, .quantity(.length).above(0), "The largest distance; it may exceed half the cell."),
      Field("bins", \.bins, .integer.atLeast(1), "Number of bins up to it."),
      Field(
        optional: "cutoff", \.cutoff, .quantity(.length).above(0),
        "Coordination numbers count up to it; left out, up to the first minimum of each g(r)."),
    ])
}

extension CoordinationInput: InputTable {
  static let schema = Schema<CoordinationInput>(
    sentence: "Coordination numbers: in time, as distributions, and as maps over an axis and time.",
    fields: [
      Field(
        required: "pairs", \.pairs, .located(.array(of: .pairWithin)),
        "Neighbors of the second around the first, and their largest distance in Å."),
      Field(optional: "axis", \.axis, .choice, "Map the numbers over this lattice vector's direction."),
      Field("bins", \.bins, .integer.atLeast(1), "Slabs along the axis.").only(for: "a table with axis") { $0.axis != nil },
    ])
}

extension ProfileInput: InputTable {
  static let schema = Schema<ProfileInput>(
    sentence: "Number, mass and charge densities along an axis, by blocks of time.",
    fields: [
      Field("axis", \.axis, .choice, "Along which lattice vector's direction."),
      Field("bins", \.bins, .integer.atLeast(1), "Slabs along the axis."),
      Field(
        optional: "charges", \.charges, .located(.byElement(.real)),
        "Charges of all species in e, for the charge density."),
    ])
}

extension ValueType where Value == SpeciesPair {
  /// `"Li-S"`.
  static let speciesPair = parsed("pair such as \"Li-S\"", SpeciesPair.init(named:)) { $0.name }
}

extension ValueType where Value == PairWithin {
  /// `"Li-S:3.2"`.
  static let pairWithin = parsed("pair with a distance such as \"Li-S:3.2\"", PairWithin.init(named:)) {
    "\($0.pair.name):\($0.radius)"
  }
}

extension ValueType {
  /// A string that its type reads itself.
  private static func parsed(
    _ name: String, _ parse: @escaping @Sendable (String) throws -> Value, text: @escaping @Sendable (Value) -> String
  ) -> ValueType {
    ValueType(
      name,
      decode: { node in
        guard case .string(let text) = node.value else { throw mismatch(node, expected: "a \(name)") }
        do { return try parse(text) } catch var failure as Failure {
          failure.message = "'\(node.name)': \(failure.message)"
          failure.place = node.place
          throw failure
        }
      },
      literal: { quoted(text($0)) })
  }
}
