import Analysis
import Atomistics
import Communication
import Formats
import Foundation
import Numerics
import TestSupport
import Testing

/// A trajectory in a skewed periodic cell, written wrapped, and read again.
struct SyntheticTrajectory {
  static let cell = Cell(
    vectors: Matrix3(rows: Vector3(20, 0, 0), Vector3(4, 18, 0), Vector3(-3, 2, 19)), periodic: .all)
  static let volume = 20.0 * 18 * 19

  let elements: [Element]
  /// ps.
  var spacing = 0.1
  /// [frames][atoms], Å.
  let positions: [[Vector3]]
  /// [frames][atoms], Å/ps.
  var velocities: [[Vector3]]?

  init(_ symbols: [String], spacing: Double = 0.1, positions: [[Vector3]], velocities: [[Vector3]]? = nil) throws {
    elements = try symbols.map { try #require(Element(symbol: $0)) }
    (self.spacing, self.positions, self.velocities) = (spacing, positions, velocities)
  }

  /// Opened on this rank alone; the file is in `directory`.
  func open(in directory: TemporaryDirectory, _ name: String = "walk.extxyz") throws -> Trajectory {
    let frames = positions.enumerated().map { number, positions in
      var frame = Configuration(
        cell: Self.cell, elements: elements,
        positions: positions.map { r in
          let s = r * Self.cell.vectors.inverse
          return (s - s.rounded(.down)) * Self.cell.vectors
        })
      frame.velocities = velocities?[number].map { 0.001 * $0 }
      frame.time = Double(number) * spacing * 1000
      return frame
    }
    try writeStructures(frames, to: directory.file(name))
    return try Trajectory(path: directory.file(name), communicator: .alone)
  }

  /// [frames][3] normal numbers, the same for the same id.
  static func noise(_ frames: Int, id: Int) -> [Vector3] {
    let random = CounterRandom(.test, seed: 77)
    return (0..<frames).map { random.normals(step: UInt64($0), id: UInt64(id)) }
  }

  /// [frames] sums of steps, from a point.
  static func walk(_ steps: [Vector3], from start: Vector3) -> [Vector3] {
    var place = start
    return steps.map { step in
      defer { place += step }
      return place
    }
  }

  /// [atoms][frames] as [frames][atoms].
  static func transposed(_ series: [[Vector3]]) -> [[Vector3]] { series[0].indices.map { t in series.map { $0[t] } } }
}
