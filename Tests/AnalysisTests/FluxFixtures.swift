import Analysis
import Atomistics
import Communication
import Foundation
import Formats
import Numerics
import TestSupport
import Testing

func element(_ symbol: String) throws -> Element { try #require(Element(symbol: symbol)) }

extension Dice {
  /// Of the normal distribution.
  mutating func normal() -> Double { (-2 * log(1 - unit())).squareRoot() * cos(2 * .pi * unit()) }
}

/// Writes the frames, wrapped into their cells along periodic directions, and opens them as a trajectory of this process.
///
/// - Parameter positions: [frames][atoms], in parts of the cell vectors.
func withTrajectory<T>(
  _ cells: [Cell], _ elements: [Element], _ positions: [[Vector3]], spacing: Double = 0.5, _ body: (Trajectory) throws -> T
) throws -> T {
  let path = FileManager.default.temporaryDirectory
    .appending(path: "swmd-\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString).extxyz").path
  defer { try? FileManager.default.removeItem(atPath: path) }
  let frames = positions.enumerated().map { number, places in
    let cell = cells[min(number, cells.count - 1)]
    var frame = Configuration(
      cell: cell, elements: elements,
      positions: places.map { place in
        var inside = place
        for axis in 0..<3 where cell.periodic[axis] { inside[axis] -= inside[axis].rounded(.down) }
        return inside * cell.completed
      })
    frame.time = Double(number) * spacing * 1000
    return frame
  }
  try writeStructures(frames, to: path)
  return try body(try Trajectory(path: path, communicator: .alone))
}
