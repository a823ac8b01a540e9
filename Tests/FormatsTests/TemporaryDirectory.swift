import Foundation

/// A fresh directory that is removed with this object.
final class TemporaryDirectory: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "swmd-formats-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }
}

func bytes(of path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

/// A new file each time: overwriting one makes some file systems wait for the disk.
func store(_ bytes: [UInt8], in path: String) throws {
  try? FileManager.default.removeItem(atPath: path)
  try Data(bytes).write(to: URL(fileURLWithPath: path))
}
