import Diagnostics
import Glibc

/// A file that is written beside its target and moved into place as a whole: a reader, or a run that is killed at any
/// instant, meets the old content or the new one.
///
/// A symbolic link stays and its target is replaced; the file's permissions stay. What is no regular file (a pipe, a
/// terminal) and the standard streams cannot be replaced and are written directly.
public final class AtomicFile {
  /// Where the new content goes; its `path` is the target's.
  public let file: OutputFile
  /// False where the target is written directly, from its start to its end.
  public let isReplacement: Bool
  private let target: String
  private let temporary: String
  private var isPending: Bool

  /// - Throws: `Failure.input` if the file cannot be made.
  public init(replacing path: String) throws {
    var status = stat()
    let exists = stat(path, &status) == 0
    isReplacement = OutputFile.standardStream(path) == nil && (!exists || status.st_mode & S_IFMT == S_IFREG)
    isPending = isReplacement
    target = isReplacement ? Self.resolvingLinks(path) : path
    temporary = isReplacement ? "\(target).partial-\(getpid())" : path
    // The user knows the file by its own name, not by that of its temporary stand-in.
    file = try OutputFile(temporary, .replacing, named: path)
    if isReplacement, exists { chmod(temporary, status.st_mode & 0o777) }
  }

  deinit {
    // Left without `finish`, or a failed one: the target stays as it was.
    if isPending { unlink(temporary) }
  }

  /// Brings the file to the disk and moves it into place.
  /// - Throws: `Failure.runtime` if the disk is full or the file system refuses; the target is then as it was.
  public func finish() throws {
    guard isReplacement else { return try file.close() }
    try file.synchronize()
    try file.close()
    guard rename(temporary, target) == 0 else {
      throw Failure.runtime("moving the new file into place failed (\(systemReason()))", at: Place(file: file.path))
    }
    isPending = false
    synchronizeDirectory(of: target)
  }

  /// Replaces the content of `path` by what `write` writes; the old file stays as it was if that throws.
  /// - Throws: what `write` throws, and `Failure` if the file system refuses.
  public static func replace(_ path: String, _ write: (OutputFile) throws -> Void) throws {
    let replacement = try AtomicFile(replacing: path)
    try write(replacement.file)
    try replacement.finish()
  }

  /// - Throws: `Failure.input` if there is a file or directory at `path` already that writing would replace.
  public static func requireAbsent(
    _ path: String, remedy: String = "choose another name or remove the file"
  ) throws {
    var status = stat()
    guard OutputFile.standardStream(path) == nil, stat(path, &status) == 0 else { return }
    switch status.st_mode & S_IFMT {
    case S_IFREG: throw Failure.input("the file exists already", at: Place(file: path), remedy: remedy)
    case S_IFDIR: throw Failure.input("this is a directory", at: Place(file: path), remedy: "name a file in it")
    default: return
    }
  }

  private static func resolvingLinks(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}

/// A new name is on the disk only once its directory is. Best effort: some file systems cannot do it, none needs it for
/// a kill.
private func synchronizeDirectory(of path: String) {
  let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
  let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  fsync(descriptor)
  close(descriptor)
}
