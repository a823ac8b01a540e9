import Atomistics
import Diagnostics

/// The comment line of extended XYZ as key-value pairs, in order: `key=value key="quoted \" value" key=[1, 2] flag`.
///
/// Follows ASE's reader: quotes and braces group, a backslash takes the next character as it is, a bare key is true.
/// Brackets nest, as in libAtoms's grammar.
struct ExtendedXYZHeader {
  private(set) var pairs: [(key: String, text: String)] = []

  init(_ line: ByteSpan) {
    var scanner = HeaderScanner(line)
    while let pair = scanner.nextPair() {
      // As in a dictionary, the last of equal keys counts.
      if let earlier = pairs.firstIndex(where: { $0.key == pair.key }) {
        pairs[earlier].text = pair.text
      } else {
        pairs.append(pair)
      }
    }
  }

  /// Removes a key and returns its text.
  mutating func take(_ key: String) -> String? {
    guard let index = pairs.firstIndex(where: { $0.key == key }) else { return nil }
    return pairs.remove(at: index).text
  }

  /// Removes a key if its value is one that `convert` understands; otherwise it stays for the user.
  mutating func take<Value>(_ key: String, as convert: (PropertyValue) -> Value?) -> Value? {
    guard let index = pairs.firstIndex(where: { $0.key == key }),
      let value = convert(PropertyValue(extendedXYZ: pairs[index].text))
    else { return nil }
    pairs.remove(at: index)
    return value
  }
}

private struct HeaderScanner {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var at = 0

  init(_ line: ByteSpan) { bytes = line.buffer }

  mutating func nextPair() -> (key: String, text: String)? {
    while at < bytes.count {
      while at < bytes.count, ByteSpan.isBlank(bytes[at]) { at += 1 }
      guard at < bytes.count else { return nil }
      let key = text(stoppingAtEquals: true)
      // Blanks may stand on either side of the equals sign.
      var ahead = at
      while ahead < bytes.count, ByteSpan.isBlank(bytes[ahead]) { ahead += 1 }
      guard ahead < bytes.count, bytes[ahead] == 0x3D else {
        if key.isEmpty { continue }
        return (key, "T")
      }
      at = ahead + 1
      while at < bytes.count, ByteSpan.isBlank(bytes[at]) { at += 1 }
      let value = text(stoppingAtEquals: false)
      if !key.isEmpty { return (key, value) }
    }
    return nil
  }

  /// Bytes up to a blank outside quotes and brackets, without the quotes. Brackets stay: they tell an array from a
  /// string.
  private mutating func text(stoppingAtEquals: Bool) -> String {
    var result: [UInt8] = []
    var closing: UInt8?
    var depth = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte == 0x5C, at + 1 < bytes.count, depth == 0 {
        at += 1
        result.append(bytes[at])
      } else if let quote = closing {
        if byte == quote { closing = nil } else { result.append(byte) }
      } else if byte == 0x5B || (byte == 0x5D && depth > 0) {
        depth += byte == 0x5B ? 1 : -1
        result.append(byte)
      } else if depth > 0 {
        result.append(byte)
      } else if ByteSpan.isBlank(byte) || (stoppingAtEquals && byte == 0x3D) {
        break
      } else if byte == 0x22 || byte == 0x27 || byte == 0x7B {
        closing = byte == 0x7B ? 0x7D : byte
      } else {
        result.append(byte)
      }
      at += 1
    }
    return String(decoding: result, as: UTF8.self)
  }
}
