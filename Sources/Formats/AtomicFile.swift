import Diagnostics
import Glibc

/// Replaces files as a whole: a reader, or a run that is killed at any instant, meets the old content or the new one.
public enum AtomicFile {
  /// Writes a temporary file beside `path`, brings it to the disk and moves it into place.
  ///
  /// The old file stays as it was if `write` throws. A symbolic link stays and its target is replaced. What is no
  /// regular file (a pipe, /dev/stdout) cannot be replaced and is written directly.
  /// - Throws: what `write` throws, and `Failure` if the file system refuses.
  public static func replace(_ path: String, _ write: (OutputFile) throws -> Void) throws {
    if isSpecial(path) { return try writeDirectly(path, write) }
    let target = resolvingLinks(path)
    let temporary = "\(target).partial-\(getpid())"
    do {
      let file = try OutputFile(temporary, .replacing)
      try write(file)
      try file.synchronize()
      try file.close()
      guard rename(temporary, target) == 0 else {
        throw Failure.runtime("moving the new file into place failed (\(systemReason()))", at: Place(file: path))
      }
    } catch var failure as Failure {
      unlink(temporary)
      // The user knows the file by its own name, not by that of its temporary stand-in.
      if failure.place?.file == temporary { failure.place?.file = path }
      throw failure
    } catch {
      unlink(temporary)
      throw error
    }
    synchronizeDirectory(of: target)
  }

  /// - Throws: `Failure.input` if there is a file at `path` already.
  public static func requireAbsent(_ path: String) throws {
    guard access(path, F_OK) == 0 else { return }
    throw Failure.input(
      "the file exists already", at: Place(file: path), remedy: "choose another name or remove the file")
  }

  private static func writeDirectly(_ path: String, _ write: (OutputFile) throws -> Void) throws {
    let file = try OutputFile(path, .replacing)
    try write(file)
    try file.close()
  }

  private static func isSpecial(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
  }

  private static func resolvingLinks(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// A new name is on the disk only once its directory is. Best effort: some file systems cannot do it, none needs it
  /// for a kill.
  static func synchronizeDirectory(of path: String) {
    let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
