/// `adaptive = { ... }`: the time step shrinks where an atom would move too far in it.
public struct AdaptiveInput: Equatable, Sendable {
  /// The farthest that an atom moves in a step, Å.
  public var displacement = 0.05
  /// fs.
  public var smallest = 0.01
}

extension AdaptiveInput: InputTable {
  static let schema = Schema<AdaptiveInput>(
    sentence: "Shortens the time step where an atom would move too far in it; 'timestep' is the longest.",
    fields: [
      Field(
        "displacement", \.displacement, .quantity(.length).above(0), "The farthest that an atom may move in a step."),
      Field("smallest", \.smallest, .quantity(.time).above(0), "The shortest time step."),
    ])
}
