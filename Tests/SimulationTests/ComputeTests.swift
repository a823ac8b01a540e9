import Atomistics
import Diagnostics
import Foundation
import Formats
import Numerics
import Simulation
import TestSupport
import Testing

/// `[[compute]]` in whole runs on one rank.
@Suite(.serialized) struct ComputeTests {
  private let folder: TemporaryDirectory

  init() throws {
    folder = try TemporaryDirectory()
    var frame = Configuration(
      cell: Cell(vectors: Matrix3(diagonal: [10.8, 10.8, 10.8]), periodic: .all), elements: [], positions: [])
    for i in 0..<8 {
      let corner = 5.4 * Vector3(Double(i / 4), Double(i / 2 % 2), Double(i % 2))
      for site in [Vector3(0, 0, 0), Vector3(0, 2.7, 2.7), Vector3(2.7, 0, 2.7), Vector3(2.7, 2.9, 0.1)] {
        frame.positions.append(corner + site)
        frame.elements.append(Element(symbol: i < 4 ? "Ar" : "Kr")!)
      }
    }
    try writeStructures([frame], to: folder.file("rare.extxyz"))
  }

  private static let computes = """
    [[group]]
    name = "argon"
    species = ["Ar"]
    [[group]]
    name = "rest"
    not = ["argon"]
    [[compute]]
    name = "all"
    every = 10
    quantities = ["atoms", "temperature", "potential_energy", "kinetic_energy", "pressure", "density", "stress_volume"]
    [[compute]]
    name = "argon"
    every = 5
    group = "argon"
    quantities = ["atoms", "kinetic_energy", "potential_energy", "stress_volume", "position", "density"]
    [[compute]]
    name = "rest"
    every = 5
    group = "rest"
    quantities = ["atoms", "kinetic_energy", "potential_energy", "stress_volume", "velocity", "density"]
    [[compute]]
    name = "profile"
    every = 5
    slabs = { axis = "c", width = "2 Å", remove_flow = true }
    average = 4
    quantities = ["number_density", "temperature", "stress"]
    """

  private func write(_ directory: String, computes: String = Self.computes, potential: String? = nil) throws -> String {
    let path = folder.file("\(directory).toml")
    let lennardJones = """
      kind = "lennard-jones"
      cutoff = 8.0
      truncation = "smooth"
      inner_cutoff = 6.0
      mixing = "arithmetic"
      pairs = [ { elements = ["Ar", "Ar"], epsilon = 0.0104, sigma = 3.405 }, { elements = ["Kr", "Kr"], epsilon = 0.0141, sigma = 3.65 } ]
      """
    let text = """
      [system]
      structure = "rare.extxyz"
      replicate = [2, 1, 1]
      velocities = { temperature = "60 K", seed = 7 }
      [potential]
      \(potential ?? lennardJones)
      [output]
      directory = "\(directory)"
      log = { every = 10 }
      checkpoint = { every = 12, keep = 20 }
      \(computes)
      [[stage]]
      kind = "minimize"
      force_tolerance = 1e-3
      max_steps = 30
      [[stage]]
      kind = "md"
      timestep = "4 fs"
      steps = 40
      """
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private func contents(_ directory: String, _ file: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: folder.file("\(directory)/\(file)")))
  }

  /// Columns by title.
  private func table(_ directory: String, _ file: String) throws -> [String: [Double]] {
    let lines = String(decoding: try contents(directory, file), as: UTF8.self).split(separator: "\n")
    let titles = lines[0].split(separator: ",").map(String.init)
    let rows = lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) ?? .nan } }
    #expect(rows.allSatisfy { $0.count == titles.count })
    return Dictionary(uniqueKeysWithValues: titles.enumerated().map { i, title in (title, rows.map { $0[i] }) })
  }

  @Test func tablesArrive() throws {
    let computes = try SimulationInput.parse(SampleInput.complete, path: "in.toml").computes
    try #require(computes.map(\.name.value) == ["tip", "profile", "halves"])
    #expect(computes[0].every == 50 && computes[0].group?.value == "tip" && computes[0].degreesOfFreedom == 12)
    #expect(computes[0].quantities == [.temperature, .kineticEnergy, .stress, .position] && computes[0].slabs == nil)
    let slabs = try #require(computes[1].slabs?.value)
    #expect(slabs.axis == .a && slabs.width == 2 && slabs.count == nil && slabs.removesFlow)
    #expect(computes[1].every == 100 && computes[1].average == 20 && computes[1].group == nil)
    #expect(computes[2].slabs?.value.count == 2 && computes[2].slabs?.value.removesFlow == false)
  }

  @Test func theFilesAgreeWithTheLogAndWithEachOther() throws {
    #expect(try Run(inputPath: write("agree"), options: .init()).execute() == 0)
    let log = try table("agree", "thermo.csv"), all = try table("agree", "all.csv")
    let argon = try table("agree", "argon.csv"), rest = try table("agree", "rest.csv")
    let profile = try table("agree", "profile.csv")
    let steps = try #require(all["step"])
    #expect(steps.first == 0 && steps.count >= 5 && Set(steps).count == steps.count)
    for (row, step) in steps.enumerated() {
      let inLog = try #require(log["step"]?.lastIndex(of: step)), part = try #require(argon["step"]?.firstIndex(of: step))
      for title in ["temperature (K)", "potential energy (eV)", "kinetic energy (eV)", "pressure (bar)"] {
        // A stage's first line repeats the last step of the stage before with other velocities.
        guard log["step"]?.count(where: { $0 == step }) == 1 else { continue }
        #expect(abs(all[title]![row] - log[title]![inLog]) <= 1e-9 * max(1, abs(log[title]![inLog])), "\(title), step \(step)")
      }
      let titles = ["atoms", "kinetic energy (eV)", "potential energy (eV)", "density (g/cm^3)"]
      for title in titles + ["xx", "yy", "zz", "yz", "xz", "xy"].map({ "stress volume \($0) (eV)" }) {
        let sum = argon[title]![part] + rest[title]![part]
        #expect(abs(sum - all[title]![row]) < 1e-9, "\(title), step \(step)")
      }
    }
    #expect(argon["step"]?.prefix(3) == [0, 5, 10] && argon["atoms"]?.allSatisfy { $0 == 32 } == true)
    let slabs = try #require(profile["slab"])
    #expect(slabs.count == 5 * argon["step"]!.count && slabs.prefix(6) == [0, 1, 2, 3, 4, 0])
    for first in stride(from: 0, to: slabs.count, by: 5) {
      let mean = profile["number density (1/Å^3)"]![first..<(first + 5)].reduce(0, +) / 5
      #expect(abs(mean - 64 / (21.6 * 10.8 * 10.8)) < 1e-12)
    }
  }

  /// From whichever checkpoint, also within the window of an average.
  @Test func aRestartContinuesEveryByte() throws {
    #expect(try Run(inputPath: write("whole"), options: .init()).execute() == 0)
    let steps = try CheckpointStore(directory: folder.file("whole")).steps()
    #expect(steps.count >= 4)
    for (number, step) in steps.enumerated() {
      let directory = "part-\(number)", path = try write(directory)
      try FileManager.default.copyItem(atPath: folder.file("whole"), toPath: folder.file(directory))
      for later in steps where later > step {
        try FileManager.default.removeItem(atPath: folder.file("\(directory)/checkpoint-\(later).swmd"))
      }
      #expect(try Run(inputPath: path, options: .init(restart: true)).execute() == 0)
      for file in ["all.csv", "argon.csv", "rest.csv", "profile.csv", "thermo.csv", "final.extxyz"] {
        #expect(try contents(directory, file) == contents("whole", file), "\(file) after a restart at step \(step)")
      }
    }
  }

  /// Whoever looks changes nothing.
  @Test func theTrajectoryIsTheSameBits() throws {
    _ = try Run(inputPath: write("watched"), options: .init()).execute()
    _ = try Run(inputPath: write("alone", computes: ""), options: .init()).execute()
    #expect(try contents("watched", "final.extxyz") == contents("alone", "final.extxyz"))
    #expect(try contents("watched", "thermo.csv") == contents("alone", "thermo.csv"))
  }

  @Test func theFilesBelongToTheRun() throws {
    let path = try write("mine")
    try FileManager.default.createDirectory(atPath: folder.file("mine"), withIntermediateDirectories: true)
    try "precious".write(toFile: folder.file("mine/profile.csv"), atomically: true, encoding: .utf8)
    #expect(throws: Failure.self) { try Run(inputPath: path, options: .init()) }
    #expect(try contents("mine", "profile.csv") == Data("precious".utf8))
  }

  @Test func otherColumnsAreNotMixed() throws {
    _ = try Run(inputPath: write("columns"), options: .init()).execute()
    let other = Self.computes.replacingOccurrences(of: "\"temperature\", \"stress\"", with: "\"temperature\", \"density\"")
    let failure = #expect(throws: Failure.self) {
      try Run(inputPath: write("columns", computes: other), options: .init(restart: true)).execute()
    }
    #expect(failure?.kind == .input && failure?.message.contains("other columns") == true)
  }

  @Test(arguments: [
    ("every = 10", "every = 0", ">= 1"),
    ("group = \"argon\"", "group = \"argom\"", "there is no group \"argom\""),
    ("name = \"profile\"", "name = \"all\"", "two computes are named \"all\""),
    ("name = \"profile\"", "name = \"../x\"", "cannot be the name of a file"),
    ("name = \"profile\"", "name = \"thermo\"", "the log's own file"),
    ("\"number_density\", ", "\"pressure\", \"pressure\", ", "twice"),
    ("\"number_density\", ", "\"position\", ", "in every row"),
    ("\"number_density\", ", "\"heat_flux\", ", "this version of swmd has no"),
    ("width = \"2 Å\"", "width = \"2 Å\", count = 3", "exclude each other"),
    ("width = \"2 Å\"", "count = 0", ">= 1"),
    ("width = \"2 Å\"", "width = \"1e-9 Å\"", "more than 100000"),
    ("axis = \"c\"", "axis = \"z\"", "available: a, b, c"),
    ("slabs = { axis = \"c\", width = \"2 Å\", remove_flow = true }\n", "", "is for slabs only"),
    ("average = 4", "degrees_of_freedom = 4", "without slabs"),
  ])
  func whatIsWrongIsSaid(_ old: String, _ new: String, _ message: String) throws {
    let wrong = Self.computes.replacingOccurrences(of: old, with: new)
    try #require(wrong != Self.computes)
    let failure = #expect(throws: Failure.self) { try Run(inputPath: write("wrong", computes: wrong), options: .init()) }
    let text = (failure?.message ?? "") + "; " + (failure?.remedy ?? "")
    #expect(failure?.kind == .input && text.contains(message), "\(text)")
    #expect(failure?.place?.line != nil)
    #expect(!FileManager.default.fileExists(atPath: folder.file("wrong")))
  }

  /// A potential that has no per-atom virials can give all but the stress of groups and slabs.
  @Test func aPotentialWithoutVirialsIsNamed() throws {
    let rooms = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let source = try String(contentsOf: rooms.appending(path: "PairPotentialsTests/Data/example_plugin.c"), encoding: .utf8)
      .replacingOccurrences(of: "SWMD_GIVES_VIRIALS | ", with: "").replacingOccurrences(of: "{\"Li\", \"S\"}", with: "{\"Ar\", \"Kr\"}")
    let code = folder.file("silent.c"), library = folder.file("silent.so")
    try source.write(toFile: code, atomically: true, encoding: .utf8)
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments = ["cc", "-std=c11", "-shared", "-fPIC", "-I"]
      + [rooms.appending(path: "../Sources/CPotential/include").path, code, "-o", library, "-lm"]
    try compiler.run()
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0)
    let potential = "plugin = \"\(library)\""
    let failure = #expect(throws: Failure.self) {
      try Run(inputPath: write("silent", potential: potential), options: .init())
    }
    #expect(failure?.kind == .input && failure?.message.contains("silent.so) gives no per-atom virials") == true)
    let modest = Self.computes.replacingOccurrences(of: ", \"stress_volume\"", with: "")
      .replacingOccurrences(of: ", \"stress\"]", with: "]")
    #expect(try Run(inputPath: write("silent", computes: modest, potential: potential), options: .init()).execute() == 0)
    #expect(try table("silent", "all.csv")["pressure (bar)"]?.allSatisfy(\.isFinite) == true)
  }
}
