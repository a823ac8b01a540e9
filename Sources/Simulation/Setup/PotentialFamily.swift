import Diagnostics
import Foundation

/// The families whose files `[[potential]] file = ...` takes, told apart by what a file says, not by its name.
public enum PotentialFamily: Sendable {
  case momentTensor
  case atomicCluster

  /// What stands at the start of a line in every file of an atomic cluster expansion, whole or cut off, and in no other.
  private static let clusterKeys = [
    "nelements=", "global:", "species:", "speciesblock", "elements:", "deltaSplineBins:", "embeddings:", "bonds:",
    "functions:", "radial_basis:", "emb_spec:",
  ]

  /// - Throws: `Failure.input` where the file cannot be read.
  public init(ofFile path: String) throws {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw Failure.input("there is no such file", at: Place(file: path), remedy: "correct the potential's path")
    }
    guard !isDirectory.boolValue, let data = FileManager.default.contents(atPath: path) else {
      throw Failure.input("the file cannot be read", at: Place(file: path), remedy: "check its permissions")
    }
    self = Self(bytes: [UInt8](data))
  }

  /// From the whole content of a file; what no family claims is left to the reader of moment tensor potentials, which says
  /// so.
  public init(bytes: [UInt8]) {
    // Archives with active sets, taken for potentials, are best explained by the reader that knows them.
    let isArchive = bytes.starts(with: "PK".utf8)
    let isCluster = bytes.split(separator: 0x0A).contains { line in
      let text = line.drop { $0 == 0x20 || $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "\"") }
      return Self.clusterKeys.contains { text.starts(with: $0.utf8) }
    }
    self = isArchive || isCluster ? .atomicCluster : .momentTensor
  }
}
