import Diagnostics
import Glibc

/// A binary file open for reading, never past its end, whatever its own numbers claim.
final class InputFile {
  let path: String
  /// Bytes.
  let length: Int
  private(set) var position = 0
  private let source: Source

  private enum Source {
    case descriptor(Int32)
    case memory([UInt8])
  }

  var remaining: Int { length - position }

  /// - Throws: `Failure.input` if it is no readable regular file.
  init(_ path: String) throws {
    self.path = path
    let descriptor = try openForReading(path)
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Failure.input(
        "this is not a regular file, as a binary one must be", at: Place(file: path), remedy: "check the path")
    }
    source = .descriptor(descriptor)
    length = Int(status.st_size)
  }

  /// Reads from memory; `name` stands for the path in messages.
  init(bytes: [UInt8], name: String) {
    path = name
    source = .memory(bytes)
    length = bytes.count
  }

  deinit {
    if case .descriptor(let descriptor) = source { close(descriptor) }
  }

  /// Goes on reading at `offset`; reading past the end then finds nothing.
  func seek(to offset: Int) throws {
    guard (0...length).contains(offset) else {
      throw Failure.input("the file ends before byte \(offset)", at: Place(file: path))
    }
    position = offset
  }

  /// Fills `bytes`; false where the file ends before.
  func read(into bytes: UnsafeMutableRawBufferPointer) throws -> Bool {
    guard bytes.count <= remaining else { return false }
    var done = 0
    while done < bytes.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[done...])
      let count = try readSome(into: rest, at: position + done)
      if count == 0 { return false }
      done += count
    }
    position += done
    return true
  }

  private func readSome(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
    switch source {
    case .descriptor(let descriptor):
      return try Formats.readSome(descriptor, into: bytes.baseAddress, bytes.count, at: offset, path: path)
    case .memory(let content):
      content.withUnsafeBytes {
        bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + bytes.count]))
      }
      return bytes.count
    }
  }

  /// The next `count` bytes, or nil where the file ends before.
  func read(_ count: Int) throws -> [UInt8]? {
    guard count >= 0, count <= remaining else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    return try bytes.withUnsafeMutableBytes { try read(into: $0) } ? bytes : nil
  }
}
