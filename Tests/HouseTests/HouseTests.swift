import Foundation
import Testing

/// The floors of the house and who may import whom: the table that the package's manifest is held against.
private let mayImport: [String: Set<String>] = {
  let libraries: Set = ["CMPI", "COpenBLAS", "CFFTW", "CNetCDF", "CZlib", "CPotential", "Diagnostics"]
  let floor1: Set = ["Numerics", "Atomistics", "Communication", "Figures"]
  let floor2: Set = ["Decomposition", "Formats", "PotentialKit"]
  let floor3: Set = ["MomentTensor", "MomentTensorFiles", "AtomicCluster", "AtomicClusterFiles", "PairPotentials"]
  let potential = libraries.union(["PotentialKit", "Atomistics", "Numerics"])
  let upTo3 = libraries.union(floor1).union(floor2).union(floor3)
  return [
    "CMPI": [], "COpenBLAS": [], "CFFTW": [], "CNetCDF": [], "CZlib": [], "CPotential": [], "Diagnostics": [],
    "Numerics": libraries, "Communication": libraries, "Atomistics": libraries.union(["Numerics"]),
    "Figures": ["Diagnostics"],
    "Decomposition": libraries.union(floor1), "Formats": libraries.union(floor1),
    "PotentialKit": libraries.union(floor1),
    // MomentTensor's reading room: a parser must not be built as kernels are, without checks.
    "MomentTensorFiles": libraries, "MomentTensor": potential.union(["MomentTensorFiles"]), "PairPotentials": potential,
    "AtomicClusterFiles": libraries.union(["Atomistics", "Numerics"]),
    "AtomicCluster": potential.union(["AtomicClusterFiles"]),
    "Dynamics": upTo3, "ActiveLearning": upTo3, "Mechanics": upTo3,
    // No Decomposition: it works without the engine.
    "Analysis": libraries.union(floor1).union(["Formats", "PotentialKit"]),
    "Simulation": upTo3.union(["Dynamics", "ActiveLearning", "Analysis", "Mechanics"]),
    "swmd": upTo3.union(["Dynamics", "ActiveLearning", "Analysis", "Mechanics", "Simulation"]),
  ]
}()

/// Products of other packages, each allowed in one room only.
private let productUsers = ["ArgumentParser": "swmd", "TOMLKit": "Simulation"]

private struct Manifest: Decodable {
  struct Target: Decodable {
    let name: String
    let type: String
    let path: String?
    let dependencies: [[String: [Name?]]]
  }

  /// An element of a dependency's array: a name, or a condition that is of no interest here.
  struct Name: Decodable {
    let text: String?
    init(from decoder: Decoder) throws { text = try? decoder.singleValueContainer().decode(String.self) }
  }

  let targets: [Target]
}

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

private func manifest() throws -> Manifest {
  let scratch = FileManager.default.temporaryDirectory.appending(path: "swmd-house-\(ProcessInfo.processInfo.processIdentifier)")
  defer { try? FileManager.default.removeItem(at: scratch) }
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = [
    "swift", "package", "--package-path", root.path, "--scratch-path", scratch.path, "dump-package",
  ]
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = FileHandle.nullDevice
  try process.run()
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return try JSONDecoder().decode(Manifest.self, from: data)
}

@Test func arrowsGoDownOnly() throws {
  let rooms = try manifest().targets.filter { $0.type != "test" && $0.path?.hasPrefix("Tests/") != true
    && $0.path?.hasPrefix("benchmarks/") != true }
  #expect(rooms.count >= 14)
  for room in rooms {
    let allowed = try #require(mayImport[room.name], "\(room.name) is not in the house's plan")
    for dependency in room.dependencies {
      for (kind, names) in dependency {
        let name = try #require(names.first??.text)
        if kind == "product" {
          #expect(productUsers[name] == room.name, "\(room.name) uses \(name)")
        } else {
          #expect(allowed.contains(name), "\(room.name) must not import \(name)")
        }
      }
    }
  }
}

/// What a file imports must be among its target's declared dependencies: an undeclared import can build by accident.
@Test func importsAreDeclared() throws {
  let system: Set = ["Foundation", "Glibc", "Musl", "Darwin", "Dispatch"]
  for room in try manifest().targets where room.type == "regular" || room.type == "executable" {
    let declared = Set(room.dependencies.flatMap { $0.values.compactMap { $0.first??.text } })
    let folder = root.appending(path: room.path ?? "Sources/\(room.name)")
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    for case let file as URL in files where file.pathExtension == "swift" {
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") where line.hasPrefix("import ") {
        let module = String(line.dropFirst(7)).trimmingCharacters(in: .whitespaces)
        #expect(declared.contains(module) || system.contains(module), "\(file.lastPathComponent) imports \(module)")
      }
    }
  }
}

/// Shims must compile as plain C11, or Swift's importer may stumble over them.
@Test func headersAreC11() throws {
  for header in ["CMPI", "COpenBLAS", "CNetCDF", "CZlib"] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let flags = try shell("pkg-config --cflags ompi-c openblas netcdf zlib").split(whereSeparator: \.isWhitespace).map(String.init)
    process.arguments = ["cc", "-std=c11", "-fsyntax-only", "-x", "c"] + flags
      + [root.appending(path: "Sources/\(header)/shim.h").path]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(header)/shim.h")
  }
}

private func shell(_ command: String) throws -> String {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/bin/sh")
  process.arguments = ["-c", command]
  let pipe = Pipe()
  process.standardOutput = pipe
  try process.run()
  defer { process.waitUntilExit() }
  return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
}
