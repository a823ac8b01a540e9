import Diagnostics
import Glibc

/// A file open for sequential, buffered writing; every error is a `Failure` that names the file and the system's
/// reason.
///
/// Nothing reaches the file before the buffer is full or `flush` is called. One writer at a time: not thread-safe.
public final class OutputFile {
  public enum Opening: Sendable {
    /// Must not exist yet.
    case new
    /// Emptied if it exists.
    case replacing
    /// Must exist; its content stays, and writing goes on at its end.
    case existing
  }

  /// What messages call it.
  public let path: String
  /// Bytes from the file's start to where the next write goes, those still in the buffer included.
  public private(set) var position: Int = 0
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 18

  /// - Parameter name: what messages call it; nil: `path`.
  /// - Throws: `Failure.input` if the file cannot be opened so.
  public init(_ path: String, _ opening: Opening, named name: String? = nil) throws {
    self.path = name ?? path
    let flags: Int32
    switch opening {
    case .new: flags = O_WRONLY | O_CREAT | O_EXCL
    case .replacing: flags = O_WRONLY | O_CREAT | O_TRUNC
    case .existing: flags = O_WRONLY
    }
    // Opened anew, a standard stream that leads to a file would be cut and written from its start.
    descriptor = Self.standardStream(path).map(dup) ?? open(path, flags | O_CLOEXEC, 0o666)
    if descriptor < 0 {
      let remedy = errno == EEXIST ? "choose another name or remove the file" : "check the path and its permissions"
      throw Failure.input(
        "the file cannot be opened for writing (\(systemReason()))", at: Place(file: self.path), remedy: remedy)
    }
    buffer.reserveCapacity(Self.bufferSize)
    if opening == .existing { position = max(0, lseek(descriptor, 0, SEEK_END)) }
  }

  /// The descriptor of this process that `path` names, if it does: where a shell has sent it is the shell's choice.
  static func standardStream(_ path: String) -> Int32? {
    switch path {
    case "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1": STDOUT_FILENO
    case "/dev/stderr", "/dev/fd/2", "/proc/self/fd/2": STDERR_FILENO
    default: nil
    }
  }

  deinit {
    if descriptor >= 0 { Glibc.close(descriptor) }
  }

  /// Appends `bytes`; large pieces go past the buffer.
  /// - Throws: `Failure.runtime` if the disk takes no more; what had been in the buffer may then be written in part.
  public func write(_ bytes: UnsafeRawBufferPointer) throws {
    if buffer.count + bytes.count > Self.bufferSize { try flush() }
    if bytes.count >= Self.bufferSize {
      try writeAll(bytes)
    } else {
      buffer.append(contentsOf: bytes)
    }
    position += bytes.count
  }

  public func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

  /// Appends `text` as UTF-8.
  public func write(_ text: String) throws {
    var text = text
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
  }

  /// Overwrites bytes that are in the file already; the position of sequential writing stays.
  public func overwrite(_ bytes: [UInt8], at offset: Int) throws {
    try flush()
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, offset + done) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure("writing failed") }
      done += count
    }
  }

  /// Hands the buffer to the system: from then on the bytes survive a kill of this process.
  public func flush() throws {
    defer { buffer.removeAll(keepingCapacity: true) }
    try buffer.withUnsafeBytes { try writeAll($0) }
  }

  /// Flushes and waits until the bytes are on the disk: from then on they survive a loss of power.
  public func synchronize() throws {
    try flush()
    // A pipe or a terminal has nothing to synchronize and says EINVAL.
    if fsync(descriptor) != 0 && errno != EINVAL && errno != EROFS { throw failure("synchronizing failed") }
  }

  /// Discards the buffer and all bytes from `length` on; writing continues there.
  public func truncate(to length: Int) throws {
    buffer.removeAll(keepingCapacity: true)
    guard ftruncate(descriptor, length) == 0, lseek(descriptor, length, SEEK_SET) == length else {
      throw failure("cutting it to \(length) bytes failed")
    }
    position = length
  }

  /// Flushes and closes; further calls do nothing.
  public func close() throws {
    guard descriptor >= 0 else { return }
    defer { descriptor = -1 }
    do { try flush() } catch {
      Glibc.close(descriptor)
      throw error
    }
    if Glibc.close(descriptor) != 0 && errno != EINTR { throw failure("closing failed") }
  }

  private func writeAll(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure("writing failed") }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  private func failure(_ what: String) -> Failure {
    let full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG
    return Failure.runtime(
      "\(what) (\(systemReason()))", at: Place(file: path), remedy: full ? "make room on the disk and restart" : nil)
  }
}
