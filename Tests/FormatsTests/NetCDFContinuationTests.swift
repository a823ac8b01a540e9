import Atomistics
import Diagnostics
import Formats
import Foundation
import Numerics
import TestSupport
import Testing

@Suite struct NetCDFContinuationTests {
  let directory: TemporaryDirectory
  private let frames = (0..<5).map { sampleFrame(rotated, index: $0) }
  private let options = NetCDFTrajectoryWriter.Options(velocities: true)
  private var atoms: TrajectoryAtoms { TrajectoryAtoms(frames[0]) }

  init() throws { directory = try TemporaryDirectory() }

  private func writeAll(_ path: String) throws -> [UInt8] {
    let writer = try NetCDFTrajectoryWriter(creating: path, atoms: atoms, options: options)
    for frame in frames { try writer.append(frame) }
    try writer.close()
    return try bytes(of: path)
  }

  @Test func theSameRunGivesTheSameBytes() throws {
    #expect(try writeAll(directory.file("a.nc")) == writeAll(directory.file("b.nc")))
  }

  @Test(arguments: 0...5) func aRestartGivesTheBytesOfTheRunNeverKilled(kept: Int) throws {
    let path = directory.file("a.nc")
    let whole = try writeAll(path)
    // A frame of which a part had been written when the run was killed.
    try store(whole + [UInt8](repeating: 7, count: 100), in: path)
    let newer = NetCDFTrajectoryWriter.Options(velocities: true, programVersion: "99.0")
    let writer = try NetCDFTrajectoryWriter(continuing: path, after: kept, atoms: atoms, options: newer)
    #expect(writer.frameCount == kept)
    for frame in frames[kept...] { try writer.append(frame) }
    try writer.synchronize()
    #expect(try bytes(of: path) == whole)
  }

  /// What a kill between any two bytes leaves: the count of the frames before, and a part of the next frame.
  @Test func aPartOfAFrameIsNeverSeen() throws {
    let path = directory.file("a.nc")
    let writer = try NetCDFTrajectoryWriter(creating: path, atoms: atoms, options: options)
    try writer.append(frames[0])
    let before = try bytes(of: path)
    try writer.append(frames[1])
    let after = try bytes(of: path)
    for length in stride(from: before.count, through: after.count, by: 37) {
      try store(before + after[before.count..<length], in: path)
      let reader = try NetCDFTrajectoryReader(path)
      #expect(reader.frameCount == 1)
      #expect(try reader.frame(0).step == frames[0].step)
    }
  }

  @Test func damageNeverTraps() throws {
    let path = directory.file("a.nc")
    let small = (0..<2).map { sampleFrame(rotated, index: $0, count: 3) }
    let writer = try NetCDFTrajectoryWriter(creating: path, atoms: TrajectoryAtoms(small[0]), options: options)
    for frame in small { try writer.append(frame) }
    let whole = try bytes(of: path)
    var random = SystemRandomNumberGenerator()
    for _ in 0..<1000 {
      var damaged = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      try store(damaged, in: path)
      if let reader = try? NetCDFTrajectoryReader(path) {
        for index in 0..<min(3, reader.frameCount) { _ = try? reader.frame(index) }
      }
      _ = try? NetCDFTrajectoryWriter(continuing: path, after: 1, atoms: TrajectoryAtoms(small[0]), options: options)
    }
  }

  @Test func anotherRunsFileIsRefusedAndNamed() throws {
    let path = directory.file("a.nc")
    let whole = try writeAll(path)
    func message(_ count: Int, _ atoms: TrajectoryAtoms, _ options: NetCDFTrajectoryWriter.Options) -> String {
      let failure = #expect(throws: Failure.self) {
        try NetCDFTrajectoryWriter(continuing: path, after: count, atoms: atoms, options: options)
      }
      #expect(failure?.place?.file == path && failure?.exitStatus == 2)
      return failure?.message ?? ""
    }
    #expect(message(6, atoms, options).contains("5 frames"))
    #expect(message(-1, atoms, options).contains("5 frames"))
    #expect(message(2, TrajectoryAtoms(sampleFrame(rotated, count: 20)), options).contains("17 atoms"))
    #expect(message(2, atoms, .init(velocities: true, forces: true)).contains("\"forces\""))
    #expect(message(2, atoms, .init()).contains("not those of this run"))
    var elements = atoms.elements
    elements[4] = Element(symbol: "O")!
    #expect(message(2, TrajectoryAtoms(elements: elements), options).contains("not those of this run"))
    #expect(try bytes(of: path) == whole)
    try store(whole.dropLast(10), in: path)
    #expect(message(2, atoms, options).contains("cut short"))
    #expect(throws: Failure.self) { try NetCDFTrajectoryReader(path) }
    try store(Array("not a trajectory".utf8), in: path)
    #expect(message(0, atoms, options).contains("not a NetCDF file"))
  }

  /// The limit on the size of files stands in for a full disk; afterwards the file takes more frames.
  @Test func aFullDiskKeepsEarlierFrames() throws {
    let path = directory.file("a.nc")
    let big = sampleFrame(triclinic, count: 400_000)
    let writer = try NetCDFTrajectoryWriter(creating: path, atoms: TrajectoryAtoms(big))
    try writer.append(big)
    let length = try bytes(of: path).count
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    var small = rlimit(rlim_cur: rlim_t(length + 5_000_000), rlim_max: limit.rlim_max)
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &small)
    let failure = #expect(throws: Failure.self) { try writer.append(big) }
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    #expect(failure?.kind == .runtime && failure?.place?.file == path)
    #expect(try bytes(of: path).count == length)
    #expect(try NetCDFTrajectoryReader(path).frameCount == 1)
    try writer.append(big)
    let reader = try NetCDFTrajectoryReader(path)
    #expect(reader.frameCount == 2)
    #expect(try reader.frame(1).positions == reader.frame(0).positions)
  }
}
