import Diagnostics

/// Words of which the input file takes one.
protocol InputChoice: RawRepresentable<String>, CaseIterable, Sendable {
  /// Words that are planned or that users of other programs try, and that this version does not have.
  static var unavailable: [String] { get }
}

extension InputChoice {
  static var unavailable: [String] { [] }
}

extension ValueType where Value: InputChoice {
  static var choice: ValueType {
    let words = Value.allCases.map(\.rawValue)
    return ValueType(
      "one of " + words.map(quoted).joined(separator: ", "),
      decode: { node in
        guard case .string(let word) = node.value else {
          throw mismatch(node, expected: "one of " + words.map(quoted).joined(separator: ", "))
        }
        if let value = Value(rawValue: word) { return value }
        throw unknownChoice(word, of: node, available: words, unavailable: Value.unavailable)
      },
      literal: { quoted($0.rawValue) })
  }
}

/// What a word deserves that is not among the available ones.
func unknownChoice(_ word: String, of node: InputNode, available: [String], unavailable: [String]) -> Failure {
  let list = available.joined(separator: ", ")
  if unavailable.contains(word) {
    return Failure.input(
      "this version of swmd has no '\(node.name)' = \(quoted(word))", at: node.place, remedy: "available: \(list)")
  }
  let nearest = nearestName(to: word, among: available).map { "did you mean \(quoted($0))?" }
  return Failure.input(
    "'\(node.name)' cannot be \(quoted(word))", at: node.place, remedy: nearest ?? "choose one of: \(list)")
}
