import Atomistics
import Diagnostics

/// A number for each of some elements, as users write them: "Li=1,P=5,S=-2".
public struct SpeciesValues: Sendable, Equatable {
  public let values: [Element: Double]
  /// What they are, for messages: "charge".
  private let noun: String

  /// - Throws: `Failure.input` that names the part which cannot be read.
  public init(_ text: String, noun: String) throws {
    var values: [Element: Double] = [:]
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "=", omittingEmptySubsequences: false)
      let symbol = pieces[0].filter { !$0.isWhitespace }
      guard pieces.count == 2, let element = Element(symbol: symbol),
        let value = Double(pieces[1].filter { !$0.isWhitespace }), value.isFinite
      else { throw Failure.input("'\(part)' is no \(noun) of an element", remedy: "write Li=1,P=5,S=-2") }
      guard values.updateValue(value, forKey: element) == nil else {
        throw Failure.input("\(element.symbol) has two \(noun)s in '\(text)'", remedy: "give one for each element")
      }
    }
    (self.values, self.noun) = (values, noun)
  }

  /// [species].
  /// - Parameter missing: for species that are not named; nil: each must be.
  /// - Throws: `Failure.input` for an element that the trajectory does not have, and for one without a value.
  func inOrder(of species: [Element], missing: Double? = nil, in path: String) throws -> [Double] {
    let known = species.map(\.symbol).joined(separator: ", "), place = Place(file: path)
    if let stranger = values.keys.filter({ !species.contains($0) }).map(\.symbol).min() {
      throw Failure.input(
        "there is a \(noun) for \(stranger), but no \(stranger) in the trajectory", at: place, remedy: "it has \(known)")
    }
    return try species.map { element in
      guard let value = values[element] ?? missing else {
        throw Failure.input("\(element.symbol) has no \(noun)", at: place, remedy: "give one for each of \(known)")
      }
      return value
    }
  }
}
