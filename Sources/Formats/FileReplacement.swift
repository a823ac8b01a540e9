import Diagnostics
import Glibc

/// Writes a file beside its target and moves it into place at the end: whoever opens the target sees the old file or
/// the whole new one, and a full disk or a kill loses nothing.
final class FileReplacement {
  let path: String
  /// nil when the target is no regular file (a terminal, a pipe): then there is nothing to protect.
  private let temporary: String?
  private var descriptor: Int32

  /// Throws a runtime `Failure` if the file cannot be made.
  init(path: String) throws {
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists, status.st_mode & S_IFMT != S_IFREG {
      self.path = path
      temporary = nil
      descriptor = open(path, O_WRONLY)
    } else {
      // A link stays a link: what it points to is replaced.
      let target = exists ? Self.resolved(path) : path
      self.path = target
      let beside = "\(target).part\(getpid())"
      temporary = beside
      descriptor = open(beside, O_WRONLY | O_CREAT | O_TRUNC, exists ? status.st_mode & 0o777 : 0o666)
    }
    guard descriptor >= 0 else {
      throw Failure.runtime(
        "cannot write '\(path)': \(String(cString: strerror(errno)))", remedy: "choose a place that can be written")
    }
  }

  deinit { discard() }

  func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { raw in
      var done = 0
      while done < raw.count {
        let written = Glibc.write(descriptor, raw.baseAddress! + done, raw.count - done)
        if written < 0, errno == EINTR { continue }
        guard written >= 0 else { throw failure() }
        done += written
      }
    }
  }

  /// Makes the file durable and moves it into place.
  func finish() throws {
    if let temporary {
      guard fsync(descriptor) == 0 else { throw failure() }
      guard rename(temporary, path) == 0 else { throw failure() }
    }
    close(descriptor)
    descriptor = -1
  }

  private func discard() {
    guard descriptor >= 0 else { return }
    close(descriptor)
    descriptor = -1
    if let temporary { unlink(temporary) }
  }

  private func failure() -> Failure {
    let reason = String(cString: strerror(errno))
    discard()
    return .runtime(
      "cannot write '\(path)': \(reason)", remedy: "the old file, if any, is untouched; make room and repeat")
  }

  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }
}
