import Numerics

/// Text on its way into a file, as bytes.
struct TextBuffer {
  private(set) var bytes: [UInt8] = []

  var count: Int { bytes.count }

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func append(byte: UInt8) { bytes.append(byte) }

  mutating func newline() { bytes.append(0x0A) }

  /// The shortest decimal that reads back to the same bits.
  mutating func append(_ value: Double) { append(value.description) }

  mutating func append(_ value: Int) { append(String(value)) }

  /// `value` times ten to the `decimalShift` (0 or more), with no rounding: the point moves in the text.
  mutating func append(_ value: Double, decimalShift: Int) {
    guard value.isFinite else { return append(value) }
    var text = value.description
    text.withUTF8 { digits in
      if let mark = digits.firstIndex(of: 0x65) {
        let exponent = Int(String(decoding: digits[(mark + 1)...], as: UTF8.self)) ?? 0
        bytes.append(contentsOf: digits[...mark])
        append(exponent + decimalShift)
      } else {
        appendMovingPoint(of: digits, by: decimalShift)
      }
    }
  }

  private mutating func appendMovingPoint(of digits: UnsafeBufferPointer<UInt8>, by shift: Int) {
    let head = digits[0] == 0x2D ? 1 : 0
    let point = digits.firstIndex(of: 0x2E) ?? digits.count
    if head == 1 { bytes.append(0x2D) }
    let start = bytes.count
    for place in head..<(point + 1 + shift) where place != point {
      let digit = place < digits.count ? digits[place] : 0x30
      // No zeros in front.
      if digit != 0x30 || bytes.count > start { bytes.append(digit) }
    }
    if bytes.count == start { bytes.append(0x30) }
    bytes.append(0x2E)
    let rest = digits.dropFirst(point + 1 + shift)
    if rest.isEmpty { bytes.append(0x30) } else { bytes.append(contentsOf: rest) }
  }

  /// A blank and a number.
  mutating func appendWord(_ value: Double) {
    append(byte: 0x20)
    append(value)
  }

  mutating func appendWord(_ value: Int) {
    append(byte: 0x20)
    append(value)
  }

  /// Three numbers, each after a blank.
  mutating func append(_ v: Vector3) {
    for axis in 0..<3 { appendWord(v[axis]) }
  }

  /// Three whole numbers, each after a blank.
  mutating func append(_ v: SIMD3<Int32>) {
    for axis in 0..<3 { appendWord(Int(v[axis])) }
  }

  mutating func append(_ v: Vector3, decimalShift: Int) {
    for axis in 0..<3 {
      append(byte: 0x20)
      append(v[axis], decimalShift: decimalShift)
    }
  }

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
}
