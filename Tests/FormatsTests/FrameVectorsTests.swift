import Atomistics
import Formats
import Foundation
import Numerics
import TestSupport
import Testing

/// Vectors of many frames at once are those of the frames one by one, to the bit.
@Suite struct FrameVectorsTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(arguments: [orthogonal, triclinic, rotated, slab], [true, false])
  func areThoseOfTheFrames(cell: Cell, wrapped: Bool) throws {
    let path = directory.file("a.nc")
    // The cell changes once: what is known of it must not outlive the change.
    let frames = (0..<7).map { index in
      var larger = cell
      if index >= 4 { larger.vectors = 1.01 * cell.vectors }
      return sampleFrame(larger, index: index)
    }
    let options = NetCDFTrajectoryWriter.Options(velocities: true, wrapped: wrapped)
    let writer = try NetCDFTrajectoryWriter(creating: path, atoms: TrajectoryAtoms(frames[0]), options: options)
    for frame in frames { try writer.append(frame) }
    try writer.close()
    let file = try TrajectoryFile(path: path)
    #expect(file.times == frames.map(\.time))
    for numbers in [Array(0..<7), [1, 3, 4, 6], [5]] {
      for quantity in [VectorQuantity.positions, .velocities] {
        let found = try #require(try file.vectors(quantity, frames: numbers))
        #expect(found.frameCount == numbers.count && found.cells.count == numbers.count)
        let expected = FrameVectors(frameCount: numbers.count, atomCount: found.atomCount)
        for (place, number) in numbers.enumerated() {
          let frame = try file.frame(number)
          #expect(found.cells[place] == frame.cell)
          expected.set(place, from: frame, quantity)
        }
        #expect(found.hasImages == expected.hasImages)
        for k in 0..<3 * found.atomCount * numbers.count {
          #expect(found.values[k] == expected.values[k])
          #expect(found.images?[k] == expected.images?[k])
        }
      }
    }
  }

  @Test func textHasNoSuchWay() throws {
    let path = directory.file("a.extxyz")
    try writeStructures([sampleFrame(triclinic)], to: path)
    #expect(try TrajectoryFile(path: path).vectors(.positions, frames: [0]) == nil)
  }
}
