import Diagnostics

/// One `[[stage]]`: the stages run one after the other.
public struct StageInput: Sendable {
  public enum Kind: Sendable {
    case minimize(MinimizeInput)
    case dynamics(DynamicsInput)
  }

  /// nil only until the whole input is read.
  var givenName: Located<String>?
  /// Unique; "stage-1", "stage-2", ... where it is left out.
  public var name: String { givenName?.value ?? "" }
  /// What all repetitions of a stage have in common; empty only until the whole input is read.
  var originalName = ""
  public var kind = Kind.dynamics(DynamicsInput())
  /// Where the run goes back to after this stage; `SimulationInput.stages` has the repetitions already.
  var repetition: RepeatInput?
  /// Where its header stands.
  public var place = Place(file: "")
}

extension StageInput: InputTable {
  static let schema = Schema<StageInput>(
    sentence: "What to do; stages run one after the other, in the file's order.",
    fields: [
      Field(optional: "name", \.givenName, .located(.string), "What the log calls it; left out, stage-1, stage-2, ..."),
      Field(optional: "repeat", \.repetition, .table, "Runs this stage, and stages before it, several times."),
    ],
    selector: Selector(
      key: "kind", planned: ["neb", "minimise", "relax", "monte-carlo"],
      variants: [
        Variant(
          "minimize", MinimizeInput.self, embed: { $1.kind = .minimize($0) },
          extract: { if case .minimize(let table) = $0.kind { table } else { nil } }),
        Variant(
          "md", DynamicsInput.self, embed: { $1.kind = .dynamics($0) },
          extract: { if case .dynamics(let table) = $0.kind { table } else { nil } }),
      ]),
    finish: { stage, node in stage.place = node.place })
}
