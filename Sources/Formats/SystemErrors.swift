import Diagnostics
import Glibc

/// What the system says of the last error, in lower case as it stands inside a sentence.
func systemReason() -> String { String(cString: strerror(errno)).lowercased() }

/// A descriptor for reading `path`, to be closed by the caller.
/// - Throws: `Failure.input` that says why there is none.
func openForReading(_ path: String) throws -> Int32 {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else {
    throw Failure.input(
      "the file cannot be opened (\(systemReason()))", at: Place(file: path), remedy: "check the path")
  }
  return descriptor
}

/// Reads up to `count` bytes (0: the end of the file), at `offset` or, if that is nil, wherever the descriptor stands.
/// - Throws: `Failure.runtime` with the system's reason.
func readSome(
  _ descriptor: Int32, into bytes: UnsafeMutableRawPointer?, _ count: Int, at offset: Int? = nil, path: String
) throws -> Int {
  while true {
    let got = offset.map { pread(descriptor, bytes, count, $0) } ?? read(descriptor, bytes, count)
    if got >= 0 { return got }
    if errno == EINTR { continue }
    // A directory opens and then cannot be read: a wrong path, not a broken disk.
    if errno == EISDIR {
      throw Failure.input("this is a directory", at: Place(file: path), remedy: "name a file in it")
    }
    throw Failure.runtime("reading failed (\(systemReason()))", at: Place(file: path))
  }
}
