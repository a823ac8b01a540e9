import ActiveLearning
import Atomistics
import Diagnostics
import Formats
import Foundation
import MomentTensor
import Numerics
import Simulation
import TestSupport
import Testing

/// Runs of the Li | Li2S interface that monitors watch, on one rank. tools/validate/monitor.py does it on several.
@Suite(.serialized) struct MonitorTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..").path
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  /// An input that heats the interface, by 3 K a step whatever the number of steps, beyond what its potential knows.
  private func input(_ directory: String, _ monitors: String, trajectory: String = "", steps: Int = 700) throws -> String {
    let text = """
      [system]
      structure = "\(Self.root)/inputs/quickstart/li-li2s.extxyz"
      velocities = { temperature = "300 K", seed = 42 }
      [potential]
      file = "\(Self.root)/potentials/li-s.almtp"
      species = ["Li", "S"]
      \(monitors)
      [output]
      directory = "\(directory)"
      log = { every = 50 }
      trajectory = [{ file = "t.nc", every = 25 \(trajectory) }, { file = "t.extxyz", every = 25, velocities = true \(trajectory) }]
      checkpoint = { every = 200 }
      [[stage]]
      kind = "md"
      ensemble = "nvt"
      timestep = "1 fs"
      steps = \(steps)
      temperature = ["300 K", "\(300 + 3 * steps) K"]
      thermostat = { kind = "langevin", time = "50 fs", seed = 3 }
      """
    let path = folder.path + "/\(directory).toml"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private func contents(_ directory: String, _ file: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(directory)/\(file)"))
  }

  private func rows(_ directory: String, _ suffix: String = "") throws -> [[Double]] {
    String(decoding: try contents(directory, "extrapolation\(suffix).csv"), as: UTF8.self).split(separator: "\n").dropFirst()
      .map { $0.split(separator: ",").map { Double($0) ?? .nan } }
  }

  private func grades(_ frame: Configuration, _ name: String) -> [Double] {
    guard case .real(let values)? = frame.columns.first(where: { $0.name == name })?.values else { return [] }
    return values
  }

  /// The run stops at the first step whose largest grade is above `break`, keeps both configurations and the one to label, and goes
  /// on from the step before as if it had never stopped.
  @Test func aRunStopsWhereItExtrapolatesAndGoesOnFromTheLastGoodStep() throws {
    let watching = { (limit: Int) in "[monitor.extrapolation]\nselect = 4\nbreak = \(limit)\npause = 20" }
    #expect(try Run(inputPath: input("stopped", watching(8)), options: .init()).execute() == 3)
    let history = try rows("stopped")
    let last = try #require(history.last), step = Int(last[0])
    #expect(history.count == step + 1 && step > 10)
    #expect(last[2] > 8 && history.dropLast().allSatisfy { $0[2] <= 8 })

    let breaking = try #require(try readStructures(at: folder.path + "/stopped/breaking.extxyz").first)
    let good = try #require(try readStructures(at: folder.path + "/stopped/last-good.extxyz").first)
    #expect(breaking.step == step && good.step == step - 1)
    let found = grades(breaking, "grades")
    #expect(found.max() == last[2])
    #expect(found.firstIndex(of: last[2]) == Int(last[7]) - 1)
    #expect(grades(good, "grades").max() == history[step - 1][2])
    let log = String(decoding: try contents("stopped", "log.txt"), as: UTF8.self)
    #expect(log.contains("stopped at step \(step) by the monitor of extrapolation"))
    #expect(log.contains("atom \(Int(last[7])) ("))
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/stopped/final.extxyz"))
    #expect(try CheckpointStore(directory: folder.path + "/stopped").steps().last == step - 1)

    // The same run without that limit; a ramp over other steps would have other bits.
    let steps = step + 30
    #expect(try Run(inputPath: input("whole", watching(100_000), steps: steps), options: .init()).execute() == 0)
    #expect(try Run(inputPath: input("short", watching(8), steps: steps), options: .init()).execute() == 3)
    #expect(try Run(inputPath: input("short", watching(100_000), steps: steps), options: .init(restart: true)).execute() == 0)
    for file in ["thermo.csv", "t.nc", "t.extxyz", "extrapolation.csv", "final.extxyz"] {
      #expect(try contents("short", file) == contents("whole", file), "\(file)")
    }
  }

  /// What is to be labelled: grades, no energies or forces; neighboring steps only where the grade has risen.
  @Test func configurationsAreSelectedSparingly() throws {
    let watching = "[monitor.extrapolation]\nselect = 3\nbreak = 8\npause = 30\nrise = 1.5"
    #expect(try Run(inputPath: input("selecting", watching), options: .init()).execute() == 3)
    let history = try rows("selecting")
    let options = ReadOptions(species: ["Li", "S"].compactMap { Element(symbol: $0) })
    let frames = try readStructures(at: folder.path + "/selecting/selected.cfg", options: options)
    #expect(frames.count >= 2)
    var last: (step: Int, grade: Double)?
    for (index, frame) in frames.enumerated() {
      guard case .integer(let step)? = frame.properties.first(where: { $0.key == "step" })?.value else {
        Issue.record("frame \(index) names no step")
        continue
      }
      let grade = try #require(grades(frame, "nbh_grades").max())
      #expect(grade == history[step][2] && grade > 3)
      #expect(frame.energy == nil && frame.forces == nil)
      if let last, index < frames.count - 1 { #expect(step - last.step >= 30 || grade >= 1.5 * last.grade) }
      last = (step, grade)
    }
    #expect(last?.step == history.count - 1)
  }

  /// Grades beside forces change no bit of the run; grades in trajectories are those of the history.
  @Test func watchingChangesNothing() throws {
    #expect(try Run(inputPath: input("blind", "", steps: 60), options: .init()).execute() == 0)
    let watching = "[monitor.extrapolation]\nevery = 5\nselect = 900\nbreak = 1000\n[monitor.distance]\nevery = 7\nbelow = 0.1"
    #expect(
      try Run(inputPath: input("watched", watching, trajectory: ", grades = true", steps: 60), options: .init()).execute() == 0)
    for file in ["thermo.csv", "final.extxyz"] { #expect(try contents("blind", file) == contents("watched", file), "\(file)") }
    let history = try rows("watched")
    let text = try readStructures(at: folder.path + "/watched/t.extxyz")
    let binary = try NetCDFTrajectoryReader(folder.path + "/watched/t.nc")
    for (index, frame) in text.enumerated() {
      let row = try #require(history.first { Int($0[0]) == frame.step })
      #expect(grades(frame, "grades").max() == row[2])
      let rounded = try grades(binary.frame(index), "grades")
      #expect(zip(rounded, grades(frame, "grades")).allSatisfy { $0 == Double(Float($1)) })
    }
  }

  /// Each with its own atoms, bounds and files; the one with the lower bound stops the run, and a restart keeps all of them.
  @Test func severalMonitorsLookAtTheSameGrades() throws {
    let watching = { (limit: Int) in
      """
      [[group]]
      name = "bottom"
      region = { z = [0, 12] }
      [[monitor.extrapolation]]
      name = "bottom"
      group = "bottom"
      select = 1.5
      break = \(limit)
      [[monitor.extrapolation]]
      name = "sulfur"
      species = ["S"]
      select = 2
      break = 90000
      [[monitor.extrapolation]]
      every = 3
      select = 3
      break = 100000
      """
    }
    let stopped = try input("several", watching(4), trajectory: ", grades = true")
    #expect(try Run(inputPath: stopped, options: .init()).execute() == 3)
    let all = try rows("several"), bottom = try rows("several", "-bottom"), sulfur = try rows("several", "-sulfur")
    #expect(bottom.count == sulfur.count && all.count == (bottom.count + 2) / 3 && bottom.count > 10)
    for row in all {
      let step = Int(row[0])
      #expect(row[2] >= max(bottom[step][2], sulfur[step][2]))
    }
    let breaking = try #require(try readStructures(at: folder.path + "/several/breaking.extxyz").first)
    let found = grades(breaking, "grades")
    let ofSulfur = breaking.elements.indices.filter { breaking.elements[$0].symbol == "S" }.map { found[$0] }
    #expect(sulfur.last?[2] == ofSulfur.max())
    let atom = try #require(bottom.last.map { Int($0[7]) })
    #expect(bottom.last?[2] == found[atom - 1] && found[atom - 1] > 4)
    let log = String(decoding: try contents("several", "log.txt"), as: UTF8.self)
    #expect(log.contains("by the monitor of extrapolation \"bottom\": grade") && log.contains("\n  atom \(atom) ("))
    for file in ["selected.cfg", "selected-bottom.cfg", "selected-sulfur.cfg"] { _ = try contents("several", file) }

    let steps = bottom.count + 20
    #expect(try Run(inputPath: input("long", watching(90_000), steps: steps), options: .init()).execute() == 0)
    #expect(try Run(inputPath: input("cut", watching(4), steps: steps), options: .init()).execute() == 3)
    #expect(try Run(inputPath: input("cut", watching(90_000), steps: steps), options: .init(restart: true)).execute() == 0)
    for file in ["extrapolation.csv", "extrapolation-bottom.csv", "extrapolation-sulfur.csv", "final.extxyz"] {
      #expect(try contents("cut", file) == contents("long", file), "\(file)")
    }
  }

  /// With an active set of configurations: one grade a step, that of `swmd grade`, and no atom to blame.
  @Test func configurationsAreGradedAsAWhole() throws {
    let elements = ["Li", "S"].compactMap { Element(symbol: $0) }
    // The training set: a run at 300 K, every second frame.
    let cold = try input("cold", "", steps: 500), heated = try String(contentsOfFile: cold, encoding: .utf8)
    try heated.replacing("every = 25", with: "every = 2").replacing("\"1800 K\"", with: "\"300 K\"")
      .write(toFile: cold, atomically: true, encoding: .utf8)
    #expect(try Run(inputPath: cold, options: .init()).execute() == 0)
    let potential = try MomentTensorPotential(file: Self.root + "/potentials/li-s.almtp", species: elements)
    let source = FrameSource(paths: [folder.path + "/cold/t.extxyz"], options: ReadOptions())
    let made = try ActiveSetConstruction(of: potential, from: source, mode: .configuration)
    try Data(made.file(for: potential, from: source)).write(to: URL(fileURLWithPath: folder.path + "/whole.almtp"))

    func run(_ directory: String, _ monitors: String, trajectory: String = "") throws -> String {
      let path = try input(directory, monitors, trajectory: trajectory)
      let text = try String(contentsOfFile: path, encoding: .utf8)
        .replacing("\(Self.root)/potentials/li-s.almtp", with: folder.path + "/whole.almtp")
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      return path
    }
    let watching = "[monitor.extrapolation]\nselect = 5\nbreak = 40\npause = 5"
    #expect(try Run(inputPath: run("whole", watching), options: .init()).execute() == 3)
    let history = try rows("whole")
    let last = try #require(history.last)
    try #require(history.count > 1)
    #expect(last.count == 3 && last[2] > 40 && history.count > 20 && history.dropLast().allSatisfy { $0[2] <= 40 })
    let log = String(decoding: try contents("whole", "log.txt"), as: UTF8.self)
    #expect(log.contains("of the configuration is above 40.0") && !log.contains("\n  atom "))
    for (file, row) in [("breaking.extxyz", last), ("last-good.extxyz", history[history.count - 2])] {
      let frame = try #require(try readStructures(at: folder.path + "/whole/" + file).first)
      #expect(!frame.columns.contains { $0.name == "grades" })
      guard case .real(let grade)? = frame.properties.first(where: { $0.key == "grade" })?.value else {
        Issue.record("\(file) has no grade")
        continue
      }
      #expect(grade == row[2])
      let whole = try MomentTensorPotential(file: folder.path + "/whole.almtp", species: elements)
      let again = try Evaluation(potential: whole).evaluate(frame, file: file)?.configurationGrade
      #expect(abs(try #require(again) - grade) < 1e-6 * grade, "\(file)")
    }
    let selected = try readStructures(at: folder.path + "/whole/selected.cfg", options: ReadOptions(species: elements))
    #expect(selected.count >= 2)
    for frame in selected { #expect(!frame.columns.contains { $0.name == "nbh_grades" }) }

    func message(_ monitors: String, trajectory: String = "") throws -> String {
      let failure = #expect(throws: Failure.self) {
        try Run(inputPath: run("refused", monitors, trajectory: trajectory), options: .init())
      }
      return failure?.message ?? ""
    }
    #expect(try message(watching + "\nspecies = [\"S\"]").contains("this monitor judges some of the atoms"))
    #expect(try message("", trajectory: ", grades = true").contains("a trajectory holds grades of atoms"))
  }

  @Test func boundsStopARun() throws {
    #expect(
      try Run(inputPath: input("hot", "[monitor.temperature]\nevery = 4\nabove = 400\nbreak = 600"), options: .init()).execute() == 3)
    let log = String(decoding: try contents("hot", "log.txt"), as: UTF8.self)
    #expect(log.contains("is above 400.0") && log.contains("by the monitor of temperature"))
    let good = try #require(try readStructures(at: folder.path + "/hot/last-good.extxyz").first?.step)
    let breaking = try #require(try readStructures(at: folder.path + "/hot/breaking.extxyz").first?.step)
    #expect(breaking % 4 == 0 && good == breaking - 4)
    #expect(try Run(inputPath: input("pulled", "[monitor.force]\nbreak = 0.1"), options: .init()).execute() == 3)
    #expect(String(decoding: try contents("pulled", "log.txt"), as: UTF8.self).contains("stopped at step 0 by the monitor of force"))
  }

  /// Another potential at a restart: the drift counts anew, and the run goes on.
  @Test func aRestartMayChangeThePotential() throws {
    let watching = "[monitor.extrapolation]\nselect = 4\nbreak = 8\n[monitor.drift]\nbreak = 0.05"
    #expect(try Run(inputPath: input("replaced", watching), options: .init()).execute() == 3)
    let step = try #require(try CheckpointStore(directory: folder.path + "/replaced").steps().last)
    let path = try input("replaced", "[monitor.drift]\nbreak = 0.05", steps: step + 20)
    var text = try String(contentsOfFile: path, encoding: .utf8)
    text = text.replacing("[potential]", with: "[[potential]]").replacing("[output]", with: """
      [[potential]]
      kind = "zbl"
      inner = 1.0
      outer = 2.6
      [output]
      """)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    #expect(try Run(inputPath: path, options: .init(restart: true)).execute() == 0)
    #expect(String(decoding: try contents("replaced", "log.txt"), as: UTF8.self).contains("the drift counts from here"))
  }

  @Test func whatCannotBeWatchedIsRefused() throws {
    func message(_ monitors: String, trajectory: String = "", _ change: (String) -> String = { $0 }) throws -> String {
      let path = try input("refused", monitors, trajectory: trajectory)
      try change(String(contentsOfFile: path, encoding: .utf8)).write(toFile: path, atomically: true, encoding: .utf8)
      do {
        _ = try Run(inputPath: path, options: .init())
        return "no error"
      } catch let failure as Failure {
        #expect(failure.exitStatus == 2)
        return failure.message
      }
    }
    let withoutActiveSet = { (text: String) in
      text.replacing("\(Self.root)/potentials/li-s.almtp", with: folder.path + "/bare.mtp")
    }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: Self.root + "/potentials/li-s.almtp"))
    let end = try #require(bytes.range(of: Data("\n#MVS_v1.1".utf8)))
    try bytes[..<end.lowerBound].write(to: URL(fileURLWithPath: folder.path + "/bare.mtp"))
    #expect(try message("[monitor.extrapolation]", withoutActiveSet).contains("needs a potential with an active set"))
    #expect(
      try message("", trajectory: ", grades = true", withoutActiveSet)
        .contains("grades in a trajectory need a potential with an active set"))
    #expect(try message("[monitor.extrapolation]\nspecies = [\"Na\"]").contains("there is no Na in the structure"))
    #expect(
      try message("[monitor.pressure]\nbreak = 1", { $0.replacing("[potential]", with: "periodic = [true, true, false]\n[potential]") })
        .contains("not periodic in all directions"))
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/refused"))
  }
}
