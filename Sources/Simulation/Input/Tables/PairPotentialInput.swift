import Atomistics
import Diagnostics
import PairPotentials

extension Truncation: InputChoice {}

/// What Lennard-Jones, Morse and Buckingham have in common.
protocol PairPotentialTable: InputTable {
  associatedtype Pair: PairTable
  var cutoff: Double { get set }
  var truncation: Truncation { get set }
  var innerCutoff: Double? { get set }
  var pairs: [Located<Pair>] { get set }
}

/// Parameters of one pair of elements.
protocol PairTable: InputTable {
  var elements: [Element] { get set }
}

extension PairPotentialTable {
  static var commonFields: [Field<Self>] {
    [
      Field(required: "cutoff", \.cutoff, .quantity(.length).above(0), "Where the interaction ends."),
      Field(
        "truncation", \.truncation, .choice,
        "cut: plainly; shift: energy to zero; shifted-force: force too; smooth: switched off from inner_cutoff on."),
      Field(
        optional: "inner_cutoff", \.innerCutoff, .quantity(.length).above(0),
        "Where switching off begins; needed for truncation = \"smooth\"."),
      Field(
        required: "pairs", \.pairs, .array(of: .located(.table), named: "array of tables"),
        "The parameters of each pair of elements."),
    ]
  }

  /// Throws unless the cutoffs fit together and each pair is given once.
  static func checkCommon(_ table: inout Self, _ node: InputNode) throws {
    if table.truncation == .smooth, table.innerCutoff == nil {
      throw Failure.input(
        "'\(node.name)' has truncation = \"smooth\" but no 'inner_cutoff'", at: node["truncation"]?.place,
        remedy: "say where the switching begins")
    }
    if let inner = table.innerCutoff {
      guard table.truncation == .smooth else {
        throw Failure.input(
          "'\(node.name).inner_cutoff' is for truncation = \"smooth\" only", at: node["inner_cutoff"]?.keyPlace)
      }
      guard inner < table.cutoff else {
        throw Failure.input(
          "'\(node.name).inner_cutoff' is not smaller than the cutoff", at: node["inner_cutoff"]?.place)
      }
    }
    var seen: Set<[Element]> = []
    for pair in table.pairs where !seen.insert(pair.value.elements.sorted()).inserted {
      let names = pair.value.elements.map(\.symbol).joined(separator: "-")
      throw Failure.input("the pair \(names) is given twice in '\(node.name)'", at: pair.place)
    }
  }
}

extension PairTable {
  static var elementsField: Field<Self> {
    Field(required: "elements", \.elements, .array(of: .element, count: 2), "The two elements, in any order.")
  }
}
