import Atomistics
import Diagnostics

/// Symbols packed into four bytes, so that a million atoms are named without a million strings.
private let elementsBySymbol: [UInt32: Element] = Dictionary(
  uniqueKeysWithValues: Element.allSymbols.compactMap { symbol in
    Element(symbol: symbol).map { (symbol.utf8.reduce(0) { $0 << 8 | UInt32($1) }, $0) }
  })

/// An element from its symbol in any letter case ("LI" is Li, as in ASE) or its atomic number; nil if there is none.
func parseElement(_ word: ByteSpan) -> Element? {
  guard let first = word.first, word.count <= 4 else { return nil }
  guard isLetter(first) else { return parseInteger(word).flatMap(Element.init(atomicNumber:)) }
  var packed = UInt32(first & 0xDF)
  for byte in word.buffer.dropFirst() {
    guard isLetter(byte) else { return nil }
    packed = packed << 8 | UInt32(byte | 0x20)
  }
  return elementsBySymbol[packed]
}

/// What to say of a name that is no element.
func unknownElement(_ name: String, in subject: String, at place: Place) -> Failure {
  let hint = nearestName(to: name, among: Element.allSymbols)
  return .input(
    "\(subject): '\(name)' is not a chemical element", at: place,
    remedy: hint.map { "did you mean \($0)?" } ?? "write the element's symbol, such as Li")
}

/// The element of a numeric type, from the caller's list; `firstType` is the number of the list's first entry.
func element(ofType type: Int, firstType: Int, among species: [Element], subject: String, at place: Place) throws
  -> Element
{
  let (index, overflow) = type.subtractingReportingOverflow(firstType)
  guard !overflow, species.indices.contains(index) else {
    throw Failure.input(
      "\(subject) has type \(type), but the species list \(species.map(\.symbol)) names types \(firstType) to "
        + "\(firstType + species.count - 1)", at: place, remedy: "name the element of every type")
  }
  return species[index]
}
