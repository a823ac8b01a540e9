import Diagnostics
import Foundation

/// Reads an input file as bytes.
enum InputFile {
  /// What is larger is some other file, named by mistake.
  static let largestSize = 1 << 20

  static func read(_ path: String) throws -> [UInt8] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw missing("input", path, resolved: path, at: nil)
    }
    if isDirectory.boolValue {
      throw Failure.input("'\(path)' is a directory", remedy: "name the TOML file in it")
    }
    guard let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: largestSize + 1) else {
      throw Failure.input("the input file '\(path)' cannot be read", remedy: "see its permissions")
    }
    guard data.count <= largestSize else {
      throw Failure.input("'\(path)' is larger than 1 MiB: it is no input file", remedy: "name the TOML file")
    }
    return [UInt8](data)
  }

  /// - Parameters:
  ///   - role: what the file is: "structure", "potential".
  ///   - path: as the user wrote it.
  ///   - resolved: as this process would open it.
  static func missing(_ role: String, _ path: String, resolved: String, at place: Place?) -> Failure {
    let parent = (resolved as NSString).deletingLastPathComponent
    let name = (resolved as NSString).lastPathComponent
    guard let present = try? FileManager.default.contentsOfDirectory(atPath: parent.isEmpty ? "." : parent) else {
      return Failure.input(
        "the \(role) file '\(path)' does not exist: there is no directory '\(parent)'", at: place)
    }
    let written = (path as NSString).deletingLastPathComponent as NSString
    let near = nearestName(to: name, among: present.sorted()).map {
      "did you mean '\(written.length == 0 ? $0 : written.appendingPathComponent($0))'?"
    }
    return Failure.input(
      "the \(role) file '\(path)' does not exist", at: place,
      remedy: near ?? (place == nil ? nil : "relative paths are relative to the input file's directory"))
  }
}

extension SimulationInput {
  /// Throws unless the files that the input names can be read.
  func checkFiles() throws {
    try checkFile("structure", system.structure)
    for potential in potentials {
      switch potential.kind {
      case .file(let table):
        try checkFile("potential", table.file)
        if let activeSet = table.activeSet { try checkFile("active set", activeSet) }
      case .eam(let table):
        try checkFile("potential", table.file)
      case .plugin(let table):
        try checkFile("plugin", table.plugin)
        if let file = table.file { try checkFile("potential", file) }
      case .lennardJones, .morse, .buckingham, .zbl:
        break
      }
    }
  }

  private func checkFile(_ role: String, _ path: Located<String>) throws {
    let resolved = resolve(path.value)
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: resolved, isDirectory: &isDirectory) else {
      throw InputFile.missing(role, path.value, resolved: resolved, at: path.place)
    }
    guard !isDirectory.boolValue, FileManager.default.isReadableFile(atPath: resolved) else {
      throw Failure.input(
        "the \(role) file '\(path.value)' " + (isDirectory.boolValue ? "is a directory" : "cannot be read"),
        at: path.place)
    }
  }
}
