import Foundation

/// A product of powers of named units: "eV/Å", "kJ/mol/nm", "eV Å^6", "1/Å", "Å fs^-1".
///
/// As in print, a slash divides by the one factor after it: "kJ/mol nm^6" is (kJ/mol) nm^6.
struct UnitExpression {
  /// In Å, fs, eV, K, amu, e.
  private var product = 1.0
  private(set) var exponents = UnitExponents.none
  /// The one unit that the expression is, if it is no product: its magnitude needs no rounding.
  private var single: NamedUnit?

  enum Problem: Error, Equatable {
    case unknownUnit(String)
    case malformed
  }

  private static let largestPower = 12

  init(_ text: String) throws(Problem) {
    var power = 1
    var factors = 0
    for token in try Self.tokens(text) {
      if token == "/" {
        guard power == 1 else { throw .malformed }
        power = -1
        continue
      }
      let factor = try Self.factor(token)
      if let unit = factor.unit {
        let total = power * factor.power
        product *= pow(unit.magnitude * unit.scale, Double(total))
        exponents = exponents.adding(unit.exponents, times: total)
        single = factors == 0 && total == 1 ? unit : nil
      } else {
        single = nil
      }
      factors += 1
      power = 1
    }
    guard factors > 0, power == 1 else { throw .malformed }
  }

  /// By what a number in this unit is multiplied to be in the dimension's default unit.
  /// - Returns: nil if the unit measures something else.
  func factor(to dimension: Dimension) -> Double? {
    guard exponents == dimension.exponents else { return nil }
    if let single { return single.magnitude }
    // 1 but for the default units of pressure and density.
    let defaultUnit = try? UnitExpression(dimension.defaultUnit)
    return product / (defaultUnit?.product ?? 1)
  }

  /// "kJ/mol nm^6" -> ["kJ", "/", "mol", "nm^6"].
  private static func tokens(_ text: String) throws(Problem) -> [String] {
    guard text.utf8.count <= 64 else { throw .malformed }
    var tokens: [String] = []
    var current = ""
    for character in text.precomposedStringWithCanonicalMapping {
      switch character {
      case " ", "\t", "*", "·", "⋅", "×", "/":
        if !current.isEmpty { tokens.append(current) }
        current = ""
        if character == "/" { tokens.append("/") }
      default:
        current.append(superscripts[character].map { current.contains("^") ? $0 : "^" + $0 } ?? String(character))
      }
    }
    if !current.isEmpty { tokens.append(current) }
    return tokens
  }

  private static let superscripts: [Character: String] = [
    "⁻": "-", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6",
  ]

  /// A unit with its power; no unit for the "1" of "1/Å".
  private static func factor(_ token: String) throws(Problem) -> (unit: NamedUnit?, power: Int) {
    if token == "1" { return (nil, 1) }
    let parts = token.split(separator: "^", omittingEmptySubsequences: false).map(String.init)
    guard let unit = NamedUnit.named(parts[0]) else { throw .unknownUnit(parts[0]) }
    guard parts.count > 1 else { return (unit, 1) }
    guard parts.count == 2, let power = Int(parts[1]), power != 0, abs(power) <= largestPower else {
      throw .malformed
    }
    return (unit, power)
  }
}
