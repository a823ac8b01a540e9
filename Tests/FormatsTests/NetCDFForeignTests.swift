import Atomistics
import Diagnostics
import Formats
import Foundation
import Numerics
import TestSupport
import Testing

/// Trajectories of other programs; Data/make_foreign_netcdf.py says what is in them.
@Suite struct NetCDFForeignTests {
  private let positions = [Vector3(0, 0, 0), Vector3(2, 0.25, 0.5), Vector3(1, 2, 3)]
  private let velocities = [Vector3(0.5, -0.25, 0.125), Vector3(0, 1, 2), Vector3(-1, 0, 0.25)]
  private let li = Element(symbol: "Li")!
  private let f = Element(symbol: "F")!
  private let s = Element(symbol: "S")!

  private func path(_ name: String) throws -> String {
    try #require(Bundle.module.resourceURL).appendingPathComponent("Data/\(name)").path
  }

  private func expectFrames(_ reader: NetCDFTrajectoryReader, velocityUnit: Double) throws {
    #expect(reader.frameCount == 2 && reader.atomCount == 3)
    for index in 0..<2 {
      let frame = try reader.frame(index)
      #expect(abs(try #require(frame.time) - 250.0 * Double(index)) < 1e-9)
      for atom in 0..<3 {
        #expect((frame.positions[atom] - positions[atom] - Vector3(0.5 * Double(index), 0, 0)).length < 1e-6)
        #expect((try #require(frame.velocities)[atom] - velocityUnit * velocities[atom]).length < 1e-6)
      }
      #expect((frame.cell.vectors[0] - Vector3(8, 0, 0)).length < 1e-9)
      #expect((frame.cell.vectors[1] - Vector3(4.5, 9 * 0.75.squareRoot(), 0)).length < 1e-9)
    }
  }

  @Test func ase() throws {
    let reader = try NetCDFTrajectoryReader(try path("ase.nc"))
    // 1 Å √(amu/eV) is 10.1805 fs.
    try expectFrames(reader, velocityUnit: 1 / 10.180505710759414)
    let frame = try reader.frame(0)
    #expect(frame.elements == [li, f, s])
    #expect(frame.cell.periodic == .all && (frame.cell.vectors[2] - Vector3(0, 0, 10)).length < 1e-9)
  }

  @Test func mdAnalysisWithAmbersScaleFactor() throws {
    let reader = try NetCDFTrajectoryReader(try path("mdanalysis.ncdf"), species: [li, f, s])
    try expectFrames(reader, velocityUnit: 1e-3)
    let frame = try reader.frame(1)
    #expect(frame.elements == [li, f, s])
    #expect((try #require(frame.forces)[1] - 0.0433641 * velocities[1]).length < 1e-6)
  }

  @Test func lammpsWithChangingOrder() throws {
    let reader = try NetCDFTrajectoryReader(try path("lammps-like.nc"), species: [li, s])
    try expectFrames(reader, velocityUnit: 1e-3)
    let frame = try reader.frame(1)
    #expect(frame.elements == [li, s, li])
    #expect(frame.ids == [1, 5, 9])
    #expect(frame.cell.periodic == Periodicity(true, true, false) && frame.cell.vectors[2] == .zero)
  }

  @Test func missingElementsAreAsked() throws {
    for name in ["mdanalysis.ncdf", "lammps-like.nc"] {
      let failure = #expect(throws: Failure.self) { try NetCDFTrajectoryReader(try path(name)) }
      #expect(failure?.remedy?.contains("species") == true)
    }
    #expect(throws: Failure.self) { try NetCDFTrajectoryReader(try path("mdanalysis.ncdf"), species: [li, s]) }
    #expect(throws: Failure.self) { try NetCDFTrajectoryReader(try path("lammps-like.nc"), species: [li]).frame(0) }
    #expect(try NetCDFTrajectoryReader(try path("mdanalysis.ncdf"), species: [li]).frame(0).elements == [li, li, li])
  }

  @Test func otherFilesAreRefused() throws {
    for name in ["README.md", "missing.nc", "."] {
      #expect(throws: Failure.self) { try NetCDFTrajectoryReader(try path(name)) }
    }
  }

  @Test(arguments: ["ase.nc", "mdanalysis.ncdf", "lammps-like.nc"])
  func damageNeverTraps(name: String) throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("a.nc")
    let whole = try bytes(of: try self.path(name))
    var random = SystemRandomNumberGenerator()
    for round in 0..<600 {
      var damaged = whole
      if round.isMultiple(of: 3) { damaged.removeLast(Int.random(in: 1...whole.count, using: &random)) }
      for _ in 0..<Int.random(in: 1...4, using: &random) where !damaged.isEmpty {
        damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      try store(damaged, in: path)
      guard let reader = try? NetCDFTrajectoryReader(path, species: [li, f, s]) else { continue }
      for index in 0..<min(3, reader.frameCount) { _ = try? reader.frame(index) }
    }
  }
}
