import Atomistics
import Diagnostics
import Formats
import Foundation
import Numerics
import Simulation
import Testing

/// Whole runs on one rank, in a folder of their own.
@Suite(.serialized) final class RunTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "swmd-run-\(UUID().uuidString)").path

  init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func write(_ directory: String, steps: Int = 60) throws -> String {
    var frame = Configuration(
      cell: Cell(vectors: Matrix3(diagonal: [10.8, 10.8, 10.8]), periodic: .all), elements: [], positions: [])
    for i in 0..<8 {
      let corner = 5.4 * Vector3(Double(i / 4), Double(i / 2 % 2), Double(i % 2))
      for site in [Vector3(0, 0, 0), Vector3(0, 2.7, 2.7), Vector3(2.7, 0, 2.7), Vector3(2.7, 2.9, 0.1)] {
        frame.positions.append(corner + site)
        frame.elements.append(Element(symbol: "Ar")!)
      }
    }
    try writeStructures([frame], to: folder + "/ar.extxyz")
    let path = "\(folder)/\(directory).toml"
    let text = """
      [system]
      structure = "ar.extxyz"
      replicate = [2, 1, 1]
      velocities = { temperature = "60 K", seed = 7 }
      [potential]
      kind = "lennard-jones"
      cutoff = 8.0
      truncation = "smooth"
      inner_cutoff = 6.0
      pairs = [ { elements = ["Ar", "Ar"], epsilon = 0.0104, sigma = 3.405 } ]
      [output]
      directory = "\(directory)"
      log = { every = 10 }
      trajectory = [ { file = "t.nc", every = 10 }, { file = "t.extxyz", every = 15, velocities = true } ]
      checkpoint = { every = 25, keep = 10 }
      [[stage]]
      name = "relax"
      kind = "minimize"
      force_tolerance = 1e-3
      max_steps = 40
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
    try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(directory)/\(file)"))
  }

  private func checkpointSteps(_ directory: String) throws -> [Int] {
    try CheckpointStore(directory: "\(folder)/\(directory)").steps()
  }

  /// From whichever checkpoint a run goes on, minimization or dynamics, every file ends up with the same bytes.
  @Test func aRestartFromAnyCheckpointRepeatsEveryBit() throws {
    #expect(try Run(inputPath: write("whole"), options: .init()).execute() == 0)
    let steps = try checkpointSteps("whole")
    #expect(steps.count >= 3)
    for (number, step) in steps.enumerated() {
      let directory = "part-\(number)", path = try write(directory)
      // A run killed after this checkpoint leaves longer files and no later checkpoint.
      try FileManager.default.copyItem(atPath: "\(folder)/whole", toPath: "\(folder)/\(directory)")
      for later in steps where later > step {
        try FileManager.default.removeItem(atPath: "\(folder)/\(directory)/checkpoint-\(later).swmd")
      }
      try FileManager.default.removeItem(atPath: "\(folder)/\(directory)/final.extxyz")
      #expect(try Run(inputPath: path, options: .init(restart: true)).execute() == 0)
      for file in ["thermo.csv", "t.nc", "t.extxyz", "final.extxyz", "checkpoint-\(steps.last!).swmd"] {
        #expect(try contents(directory, file) == contents("whole", file), "\(file) after a restart at step \(step)")
      }
    }
  }

  @Test func minimizationKeepsTheVelocitiesForTheDynamics() throws {
    _ = try Run(inputPath: write("velocities"), options: .init()).execute()
    let rows = String(decoding: try contents("velocities", "thermo.csv"), as: UTF8.self).split(separator: "\n")
    let first = try #require(rows.first { $0.hasPrefix("hold,") }).split(separator: ",")
    #expect(abs(Double(first[3])! - 60) < 1e-9)
    let relaxed = try #require(rows.last { $0.hasPrefix("relax,") }).split(separator: ",")
    #expect(Double(relaxed[3]) == 0)
    #expect(Double(relaxed[12])! <= 1e-3)
  }

  @Test func anotherRunIsNotOverwritten() throws {
    let path = try write("kept")
    _ = try Run(inputPath: path, options: .init()).execute()
    let before = try contents("kept", "thermo.csv")
    do {
      _ = try Run(inputPath: path, options: .init())
      Issue.record("the second run began")
    } catch let failure as Failure {
      #expect(failure.exitStatus == 2)
      #expect(failure.message.contains("already holds a run"))
    }
    #expect(try contents("kept", "thermo.csv") == before)
    #expect(try Run(inputPath: path, options: .init(overwrite: true)).execute() == 0)
    #expect(try contents("kept", "thermo.csv") == before)
  }

  /// A file of another origin with the name of a trajectory is somebody's work, too.
  @Test func aStrangersTrajectoryIsNotOverwritten() throws {
    let path = try write("mine"), trajectory = folder + "/mine/t.extxyz"
    try FileManager.default.createDirectory(atPath: folder + "/mine", withIntermediateDirectories: true)
    try "precious".write(toFile: trajectory, atomically: true, encoding: .utf8)
    #expect(throws: Failure.self) { try Run(inputPath: path, options: .init()) }
    #expect(try String(contentsOfFile: trajectory, encoding: .utf8) == "precious")
  }

  /// A finished run that is given more steps goes on with them; the atoms end where those of one long run end.
  @Test func aFinishedRunGoesOnWhenItIsGivenMoreSteps() throws {
    _ = try Run(inputPath: write("long", steps: 80), options: .init()).execute()
    _ = try Run(inputPath: write("grown", steps: 60), options: .init()).execute()
    #expect(try Run(inputPath: write("grown", steps: 80), options: .init(restart: true)).execute() == 0)
    #expect(try contents("grown", "final.extxyz") == contents("long", "final.extxyz"))
    #expect(try contents("grown", "t.nc") == contents("long", "t.nc"))
  }

  @Test func aRestartWithoutCheckpointBegins() throws {
    let path = try write("fresh")
    #expect(try Run(inputPath: path, options: .init(restart: true)).execute() == 0)
    #expect(try checkpointSteps("fresh").count >= 3)
  }

  @Test func aCheckWritesNothing() throws {
    let path = try write("checked")
    let report = try Run(inputPath: path, options: .init(checkOnly: true)).checkReport()
    #expect(report.contains("64 atoms"))
    #expect(!FileManager.default.fileExists(atPath: folder + "/checked"))
  }

  @Test func aDamagedCheckpointIsPassedOver() throws {
    let path = try write("damaged")
    _ = try Run(inputPath: path, options: .init()).execute()
    let whole = try contents("damaged", "thermo.csv"), last = try #require(checkpointSteps("damaged").last)
    let file = "\(folder)/damaged/checkpoint-\(last).swmd"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: URL(fileURLWithPath: file))
    #expect(try Run(inputPath: path, options: .init(restart: true)).execute() == 0)
    #expect(try contents("damaged", "thermo.csv") == whole)
    #expect(String(decoding: try contents("damaged", "log.txt"), as: UTF8.self).contains("warning"))
  }
}
