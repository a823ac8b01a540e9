import Diagnostics
import Dynamics

/// A number of the whole system that a monitor holds against bounds.
public protocol MonitoredQuantity: Sendable {
  /// As it is called in sentences and, with _ for blanks, in the input.
  static var name: String { get }
  /// Behind a value in sentences.
  static var unit: String { get }
  static var every: Int { get }
  static var sides: MonitoredSides { get }
  static var sentence: String { get }
}

/// To which sides a quantity can go wrong.
public enum MonitoredSides: Sendable { case above, below, both }

public enum TemperatureMonitor: MonitoredQuantity {
  public static let name = "temperature", unit = "K", every = 10, sides = MonitoredSides.both
  public static let sentence = "The temperature of all atoms; not looked at while a minimizer moves them."
}

public enum PressureMonitor: MonitoredQuantity {
  public static let name = "pressure", unit = "bar", every = 10, sides = MonitoredSides.both
  public static let sentence = "The pressure of the step; it fluctuates widely in small systems."
}

public enum DriftMonitor: MonitoredQuantity {
  public static let name = "drift", unit = "eV/atom", every = 10, sides = MonitoredSides.above
  public static let sentence = "How far the conserved energy per atom is from its value at the stage's start, either way."
}

public enum DistanceMonitor: MonitoredQuantity {
  public static let name = "distance", unit = "Å", every = 10, sides = MonitoredSides.below
  public static let sentence = "The shortest distance between two atoms."
}

public enum ForceMonitor: MonitoredQuantity {
  public static let name = "force", unit = "eV/Å", every = 10, sides = MonitoredSides.above
  public static let sentence = "The largest force on an atom."
}

public enum LoneAtomsMonitor: MonitoredQuantity {
  public static let name = "lone atoms", unit = "atoms", every = 10, sides = MonitoredSides.above
  public static let sentence = "The number of atoms without another one within the potentials' cutoff."
}

/// `[monitor.temperature]` and the like: where a quantity is warned of and where it stops the run.
public struct BoundMonitorInput<Quantity: MonitoredQuantity>: Equatable, Sendable {
  /// Steps.
  public var every = Quantity.every
  public var above: Double?
  public var below: Double?
  /// For quantities that can go wrong to one side only.
  var breaking: Double?
  /// For others: an upper bound, or both.
  var breakingSides: BreakingSides?
  /// Where the table stands.
  public var place = Place(file: "")

  public init() {}

  public var bounds: MonitorBounds {
    switch Quantity.sides {
    case .above: MonitorBounds(above: above, breakAbove: breaking)
    case .below: MonitorBounds(below: below, breakBelow: breaking)
    case .both: MonitorBounds(above: above, below: below, breakAbove: breakingSides?.upper, breakBelow: breakingSides?.lower)
    }
  }
}

/// `break = 3000` or `break = [10, 3000]`.
struct BreakingSides: Equatable, Sendable {
  var lower: Double?
  var upper: Double
}

extension ValueType where Value == BreakingSides {
  /// One value, above which the run stops, or two, between which it goes on.
  static func breakingSides(_ quantity: ValueType<Double>) -> ValueType {
    let pair = ValueType<[Double]>.array(of: quantity, count: 2)
    return ValueType(
      "\(quantity.name), or [low, high]", unit: quantity.unit,
      decode: { node in
        guard case .array = node.value else { return BreakingSides(lower: nil, upper: try quantity.decode(node)) }
        let ends = try pair.decode(node)
        guard ends[0] < ends[1] else {
          throw Failure.input(
            "'\(node.name)' runs backwards: \(pair.literal(ends))", at: node.place, remedy: "give the lower end first")
        }
        return BreakingSides(lower: ends[0], upper: ends[1])
      },
      literal: { sides in sides.lower.map { pair.literal([$0, sides.upper]) } ?? quantity.literal(sides.upper) })
  }
}

extension BoundMonitorInput: InputTable {
  static var schema: Schema<BoundMonitorInput> {
    let type = Quantity.valueType
    var fields = [Field(
      "every", \BoundMonitorInput.every, .integer.atLeast(1), "Steps between looks.")]
    if Quantity.sides != .below {
      fields.append(Field(optional: "above", \.above, type, "The log warns above it."))
    }
    if Quantity.sides != .above {
      fields.append(Field(optional: "below", \.below, type, "The log warns below it."))
    }
    switch Quantity.sides {
    case .above: fields.append(Field(optional: "break", \.breaking, type, "The run stops above it."))
    case .below: fields.append(Field(optional: "break", \.breaking, type, "The run stops below it."))
    case .both:
      fields.append(
        Field(optional: "break", \.breakingSides, .breakingSides(type), "The run stops above it, or outside [low, high]."))
    }
    return Schema(sentence: Quantity.sentence, fields: fields, finish: { try $0.check($1) })
  }

  private mutating func check(_ node: InputNode) throws {
    place = node.place
    let b = bounds
    guard b != MonitorBounds() else {
      let keys = Quantity.sides == .both ? "above, below or break" : Quantity.sides == .above ? "above or break" : "below or break"
      throw Failure.input("'\(node.name)' watches for nothing", at: node.place, remedy: "give \(keys)")
    }
    if let warn = b.above, let stop = b.breakAbove, warn >= stop {
      throw Failure.input(
        "'\(node.name)': above (\(warn)) must be less than break (\(stop))", at: node["above"]?.place,
        remedy: "warn before the run stops")
    }
    if let warn = b.below, let stop = b.breakBelow, warn <= stop {
      throw Failure.input(
        "'\(node.name)': below (\(warn)) must be more than break (\(stop))", at: node["below"]?.place,
        remedy: "warn before the run stops")
    }
  }
}

extension MonitoredQuantity {
  fileprivate static var valueType: ValueType<Double> {
    switch unit {
    case "K": .quantity(.temperature).above(0)
    case "bar": .quantity(.pressure)
    case "eV/atom": .quantity(.energy).above(0)
    case "Å": .quantity(.length).above(0)
    case "eV/Å": .quantity(.force).above(0)
    default: .real.atLeast(0)
    }
  }
}
