import Atomistics

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A condition that ends a stage of dynamics: a quantity, or its running mean, passes a threshold.
public struct StopCondition: Equatable, Sendable {
  public enum Quantity: String, CaseIterable, Sendable {
    /// K.
    case temperature
    /// Bar.
    case pressure
    /// eV.
    case potentialEnergy = "potential_energy"
    /// Å³.
    case volume
    /// g/cm³.
    case density
    /// The largest force on an atom, eV/Å.
    case largestForce = "max_force"
    /// Since the stage's start, fs.
    case time

    /// Whether it must be known in every step at the cost of energies and virial.
    var needsVirial: Bool { self == .pressure || self == .potentialEnergy }
  }

  public var quantity: Quantity
  public var threshold: Double
  /// Whether it ends above or below the threshold.
  public var isAbove: Bool
  /// Time constant of the running mean, fs; 0: the instantaneous value counts.
  public var averagingTime: Double

  public init(quantity: Quantity, threshold: Double, isAbove: Bool, averagingTime: Double = 0) {
    self.quantity = quantity
    self.threshold = threshold
    self.isAbove = isAbove
    self.averagingTime = averagingTime
  }
}

/// A condition with its running mean: m ← m + (1 − e^{−Δt/τ})(x − m), which starts at the first value.
struct StopWatch {
  let condition: StopCondition
  private var mean: Double?
  /// fs; until one averaging time has passed the mean decides nothing.
  private var watched = 0.0

  init(_ condition: StopCondition) { self.condition = condition }

  /// Takes a value in. Returns a sentence if the condition is met.
  mutating func observe(_ value: Double, timestep: Double) -> String? {
    let weight = condition.averagingTime > 0 ? 1 - exp(-timestep / condition.averagingTime) : 1
    let new = mean.map { $0 + weight * (value - $0) } ?? value
    mean = new
    watched += timestep
    guard watched >= condition.averagingTime else { return nil }
    guard condition.isAbove ? new > condition.threshold : new < condition.threshold else { return nil }
    let name = condition.quantity.rawValue.map { $0 == "_" ? " " : String($0) }.joined()
    return "\(name) \(condition.isAbove ? "above" : "below") \(condition.threshold): \(Float(new))"
  }

  var state: [Double] {
    get { [mean == nil ? 0 : 1, mean ?? 0, watched] }
    set {
      mean = newValue[0] == 0 ? nil : newValue[1]
      watched = newValue[2]
    }
  }
}
