import Diagnostics
import Glibc

/// A binary file open for reading, never past its end, whatever its own numbers claim.
final class InputFile {
  let path: String
  /// Bytes.
  let length: Int
  private(set) var position = 0
  private let descriptor: Int32

  var remaining: Int { length - position }

  /// - Throws: `Failure.input` if it is no readable regular file.
  init(_ path: String) throws {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Failure.input(
        "the file cannot be opened (\(systemReason()))", at: Place(file: path), remedy: "check the path")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Failure.input("this is not a regular file", at: Place(file: path), remedy: "check the path")
    }
    length = Int(status.st_size)
  }

  deinit { close(descriptor) }

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
      let count = pread(descriptor, rest.baseAddress, rest.count, position + done)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw Failure.runtime("reading failed (\(systemReason()))", at: Place(file: path))
      }
      if count == 0 { return false }
      done += count
    }
    position += done
    return true
  }

  /// The next `count` bytes, or nil where the file ends before.
  func read(_ count: Int) throws -> [UInt8]? {
    guard count >= 0, count <= remaining else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    return try bytes.withUnsafeMutableBytes { try read(into: $0) } ? bytes : nil
  }
}
