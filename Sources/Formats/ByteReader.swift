import Diagnostics
import Glibc

/// Reads a file in blocks and hands it out as lines or raw bytes, so that a file larger than memory can be walked.
///
/// Memory: one block, or the longest line if that is longer. What it returns is valid until its next call.
final class ByteReader {
  let path: String
  /// Of the line last returned, 1-based; 0 before the first.
  private(set) var lineNumber = 0
  /// An upper bound of what is left; of a pipe nothing is known.
  private(set) var bytesLeft: Int

  /// Of the first byte not yet handed out.
  private(set) var offset = 0
  /// false: the file ends within the line last returned.
  private(set) var lineIsWhole = true

  private let isSizeKnown: Bool
  private let descriptor: Int32?
  private var buffer: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private var next = 0
  private var filled = 0
  private var lastLineStart = 0
  private var reachedEnd = false

  static let blockSize = 1 << 20

  init(path: String) throws {
    self.path = path
    let opened = try openForReading(path)
    var status = stat()
    isSizeKnown = fstat(opened, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    bytesLeft = isSizeKnown ? Int(status.st_size) : Int.max / 4
    descriptor = opened
    capacity = Self.blockSize
    buffer = .allocate(capacity: capacity)
    try skipByteOrderMark()
  }

  /// Reads from memory; `name` stands for the path in messages.
  init(bytes: [UInt8], name: String) throws {
    path = name
    descriptor = nil
    capacity = max(bytes.count, 1)
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: capacity)
    _ = copy.update(from: bytes)
    buffer = copy.baseAddress ?? .allocate(capacity: capacity)
    filled = bytes.count
    isSizeKnown = true
    bytesLeft = bytes.count
    reachedEnd = true
    try skipByteOrderMark()
  }

  deinit {
    buffer.deallocate()
    if let descriptor { close(descriptor) }
  }

  var place: Place { Place(file: path, line: max(lineNumber, 1)) }

  /// How many things of `bytesEach` to make room for when the file claims `count`: no more than it can hold.
  func plausible(_ count: Int, bytesEach: Int) -> Int {
    min(count, isSizeKnown ? bytesLeft / bytesEach : 65_536)
  }

  /// The next line without its end (LF or CRLF); nil at the end of the file.
  func nextLine() throws -> ByteSpan? {
    var scanned = 0
    while true {
      if let found = memchr(buffer + next + scanned, 0x0A, filled - next - scanned) {
        let end = found.assumingMemoryBound(to: UInt8.self) - buffer
        return takeLine(upTo: end, consuming: end + 1)
      }
      scanned = filled - next
      if reachedEnd { return scanned > 0 ? takeLine(upTo: filled, consuming: filled) : nil }
      try fill()
    }
  }

  /// Passes over `count` lines; false where the file ends before.
  func skipLines(_ count: Int) throws -> Bool {
    for _ in 0..<count {
      guard try nextLine() != nil else { return false }
    }
    return true
  }

  /// Of the line that comes next.
  var nextPlace: TextPlace { TextPlace(offset: offset, line: lineNumber + 1) }

  /// Goes on at `place`.
  /// - Throws: `Failure.input` for a pipe, or where the file has become shorter than that.
  func seek(to place: TextPlace) throws {
    let length = try currentLength()
    guard place.offset <= length else { throw shortened }
    let inBuffer = place.offset - (offset - next)
    if (0...filled).contains(inBuffer) {
      next = inBuffer
    } else if let descriptor {
      guard lseek(descriptor, place.offset, SEEK_SET) == place.offset else {
        throw Failure.runtime("seeking failed (\(systemReason()))", at: Place(file: path))
      }
      (next, filled, reachedEnd) = (0, 0, false)
    }
    (offset, bytesLeft, lineNumber) = (place.offset, length - place.offset, place.line - 1)
  }

  private func currentLength() throws -> Int {
    guard let descriptor else { return filled }
    var status = stat()
    guard isSizeKnown, fstat(descriptor, &status) == 0 else {
      throw Failure.input(
        "a pipe cannot be searched for a frame", at: Place(file: path), remedy: "write a file, and name that")
    }
    return Int(status.st_size)
  }

  /// What to throw where bytes are gone that were there.
  var shortened: Failure {
    .input(
      "the file became shorter while it was read", at: Place(file: path),
      remedy: "wait until the program that writes it has finished")
  }

  /// Whether all was handed out.
  var isAtEnd: Bool { reachedEnd && next == filled }

  /// Hands the last line out again; once, and only right after `nextLine`.
  func unreadLine() {
    bytesLeft += next - lastLineStart
    offset -= next - lastLineStart
    next = lastLineStart
    lineNumber -= 1
  }

  /// The next line that is not blank.
  func nextFilledLine() throws -> ByteSpan? {
    while let line = try nextLine() {
      if !line.isBlank { return line }
    }
    return nil
  }

  /// The next byte, left where it is; nil at the end.
  func peekByte() throws -> UInt8? {
    while next == filled, !reachedEnd { try fill() }
    return next < filled ? buffer[next] : nil
  }

  /// Exactly `count` raw bytes; nil if the file ends before.
  func nextBytes(_ count: Int) throws -> ByteSpan? {
    guard count >= 0, count <= bytesLeft else { return nil }
    while filled - next < count, !reachedEnd { try fill() }
    guard filled - next >= count else { return nil }
    let head = UnsafePointer(buffer + next)
    next += count
    offset += count
    bytesLeft -= count
    return ByteSpan(start: head, end: head + count)
  }

  /// Up to `count` first bytes for guessing a format; nothing is consumed.
  func preview(_ count: Int) throws -> ByteSpan {
    while filled - next < count, !reachedEnd { try fill() }
    let head = UnsafePointer(buffer + next)
    return ByteSpan(start: head, end: head + min(count, filled - next))
  }

  private func takeLine(upTo end: Int, consuming newNext: Int) -> ByteSpan {
    let head = next
    lastLineStart = head
    bytesLeft -= newNext - next
    offset += newNext - next
    lineIsWhole = newNext > end
    next = newNext
    lineNumber += 1
    let tail = end > head && buffer[end - 1] == 0x0D ? end - 1 : end
    return ByteSpan(start: UnsafePointer(buffer + head), end: UnsafePointer(buffer + tail))
  }

  /// Moves the unread bytes to the front and reads one more block behind them.
  private func fill() throws {
    guard let descriptor else {
      reachedEnd = true
      return
    }
    if next > 0 {
      memmove(buffer, buffer + next, filled - next)
      filled -= next
      next = 0
    }
    if filled == capacity {
      let bigger = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * capacity)
      bigger.update(from: buffer, count: filled)
      buffer.deallocate()
      buffer = bigger
      capacity *= 2
    }
    let got = try readSome(descriptor, into: buffer + filled, capacity - filled, path: path)
    filled += got
    reachedEnd = got == 0
  }

  private func skipByteOrderMark() throws {
    if try preview(3).buffer.elementsEqual([0xEF, 0xBB, 0xBF]) { _ = try nextBytes(3) }
  }
}
