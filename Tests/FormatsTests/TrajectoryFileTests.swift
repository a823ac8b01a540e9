import Atomistics
import Diagnostics
import Formats
import Foundation
import Numerics
import TestSupport
import Testing

/// Any frame of a text file, read where an index says it is, is the frame that a walk finds.
@Suite struct TrajectoryFileTests {
  private static let species = ReadOptions(species: ["Li", "S", "O"].compactMap(Element.init(symbol:)))

  private static func sample(_ index: Int) throws -> Configuration {
    var frame = try Sample.full(count: 5 + index % 3, seed: UInt64(index))
    (frame.step, frame.time) = (10 * index, 0.5 * Double(index))
    return frame
  }

  /// Texts of twelve frames each in all formats that hold several.
  private static func texts() throws -> [(name: String, bytes: [UInt8])] {
    let frames = try (0..<12).map(sample)
    var texts = try ["a.extxyz", "a.cfg", "a.dump"].map { ($0, try written(frames, as: $0)) }
    let dump = (0..<12).map {
      LAMMPSDumpReaderTests.text(
        top: ($0 == 0 ? "ITEM: UNITS\nreal\n" : $0 == 6 ? "ITEM: UNITS\nmetal\n" : "")
          + "ITEM: TIME\n\(0.25 * Double($0))\n",
        columns: "id type xu yu zu vx vy vz", atoms: "2 1 \($0) 0 0 1 0 0\n1 2 0 \($0) 0 2 0 0\n", step: $0)
    }
    texts.append(("units.dump", Array(dump.joined().utf8)))
    let xdatcar = (0..<12).map { k in
      (k % 5 == 0 ? "title\n\(k + 1)\n1 0 0\n0 1 0\n0 0 1\nLi S\n1 \(k / 5 + 1)\n" : "")
        + "Direct configuration= \(k)\n" + String(repeating: "0.5 0.25 0.\(k)\n", count: 2 + k / 5)
    }
    texts.append(("XDATCAR", Array(xdatcar.joined().utf8)))
    return texts
  }

  @Test func framesInAnyOrderAreThoseOfAWalk() throws {
    let directory = try TemporaryDirectory()
    for (name, bytes) in try Self.texts() {
      let path = directory.file(name)
      try store(bytes, in: path)
      let walked = try readStructures(at: path, options: Self.species)
      let first = try TrajectoryFile(path: path, options: Self.species)
      // As another process gets it.
      let second = try TrajectoryFile(path: path, options: Self.species, index: FrameIndex(encoded: first.index.encoded))
      #expect(first.frameCount == 12 && walked.count == 12 && first.index.warning == nil)
      #expect(first.times == walked.map(\.time) && second.times == first.times)
      for number in [7, 8, 0, 11, 3, 3, 4, 5, 6, 1] {
        for file in [second, first] {
          let frame = try file.frame(number)
          expectIdentical(frame, walked[number])
          #expect(frame.step == walked[number].step && frame.time == walked[number].time)
        }
      }
    }
  }

  /// Wherever a kill cuts the file, the frames before are there, and it is said that the last is not.
  @Test func aCutFileHasItsWholeFrames() throws {
    let directory = try TemporaryDirectory()
    for (name, bytes) in try Self.texts() {
      let path = directory.file(name)
      try store(bytes, in: path)
      let walked = try readStructures(at: path, options: Self.species)
      var random = SplitMix64(state: 5), cuts = 0
      for _ in 0..<60 {
        let kept = Int.random(in: bytes.count / 6..<bytes.count, using: &random)
        try store(Array(bytes.prefix(kept)), in: path)
        let file = try TrajectoryFile(path: path, options: Self.species)
        #expect(file.frameCount < 12 && file.frameCount > 0)
        expectIdentical(try file.frame(file.frameCount - 1), walked[file.frameCount - 1])
        guard let warning = file.index.warning else { continue }
        cuts += 1
        #expect(warning.contains("within frame \(file.frameCount)") && warning.hasPrefix("\(path):"))
      }
      #expect(cuts > 50)
    }
  }

  @Test func aFileThatShrinksOrChangesIsNotReadOn() throws {
    let directory = try TemporaryDirectory(), path = directory.file("a.extxyz")
    let bytes = try written(try (0..<200).map(Self.sample), as: "a.extxyz")
    try store(bytes, in: path)
    let shrinking = try TrajectoryFile(path: path), changing = try TrajectoryFile(path: path)
    let handle = try #require(FileHandle(forUpdatingAtPath: path))
    try handle.truncate(atOffset: UInt64(bytes.count / 2))
    let failure = #expect(throws: Failure.self) { try shrinking.frame(199) }
    #expect(failure?.message.contains("became shorter") == true)
    let other = try written(try (1..<201).map(Self.sample), as: "a.extxyz")
    try handle.seek(toOffset: 0)
    handle.write(Data(other))
    try handle.close()
    #expect(throws: Failure.self) { for frame in 0..<200 { _ = try changing.frame(frame) } }
  }
}
