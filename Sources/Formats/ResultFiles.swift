import Diagnostics
import Foundation

/// The files of a command's results in one directory: made anew, or written over only where the user says so.
public struct ResultFiles: Sendable {
  public let directory: String
  public let overwrites: Bool

  public init(directory: String, overwrites: Bool) { (self.directory, self.overwrites) = (directory, overwrites) }

  /// Throws `Failure.input` if one of the files is there and must not be replaced. Writes nothing. Root only.
  public func checkFree(_ names: [String]) throws {
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory), !isDirectory.boolValue {
      throw Failure.input("the output directory '\(directory)' is a file", remedy: "name another directory")
    }
    for name in names where !overwrites {
      try AtomicFile.requireAbsent(path(name), remedy: "replace it by --overwrite, or name another directory")
    }
  }

  /// Root only. Throws `Failure.runtime` if the file system refuses.
  public func write(_ text: String, to name: String) throws {
    try create()
    try AtomicFile.replace(path(name)) { try $0.write(text) }
  }

  /// Makes the directory where it is missing. Root only.
  public func create() throws {
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch let error as NSError {
      throw Failure.runtime(
        "the output directory cannot be made: \(error.localizedDescription)", at: Place(file: directory),
        remedy: "see the permissions and the space on the disk")
    }
  }

  public func path(_ name: String) -> String { "\(directory)/\(name)" }
}

/// JSON for people and programs: keys sorted, numbers that read back to the same bits.
public func jsonText(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  // A standard error without degrees of freedom has no value.
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
}
