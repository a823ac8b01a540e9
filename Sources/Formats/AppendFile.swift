import Diagnostics

/// A text file that grows by whole lines (or frames) and that a restart continues at an exact byte.
///
/// A checkpoint keeps `offset`; after a kill the run opens the file there, and what had been written since is cut off.
public final class AppendFile {
  private let file: OutputFile
  /// The end of the last piece that reached the file whole.
  private var flushedOffset: Int

  public var path: String { file.path }
  /// Bytes written so far, the buffered ones included: what a checkpoint stores (after `flush`).
  public var offset: Int { file.position }

  /// Creates the file.
  /// - Throws: `Failure.input` if it exists and `overwriting` is false, or cannot be created.
  public init(creating path: String, overwriting: Bool = false) throws {
    file = try OutputFile(path, overwriting ? .replacing : .new)
    flushedOffset = 0
  }

  /// Opens the file to go on after its first `offset` bytes; the rest is cut off.
  /// - Throws: `Failure.input` if it is missing or shorter than that.
  public init(continuing path: String, at offset: Int) throws {
    file = try OutputFile(path, .existing)
    guard offset >= 0, file.position >= offset else {
      throw Failure.input(
        "the file has \(file.position) bytes but the checkpoint continues it after byte \(offset)",
        at: Place(file: path), remedy: "restore the file of the run that wrote the checkpoint, or start a new run")
    }
    try file.truncate(to: offset)
    flushedOffset = offset
  }

  /// Appends `line` and a newline.
  public func append(line: String) throws { try append(text: line + "\n") }

  /// Appends whole lines, each with its newline; it reaches the file with the next `flush`, or earlier.
  ///
  /// - Throws: `Failure.runtime` if the disk is full; the file then ends with the last flush before.
  public func append(text: String) throws { try guarding { try file.write(text) } }

  /// As `append(text:)`, for text that is bytes already.
  public func append(bytes: [UInt8]) throws { try guarding { try file.write(bytes) } }

  /// Hands everything to the system, so that it survives a kill of this process.
  public func flush() throws {
    try guarding { try file.flush() }
    flushedOffset = file.position
  }

  /// Flushes, and waits until the disk has it; call it before the checkpoint that stores `offset` is written.
  public func synchronize() throws {
    try flush()
    try file.synchronize()
  }

  public func close() throws {
    try flush()
    try file.close()
  }

  /// No half line stays behind a failed write.
  private func guarding(_ body: () throws -> Void) throws {
    do { try body() } catch {
      try? file.truncate(to: flushedOffset)
      throw error
    }
  }
}
