import Diagnostics

/// `repeat = { ... }`: after its stage, the run goes back to an earlier one.
public struct RepeatInput: Equatable, Sendable {
  /// The name of the first stage that is run again.
  public var from = Located("", at: Place(file: ""))
  /// How often the stages run in all.
  public var times = Located(2, at: Place(file: ""))
}

extension RepeatInput: InputTable {
  static let schema = Schema<RepeatInput>(
    sentence: "After this stage, the run goes back to an earlier one; the log numbers the repetitions: heat, heat (2), ...",
    fields: [
      Field(
        required: "from", \.from, .located(.string), "The stage to go back to: this one or one before it, by its name."),
      Field(required: "times", \.times, .located(.integer.atLeast(2)), "How often the stages run in all."),
    ])
}
