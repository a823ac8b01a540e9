import Atomistics
import PairPotentials
import PotentialKit

/// An element by its symbol; the tests name only ones that exist.
func element(_ symbol: String) throws -> Element {
  guard let element = Element(symbol: symbol) else { throw UnknownElement(symbol: symbol) }
  return element
}

struct UnknownElement: Error {
  var symbol: String
}

/// Every pair of the elements with parameters that differ from pair to pair.
func pairs<P>(_ symbols: [String], _ parameters: (Double) -> P) throws -> [PairEntry<P>] {
  var result: [PairEntry<P>] = []
  for (i, first) in symbols.enumerated() {
    for second in symbols[i...] {
      result.append(PairEntry(try element(first), try element(second), parameters(Double(result.count))))
    }
  }
  return result
}
