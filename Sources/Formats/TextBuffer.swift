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

  /// `value` times ten to the `decimalShift`, with no rounding: only the exponent in the text changes.
  mutating func append(_ value: Double, decimalShift: Int) {
    let text = value.description
    guard let mark = text.utf8.firstIndex(of: 0x65) else { return append(value.isFinite ? "\(text)e\(decimalShift)" : text) }
    let exponent = Int(text[text.index(after: mark)...]) ?? 0
    append("\(text[..<mark])e\(exponent + decimalShift)")
  }

  /// Three numbers, each after a blank.
  mutating func append(_ v: Vector3) {
    for axis in 0..<3 {
      append(byte: 0x20)
      append(v[axis])
    }
  }

  mutating func append(_ v: Vector3, decimalShift: Int) {
    for axis in 0..<3 {
      append(byte: 0x20)
      append(v[axis], decimalShift: decimalShift)
    }
  }

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
}
