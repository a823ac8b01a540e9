import Atomistics
import Diagnostics
import Formats
import Numerics
import Simulation
import TestSupport
import Testing

/// What stages ask of the structure, and what becomes of the groups in a run.
@Suite(.serialized) struct StageCheckTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// An input of six argon atoms on a line along x, 4 Å apart, their ids 1 to 6; lines of the stage begin with the 19th.
  private func write(_ stage: String, periodic: Periodicity = .all) throws -> String {
    var frame = Configuration(
      cell: Cell(vectors: Matrix3(diagonal: [24, 20, 20]), periodic: periodic), elements: [], positions: [])
    for i in 0..<6 {
      frame.elements.append(Element(symbol: "Ar")!)
      frame.positions.append([4 * Double(i) + 1, 10, 10])
    }
    try writeStructures([frame], to: directory.path + "/ar.extxyz")
    let text = """
      [system]
      structure = "ar.extxyz"
      [potential]
      kind = "lennard-jones"
      cutoff = 8.0
      pairs = [ { elements = ["Ar", "Ar"], epsilon = 0.0104, sigma = 3.405 } ]
      [output]
      directory = "run"
      [[group]]
      name = "left"
      region = { x = [0, 10] }
      [[group]]
      name = "odd"
      ids = "1, 3, 5"
      [[stage]]
      kind = "md"
      timestep = "1 fs"
      steps = 2
      \(stage)

      """
    let path = directory.path + "/in.toml"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private func message(_ stage: String, periodic: Periodicity = .all) throws -> String {
    do {
      _ = try Run(inputPath: write(stage, periodic: periodic), options: .init(checkOnly: true))
      return "no error"
    } catch let failure as Failure {
      #expect(failure.exitStatus == 2)
      return failure.description.replacing(directory.path, with: "DIR")
    }
  }

  @Test func wallsStandAcrossOpenDirections() throws {
    let wall = "wall = { axis = \"z\", position = 0, side = \"low\", kind = \"harmonic\", stiffness = 1 }"
    #expect(try message(wall) == "DIR/in.toml:19:8: the wall stands across the periodic direction c; make c non-periodic "
      + "(system.periodic), or give the wall another axis")
    #expect(try message(wall, periodic: Periodicity(true, true, false)) == "no error")
  }

  @Test func noAtomIsHeldOrDrivenTwice() throws {
    let nvt = "ensemble = \"nvt\"\ntemperature = 10\n"
    #expect(try message(nvt + "thermostat = [{ group = \"left\" }, { group = \"odd\" }]")
      == "DIR/in.toml:21:45: atom 1 is in the groups \"left\" and \"odd\", which are both held by thermostats of their own; "
      + "make them disjoint, for example by not = [\"left\"]")
    #expect(try message(nvt + "thermostat = [{ group = \"left\" }, {}]") == "no error")
    #expect(try message("freeze = [\"odd\"]\nmove = { group = \"left\", velocity = [0, 0, 1] }")
      == "DIR/in.toml:20:18: atom 1 is in the groups \"odd\" and \"left\", which are both frozen or moved; make them "
      + "disjoint, for example by not = [\"odd\"]")
    #expect(try message("freeze = [\"odd\", \"odd\"]\nforce = { group = \"left\", force = [0, 0, 1] }") == "no error")
  }

  @Test func theGroupsGoIntoTheCheckpoint() throws {
    #expect(try Run(inputPath: write(""), options: .init()).execute() == 0)
    let checkpoint = try #require(try CheckpointStore(directory: directory.path + "/run").latest()).checkpoint
    #expect(try checkpoint.shortIntegers("groups") == [3, 1, 3, 0, 2, 0])
  }
}
