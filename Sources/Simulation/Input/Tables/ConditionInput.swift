import Diagnostics

/// One table of `until`: what ends a stage before its time.
public struct ConditionInput: Equatable, Sendable {
  public enum Quantity: String, CaseIterable, Sendable, InputChoice {
    case temperature, pressure
    case potentialEnergy = "potential_energy"
    case volume, density
    case largestForce = "max_force"
    /// Since the stage's start.
    case time

    /// In whose default unit the bound is: K, bar, eV, Å^3, g/cm^3, eV/Å, fs.
    public var dimension: Dimension {
      switch self {
      case .temperature: .temperature
      case .pressure: .pressure
      case .potentialEnergy: .energy
      case .volume: .volume
      case .density: .density
      case .largestForce: .force
      case .time: .time
      }
    }
  }

  public var quantity = Quantity.temperature
  /// In the default unit of the quantity's dimension; just one of the two is given.
  public var above: Double?
  public var below: Double?
  /// fs: the mean over the last so much time counts; nil: the value of each step.
  public var average: Double?
}

extension ConditionInput: InputTable {
  static let schema = Schema<ConditionInput>(
    sentence: "What ends the stage early: the first of the tables whose quantity crosses its bound.",
    fields: [
      Field(
        required: "quantity", \.quantity, .choice,
        "What is compared; time counts from the stage's start, energy and volume are the whole system's."),
      Field(
        "above", described: "of the quantity's dimension", \.above, { .quantity($0.quantity.dimension) },
        "The stage ends above this value; instead of below. Units of bare numbers: K, bar, eV, Å^3, g/cm^3, eV/Å, fs."),
      Field(
        "below", described: "of the quantity's dimension", \.below, { .quantity($0.quantity.dimension) },
        "The stage ends below this value; instead of above."
      ).only(for: "other quantities than time") { $0.quantity != .time },
      Field(
        optional: "average", \.average, .quantity(.time).above(0),
        "The mean over so much time counts; left out, the value of each step."
      ).only(for: "other quantities than time") { $0.quantity != .time },
    ],
    alternatives: [.exactlyOne("above", "below")])
}
