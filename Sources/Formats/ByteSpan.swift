/// A run of bytes inside a reader's buffer: a line or a word of it, valid until the reader's next call.
struct ByteSpan {
  private(set) var start: UnsafePointer<UInt8>
  private(set) var end: UnsafePointer<UInt8>

  init(start: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>) {
    self.start = start
    self.end = end
  }

  var count: Int { end - start }
  var isEmpty: Bool { start == end }
  var first: UInt8? { start < end ? start.pointee : nil }
  var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

  /// Bytes that are not UTF-8 appear as U+FFFD.
  var string: String { String(decoding: buffer, as: UTF8.self) }

  /// For messages: at most 40 bytes, so that a binary file does not flood the terminal.
  var excerpt: String { String(decoding: buffer.prefix(40), as: UTF8.self) + (count > 40 ? "..." : "") }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

  var isBlank: Bool { buffer.allSatisfy(Self.isBlank) }

  /// Takes the next blank-separated word off the front; nil when only blanks are left.
  mutating func nextWord() -> ByteSpan? {
    while start < end, Self.isBlank(start.pointee) { start += 1 }
    guard start < end else { return nil }
    let head = start
    while start < end, !Self.isBlank(start.pointee) { start += 1 }
    return ByteSpan(start: head, end: start)
  }

  /// Takes a sign off the front, if there is one; true for a minus.
  mutating func takeSign() -> Bool {
    guard let byte = first, byte == 0x2D || byte == 0x2B else { return false }
    start += 1
    return byte == 0x2D
  }

  var words: [ByteSpan] {
    var rest = self
    var found: [ByteSpan] = []
    while let word = rest.nextWord() { found.append(word) }
    return found
  }

  var wordStrings: [String] { words.map(\.string) }

  /// Without blanks at both ends.
  var trimmed: ByteSpan {
    var head = start
    var tail = end
    while head < tail, Self.isBlank(head.pointee) { head += 1 }
    while head < tail, Self.isBlank((tail - 1).pointee) { tail -= 1 }
    return ByteSpan(start: head, end: tail)
  }

  /// The parts before and after the first `separator`; nil for the second part if there is none.
  func split(at separator: UInt8) -> (ByteSpan, ByteSpan?) {
    guard let index = buffer.firstIndex(of: separator) else { return (self, nil) }
    return (ByteSpan(start: start, end: start + index), ByteSpan(start: start + index + 1, end: end))
  }

  func equals(_ text: StaticString) -> Bool {
    count == text.utf8CodeUnitCount && buffer.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: count))
  }

  func contains(_ text: String) -> Bool {
    let wanted = Array(text.utf8)
    guard count >= wanted.count else { return false }
    return (0...(count - wanted.count)).contains { offset in
      UnsafeBufferPointer(start: start + offset, count: wanted.count).elementsEqual(wanted)
    }
  }
}

func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A }
func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
