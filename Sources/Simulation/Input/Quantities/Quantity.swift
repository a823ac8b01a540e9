import Diagnostics

/// A number with a unit, as a string of the input file gives it: "300 K", "0.01 eV/Å".
package enum Quantity {
  /// The value in the dimension's default unit.
  /// - Throws: `Failure.input` that says which units are accepted, or the nearest one to a misspelt unit.
  package static func parse(_ text: String, as dimension: Dimension, at place: Place?) throws -> Double {
    let trimmed = text.trimmingPrefix { $0.isWhitespace }
    let numberEnd = endOfNumber(trimmed)
    guard let number = Double(String(trimmed[..<numberEnd])), number.isFinite else {
      throw Failure.input(
        "'\(text)' does not begin with a number", at: place,
        remedy: "write \(dimension.withArticle) as in \"1.5 \(dimension.defaultUnit)\"")
    }
    let unit = String(trimmed[numberEnd...].drop { $0.isWhitespace })
    let value = number * (unit.isEmpty ? 1 : try factor(of: unit, as: dimension, at: place))
    guard value.isFinite else { throw Failure.input("'\(text)' is too large a number", at: place) }
    return value
  }

  private static func factor(of unit: String, as dimension: Dimension, at place: Place?) throws -> Double {
    let accepted = dimension.acceptedUnits.joined(separator: ", ")
    do {
      let expression = try UnitExpression(unit)
      if let factor = expression.factor(to: dimension) { return factor }
      let measured = expression.exponents.dimension.map { "measures \($0.withArticle)" } ?? "measures something else"
      throw Failure.input(
        "'\(unit)' \(measured), where \(dimension.withArticle) is needed", at: place,
        remedy: "give it in one of \(accepted)")
    } catch .unknownUnit(let name) as UnitExpression.Problem {
      let known = dimension.acceptedUnits + NamedUnit.allNames
      let nearest = nearestName(to: name, among: known).map { "did you mean '\($0)'?" }
      throw Failure.input(
        "unknown unit '\(name)'", at: place, remedy: nearest ?? "give it in one of \(accepted)")
    } catch is UnitExpression.Problem {
      throw Failure.input("'\(unit)' is not a unit", at: place, remedy: "give it in one of \(accepted)")
    }
  }

  /// Where the longest prefix that can be a decimal number ends.
  ///
  /// The "e" of "2 e" or "2eV" is no exponent: no digit follows it.
  private static func endOfNumber(_ text: Substring) -> Substring.Index {
    var index = text.startIndex
    func skipSign() { if index < text.endIndex, "+-".contains(text[index]) { index = text.index(after: index) } }
    func skipDigits() {
      while index < text.endIndex, text[index].isASCII, text[index].isNumber { index = text.index(after: index) }
    }
    skipSign()
    skipDigits()
    if index < text.endIndex, text[index] == "." {
      index = text.index(after: index)
      skipDigits()
    }
    let mantissaEnd = index
    guard index < text.endIndex, "eE".contains(text[index]) else { return mantissaEnd }
    index = text.index(after: index)
    skipSign()
    guard index < text.endIndex, text[index].isASCII, text[index].isNumber else { return mantissaEnd }
    skipDigits()
    return index
  }

  /// A value as the input file would give it: "300 K", "0.5 fs"; read back it is the same number.
  package static func literal(_ value: Double, _ dimension: Dimension) -> String {
    "\"\(shortest(value)) \(dimension.defaultUnit)\""
  }

  /// The shortest digits that read back as the same number, without an idle ".0".
  static func shortest(_ value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
