import Atomistics
import Diagnostics

/// `kind = "zbl"`: Ziegler, Biersack and Littmark's screened nuclear repulsion, switched off from `inner` to `outer`.
public struct ZBLInput: Sendable {
  /// Å.
  public var inner = 0.0
  /// Å.
  public var outer = 0.0
  /// Pairs within these elements only; nil: all.
  public var elements: Located<[Element]>?
}

extension ZBLInput: InputTable {
  static let schema = Schema<ZBLInput>(
    sentence: "Screened nuclear repulsion (Ziegler, Biersack, Littmark 1985).",
    fields: [
      Field(required: "inner", \.inner, .quantity(.length).atLeast(0), "Where switching off begins."),
      Field(required: "outer", \.outer, .quantity(.length).above(0), "Where the repulsion ends."),
      Field(
        optional: "elements", \.elements, .located(.array(of: .element)),
        "Only between these elements; left out, between all."),
    ],
    finish: { table, node in
      guard table.inner < table.outer else {
        throw Failure.input("'\(node.name).inner' is not smaller than 'outer'", at: node["inner"]?.place)
      }
    })
}
