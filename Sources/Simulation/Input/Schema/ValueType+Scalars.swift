import Atomistics
import Diagnostics

extension ValueType where Value == Double {
  static func quantity(_ dimension: Dimension) -> ValueType {
    ValueType(
      dimension.rawValue, unit: dimension.defaultUnit,
      decode: { node in
        if case .string(let text) = node.value {
          return try named(node) { try Quantity.parse(text, as: dimension, at: node.place) }
        }
        guard let number = number(node) else {
          throw mismatch(
            node, expected: dimension.withArticle,
            remedy: "write a number (in \(dimension.defaultUnit)) or a string with its unit")
        }
        return try finite(number, node)
      },
      literal: { Quantity.literal($0, dimension) })
  }

  static let real = ValueType(
    "number",
    decode: { node in
      guard let number = number(node) else { throw mismatch(node, expected: "a number") }
      return try finite(number, node)
    },
    literal: { Quantity.shortest($0) })

  private static func number(_ node: InputNode) -> Double? {
    switch node.value {
    case .integer(let number): Double(number)
    case .real(let number): number
    default: nil
    }
  }

  private static func finite(_ number: Double, _ node: InputNode) throws -> Double {
    guard number.isFinite else { throw Failure.input("'\(node.name)' is not a finite number", at: node.place) }
    return number
  }

  /// Puts the key's name before what is wrong with its quantity.
  private static func named(_ node: InputNode, _ body: () throws -> Double) throws -> Double {
    do {
      return try body()
    } catch var failure as Failure {
      failure.message = "'\(node.name)': " + failure.message
      throw failure
    }
  }
}

extension ValueType where Value == Int {
  static let integer = ValueType(
    "integer",
    decode: { node in
      switch node.value {
      case .integer(let number): return number
      // "2e6" is how many people write a count; doubles hold integers exactly up to 2^53.
      case .real(let number) where number.rounded() == number && abs(number) <= 0x1p53: return Int(number)
      default: throw mismatch(node, expected: "an integer")
      }
    },
    literal: { "\($0)" })
}

extension ValueType where Value == UInt32 {
  static let seed = ValueType(
    "integer from 0 to 4294967295",
    decode: { node in
      guard case .integer(let number) = node.value, let seed = UInt32(exactly: number) else {
        throw mismatch(node, expected: "an integer from 0 to 4294967295")
      }
      return seed
    },
    literal: { "\($0)" })
}

extension ValueType where Value == Bool {
  static let boolean = ValueType(
    "true or false",
    decode: { node in
      guard case .boolean(let flag) = node.value else { throw mismatch(node, expected: "true or false") }
      return flag
    },
    literal: { "\($0)" })
}

extension ValueType where Value == String {
  static let string = text("string")
  /// A path; relative ones are relative to the input file's directory.
  static let path = text("path")

  private static func text(_ name: String) -> ValueType {
    ValueType(
      name,
      decode: { node in
        guard case .string(let text) = node.value else { throw mismatch(node, expected: "a \(name) in quotes") }
        guard !text.isEmpty else { throw Failure.input("'\(node.name)' is empty", at: node.place) }
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
          throw Failure.input("'\(node.name)' has a line break or another control character", at: node.place)
        }
        return text
      },
      literal: quoted)
  }
}

extension ValueType where Value == Element {
  static let element = ValueType(
    "element",
    decode: { node in
      guard case .string(let symbol) = node.value else {
        throw mismatch(node, expected: "an element's symbol in quotes")
      }
      return try element(symbol, of: node)
    },
    literal: { quoted($0.symbol) })

  static func element(_ symbol: String, of node: InputNode) throws -> Element {
    if let element = Element(symbol: symbol) { return element }
    throw Failure.input(
      "'\(node.name)': there is no element '\(symbol)'", at: node.place,
      remedy: nearestName(to: symbol, among: Element.allSymbols).map { "did you mean '\($0)'?" })
  }
}

/// A TOML basic string; other control characters than line breaks do not get here.
func quoted(_ text: String) -> String {
  "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
}
