import Atomistics
import Diagnostics
import Formats
import Foundation
import Numerics
import Simulation
import Testing

/// `[[analysis]]` in whole runs on one rank: whatever stops a run, after a restart its results are those of one that went through.
@Suite(.serialized) final class AnalysisRunTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "swmd-analysis-\(UUID().uuidString)").path
  private static let results = ["rdf.json", "rdf.csv", "layers/coordination.json", "profile.json"]

  init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func write(_ directory: String, steps: Int = 60, more: String = "") throws -> String {
    var frame = Configuration(
      cell: Cell(vectors: Matrix3(diagonal: [10.8, 10.8, 10.8]), periodic: .all), elements: [], positions: [])
    for i in 0..<8 {
      let corner = 5.4 * Vector3(Double(i / 4), Double(i / 2 % 2), Double(i % 2))
      for site in [Vector3(0, 0, 0), Vector3(0, 2.7, 2.7), Vector3(2.7, 0, 2.7), Vector3(2.7, 2.9, 0.1)] {
        frame.positions.append(corner + site)
        frame.elements.append(Element(symbol: "Ar")!)
      }
    }
    let path = "\(folder)/\(directory)/in.toml"
    try FileManager.default.createDirectory(atPath: "\(folder)/\(directory)", withIntermediateDirectories: true)
    try writeStructures([frame], to: "\(folder)/\(directory)/ar.extxyz")
    let text = """
      [system]
      structure = "ar.extxyz"
      velocities = { temperature = "60 K", seed = 7 }
      [potential]
      kind = "lennard-jones"
      cutoff = 5.0
      truncation = "smooth"
      inner_cutoff = 4.5
      pairs = [ { elements = ["Ar", "Ar"], epsilon = 0.0104, sigma = 3.405 } ]
      [output]
      checkpoint = { every = 25, keep = 10 }
      \(more)
      [[analysis]]
      kind = "rdf"
      every = 4
      rmax = 6
      bins = 60
      block = 3
      [[analysis]]
      kind = "coordination"
      name = "layers"
      every = 6
      pairs = ["Ar-Ar:4.4"]
      axis = "c"
      bins = 4
      stages = ["hold"]
      [[analysis]]
      kind = "profile"
      every = 4
      [[stage]]
      kind = "minimize"
      force_tolerance = 1e-2
      max_steps = 20
      [[stage]]
      name = "hold"
      kind = "md"
      timestep = "4 fs"
      steps = \(steps)
      """
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private func contents(_ directory: String, _ file: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(directory)/run/\(file)"))
  }

  private func expectResultsOf(_ directory: String, are reference: String) throws {
    for file in Self.results {
      let found = try contents(directory, "analysis/\(file)")
      #expect(try found == contents(reference, "analysis/\(file)"), "\(directory): \(file)")
    }
  }

  private func frames(_ directory: String, _ file: String) throws -> Int {
    let object = try JSONSerialization.jsonObject(with: contents(directory, "analysis/\(file)")) as? [String: Any]
    return try #require((object?["trajectory"] as? [String: Any])?["frames"] as? Int)
  }

  @Test func restartsGoOnCounting() throws {
    #expect(try Run(inputPath: write("whole"), options: .init()).execute() == 0)
    let log = String(decoding: try contents("whole", "log.txt"), as: UTF8.self)
    #expect(log.contains("analysis rdf: Radial distribution functions") && log.contains("coordination.json"))
    let checkpoints = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/whole/run")
      .filter { $0.hasPrefix("checkpoint-") }
    #expect(checkpoints.count >= 3)
    for checkpoint in checkpoints {
      let path = try write("again")
      try? FileManager.default.removeItem(atPath: "\(folder)/again/run")
      try FileManager.default.copyItem(atPath: "\(folder)/whole/run", toPath: "\(folder)/again/run")
      try FileManager.default.removeItem(atPath: "\(folder)/again/run/analysis")
      for other in checkpoints where other != checkpoint {
        try FileManager.default.removeItem(atPath: "\(folder)/again/run/\(other)")
      }
      #expect(try Run(inputPath: path, options: .init(restart: true)).execute() == 0)
      try expectResultsOf("again", are: "whole")
    }
  }

  @Test func aProlongedRunKeepsItsBlocks() throws {
    #expect(try Run(inputPath: write("long", steps: 40), options: .init()).execute() == 0)
    let before = try frames("long", "layers/coordination.json")
    #expect(try Run(inputPath: write("long", steps: 80), options: .init(restart: true)).execute() == 0)
    #expect(try frames("long", "layers/coordination.json") > before)
    #expect(try Run(inputPath: write("once", steps: 80), options: .init()).execute() == 0)
    // Blocks of a given length are the same; the others are a tenth of what was planned at first.
    for file in ["rdf.json", "rdf.csv"] {
      #expect(try contents("long", "analysis/\(file)") == contents("once", "analysis/\(file)"))
    }
  }

  @Test func aMonitorThatStopsTheRunTakesTheFramesBackThatCameAfter() throws {
    #expect(try Run(inputPath: write("free"), options: .init()).execute() == 0)
    // The kinetic energy falls as it fills the vibrations.
    let monitor = "[monitor.temperature]\nevery = 3\nbreak = [45, 1000]"
    #expect(try Run(inputPath: write("stopped", more: monitor), options: .init()).execute() == 3)
    #expect(try frames("stopped", "rdf.json") < frames("free", "rdf.json"))
    #expect(try Run(inputPath: write("stopped"), options: .init(restart: true)).execute() == 0)
    try expectResultsOf("stopped", are: "free")
  }

  @Test func otherParametersAtARestartAreRefused() throws {
    let path = try write("changed")
    #expect(try Run(inputPath: path, options: .init()).execute() == 0)
    let text = try String(contentsOfFile: path, encoding: .utf8).replacing("bins = 60", with: "bins = 61")
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let failure = #expect(throws: Failure.self) { try Run(inputPath: path, options: .init(restart: true)).execute() }
    #expect(failure?.kind == .input && failure?.message.contains("\"rdf\" has other parameters") == true)
  }

  @Test func tablesArriveAndAreDescribed() throws {
    let input = try SimulationInput.parse(SampleInput.complete, path: "in.toml")
    #expect(input.analyses.map(\.name) == ["rdf", "late", "profile"])
    #expect(input.analyses.map(\.every) == [100, 20, 100] && input.analyses[1].stages?.value == ["react", "heat"])
    #expect(input.analyses[1].block == 30 && input.analyses[0].block == nil)
    let again = try SimulationInput.parse(input.describe(), path: "in.toml")
    #expect(again.describe() == input.describe() && input.describe().contains("[\"Li-S:3.2\", \"S-S:4.0\"]"))
  }
}
