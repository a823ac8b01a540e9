import Analysis
import Atomistics
import Communication
import Diagnostics
import Foundation
import Formats
import Numerics
import Testing

/// Random walks in a skewed cell, wrapped in the file: what comes back is the walk.
@Suite(.serialized) struct SeriesTests {
  static let cell = Cell(
    vectors: Matrix3(rows: Vector3(9, 0, 0), Vector3(2.1, 8, 0), Vector3(-1.5, 1.2, 7.5)), periodic: .all)

  /// [frames][atoms], Å.
  static func walk(atoms: Int, frames: Int, drift: Vector3 = .zero) -> [[Vector3]] {
    var generator = SystemRandomNumberGenerator()
    func step() -> Double { Double.random(in: -0.5...0.5, using: &generator) }
    var now = (0..<atoms).map { _ in Vector3(step(), step(), step()) * 8 }
    return (0..<frames).map { _ in
      defer { now = now.map { $0 + Vector3(step(), step(), step()) + drift } }
      return now
    }
  }

  static func write(_ walk: [[Vector3]], _ elements: [Element], to path: String, spacing: Double = 0.1) throws {
    let frames = walk.enumerated().map { number, positions in
      var frame = Configuration(
        cell: cell, elements: elements,
        positions: positions.map { r in
          let s = r * cell.vectors.inverse
          return (s - s.rounded(.down)) * cell.vectors
        })
      frame.time = Double(number) * spacing * 1000
      return frame
    }
    try writeStructures(frames, to: path)
  }

  private func path(_ name: String) -> String {
    FileManager.default.temporaryDirectory.appending(path: "swmd-\(ProcessInfo.processInfo.processIdentifier)-\(name)").path
  }

  @Test func unwrapsTheWalkInOnePassAndInMany() throws {
    let file = path("walk.extxyz"), walk = Self.walk(atoms: 7, frames: 60)
    defer { try? FileManager.default.removeItem(atPath: file) }
    let lithium = try #require(Element(symbol: "Li")), sulfur = try #require(Element(symbol: "S"))
    let elements = (0..<7).map { $0 < 3 ? lithium : sulfur }
    try Self.write(walk, elements, to: file)
    let trajectory = try Trajectory(path: file, communicator: .alone)
    #expect(trajectory.frameCount == 60 && trajectory.species == [lithium, sulfur])
    #expect(abs(try trajectory.time.evenSpacing() - 0.1) < 1e-9)
    for memory in [1 << 30, 3 * 60 * 8 * 2] {
      var visited = 0
      try trajectory.forEachSeries(of: .displacements, memory: memory) { batch in
        for atom in batch.atoms {
          visited += 1
          for axis in 0..<3 {
            let series = batch.series(atom: atom, axis: axis)
            for frame in 0..<60 { #expect(abs(series[frame] - (walk[frame][atom] - walk[0][atom])[axis]) < 1e-5) }
          }
        }
      }
      #expect(visited == 7)
    }
  }

  @Test func theCenterOfMassStandsStillInItsFrame() throws {
    let file = path("drift.extxyz"), walk = Self.walk(atoms: 5, frames: 40, drift: Vector3(0.3, -0.2, 0.1))
    defer { try? FileManager.default.removeItem(atPath: file) }
    let lithium = try #require(Element(symbol: "Li")), sulfur = try #require(Element(symbol: "S"))
    try Self.write(walk, [lithium, sulfur, sulfur, lithium, lithium], to: file)
    let trajectory = try Trajectory(path: file, communicator: .alone)
    for memory in [1 << 30, 3 * 40 * 8] {
      var moment = [Double](repeating: 0, count: 3 * 40)
      try trajectory.forEachSeries(of: .displacements, in: .centerOfMass, memory: memory) { batch in
        for atom in batch.atoms {
          for axis in 0..<3 {
            for frame in 0..<40 {
              moment[axis * 40 + frame] += trajectory.masses[atom] * batch.series(atom: atom, axis: axis)[frame]
            }
          }
        }
      }
      #expect(moment.allSatisfy { abs($0) < 1e-9 })
    }
  }

  @Test func framesOutOfOrderAreRefused() throws {
    let file = path("disorder.extxyz"), walk = Self.walk(atoms: 2, frames: 3)
    defer { try? FileManager.default.removeItem(atPath: file) }
    let lithium = try #require(Element(symbol: "Li"))
    try Self.write(walk, [lithium, lithium], to: file, spacing: -0.1)
    #expect(throws: Failure.self) { try Trajectory(path: file, communicator: .alone) }
  }

  @Test func speciesListsAreRead() throws {
    let list = try TrajectoryOptions.elements(list: "Li*3, P,S*2")
    #expect(list.map(\.symbol) == ["Li", "Li", "Li", "P", "S", "S"])
    for bad in ["Li*", "Xx*3", "", "Li*0", "Li*3*2", "Li,,S"] {
      #expect(throws: Failure.self) { try TrajectoryOptions.elements(list: bad) }
    }
  }
}
