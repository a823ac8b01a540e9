import Glibc

/// Powers of ten that a double holds exactly.
private let exactPowersOfTen: [Double] = (0...22).map { (0..<$0).reduce(1.0) { power, _ in power * 10 } }

/// A decimal number, correctly rounded; nil unless the whole word is one. "nan" and "inf" are numbers, hexadecimal is
/// not.
///
/// - Parameter decimalShift: the value is multiplied by ten to this power before it is rounded, so that a change of unit
///   by a power of ten costs no bit.
func parseDouble(_ word: ByteSpan, decimalShift: Int = 0) -> Double? {
  guard let decimal = Decimal(word) else { return parseSpecial(word) }
  let exponent = decimal.exponent + decimalShift
  // Mantissa and power are both exact, so that one rounding is the correct one (Clinger 1990).
  if decimal.isMantissaExact, decimal.mantissa <= 1 << 53, abs(exponent) <= 22 {
    let power = exactPowersOfTen[abs(exponent)]
    let mantissa = Double(decimal.mantissa)
    let value = exponent < 0 ? mantissa / power : mantissa * power
    return decimal.isNegative ? -value : value
  }
  return parseSlowly(word, decimal, decimalShift)
}

/// A word's sign, digits and power of ten, without rounding.
private struct Decimal {
  let isNegative: Bool
  /// All digits as one integer; meaningful if `isMantissaExact`.
  var mantissa: UInt64 = 0
  var isMantissaExact = true
  /// Power of ten of the last digit of the mantissa.
  var exponent = 0
  /// The exponent as it is written, and where it starts.
  var writtenExponent = 0
  var mantissaEnd: UnsafePointer<UInt8>

  init?(_ word: ByteSpan) {
    var rest = word
    isNegative = rest.takeSign()
    var at = rest.start
    let end = word.end
    mantissaEnd = end
    var digits = 0
    var hasPoint = false
    while at < end {
      let byte = at.pointee
      if isDigit(byte) {
        if mantissa < 1_000_000_000_000_000_000 {
          mantissa = mantissa &* 10 &+ UInt64(byte &- 0x30)
        } else {
          isMantissaExact = false
        }
        digits += 1
        if hasPoint { exponent -= 1 }
      } else if byte == 0x2E, !hasPoint {
        hasPoint = true
      } else {
        break
      }
      at += 1
    }
    guard digits > 0 else { return nil }
    mantissaEnd = at
    guard at < end else { return }
    guard at.pointee | 0x20 == 0x65, let power = Self.exponent(ByteSpan(start: at + 1, end: end)) else { return nil }
    writtenExponent = power
    exponent += power
  }

  /// Clamped: beyond a million every double is zero or infinite, however many digits precede.
  private static func exponent(_ word: ByteSpan) -> Int? {
    var rest = word
    let isNegative = rest.takeSign()
    var at = rest.start
    guard at < word.end else { return nil }
    var value = 0
    while at < word.end {
      guard isDigit(at.pointee) else { return nil }
      value = min(value * 10 + Int(at.pointee - 0x30), 1_000_000)
      at += 1
    }
    return isNegative ? -value : value
  }
}

/// The C library's conversion (the C locale, correctly rounded) on a terminated copy.
private func parseSlowly(_ word: ByteSpan, _ decimal: Decimal, _ decimalShift: Int) -> Double {
  let digits = decimal.mantissaEnd - word.start
  return withUnsafeTemporaryAllocation(of: CChar.self, capacity: digits + 24) { copy in
    for i in 0..<digits { copy[i] = CChar(truncatingIfNeeded: word.start[i]) }
    var length = digits
    for byte in "e\(decimal.writtenExponent + decimalShift)\0".utf8 {
      copy[length] = CChar(bitPattern: byte)
      length += 1
    }
    return copy.baseAddress.map { strtod($0, nil) } ?? .nan
  }
}

private func parseSpecial(_ word: ByteSpan) -> Double? {
  guard word.count <= 9 else { return nil }
  switch word.string.lowercased() {
  case "nan", "+nan", "-nan": return .nan
  case "inf", "+inf", "infinity", "+infinity": return .infinity
  case "-inf", "-infinity": return -.infinity
  default: return nil
  }
}

/// A decimal integer; nil unless the whole word is one that fits.
func parseInteger(_ word: ByteSpan) -> Int? {
  var rest = word
  let isNegative = rest.takeSign()
  var at = rest.start
  guard at < word.end else { return nil }
  var value = 0
  while at < word.end {
    guard isDigit(at.pointee) else { return nil }
    let (product, overflow) = value.multipliedReportingOverflow(by: 10)
    let (sum, carry) = product.subtractingReportingOverflow(Int(at.pointee - 0x30))
    guard !overflow, !carry else { return nil }
    value = sum
    at += 1
  }
  // Summed downwards because the least integer has no positive counterpart.
  if isNegative { return value }
  return value == Int.min ? nil : -value
}

/// Python's and Fortran's spellings of true and false.
func parseLogical(_ word: ByteSpan) -> Bool? {
  switch word.count <= 5 ? word.string : "" {
  case "T", "True", "true", "TRUE", "1": return true
  case "F", "False", "false", "FALSE", "0": return false
  default: return nil
  }
}
