import Atomistics
import Diagnostics

/// What changes across a front.
public enum FrontQuantity: Equatable, Sendable {
  /// Number density of an element, Å⁻³.
  case density(Element)
  /// The mean number of neighbors within a radius (Å) around centers in a layer.
  case coordination(SpeciesPair, Double)
  /// 4 x (1 − x) with x the part of the first element among both: 1 where they are evenly mixed, 0 where there is one alone.
  case mixing(SpeciesPair)

  public var name: String {
    switch self {
    case .density(let element): "density of \(element.symbol)"
    case .coordination(let pair, let radius): "coordination \(pair.name) within \(radius) Å"
    case .mixing(let pair): "mixing of \(pair.name)"
    }
  }

  public var unit: String {
    switch self {
    case .density: "1/Å³"
    case .coordination, .mixing: "1"
    }
  }

  var elements: [Element] {
    switch self {
    case .density(let element): [element]
    case .coordination(let pair, _), .mixing(let pair): [pair.center, pair.neighbor]
    }
  }
}

/// A front: where a quantity passes a threshold.
public struct FrontDefinition: Equatable, Sendable {
  public var quantity: FrontQuantity
  public var threshold: Double
  /// About where the front is in the beginning, Å; nil: it is the only one.
  public var start: Double?

  public init(_ quantity: FrontQuantity, threshold: Double, start: Double? = nil) {
    (self.quantity, self.threshold, self.start) = (quantity, threshold, start)
  }

  /// "density:S:0.01", "coordination:P-S:2.6:2" or "mixing:Li-S:0.5", each with "@24" behind where the front begins.
  /// - Throws: `Failure.input` for anything else.
  public init(_ text: String) throws {
    let halves = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    let parts = halves[0].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let numbers = parts.dropFirst(2).map { Double($0) ?? .nan }, start = halves.count == 2 ? Double(halves[1]) : nil
    let counts = ["density": 1, "mixing": 1, "coordination": 2]
    guard counts[parts[0]] == numbers.count, numbers.allSatisfy(\.isFinite), halves.count < 3,
      halves.count == 1 || start != nil
    else {
      throw Failure.input(
        "'\(text)' is no front",
        remedy: "write density:S:0.01, coordination:P-S:2.6:2 or mixing:Li-S:0.5, and @Z (Å) behind where it begins")
    }
    switch parts[0] {
    case "density":
      guard let element = Element(symbol: parts[1]) else {
        throw Failure.input("the front '\(text)' has '\(parts[1])', which is no element")
      }
      self.init(.density(element), threshold: numbers[0], start: start)
    case "mixing": self.init(.mixing(try SpeciesPair(named: parts[1])), threshold: numbers[0], start: start)
    default:
      guard numbers[0] > 0 else { throw Failure.input("the front '\(text)' needs a radius above 0") }
      self.init(.coordination(try SpeciesPair(named: parts[1]), numbers[0]), threshold: numbers[1], start: start)
    }
  }
}
