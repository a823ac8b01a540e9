import Atomistics
import Diagnostics
import Formats
import Foundation
import Numerics
import TestSupport
import Testing

/// What `swmd convert` does, between all pairs of formats.
@Suite struct FrameConversionTests {
  let directory: TemporaryDirectory
  static let writable = StructureFormat.allCases.filter { $0.canWrite }

  init() throws { directory = try TemporaryDirectory() }

  /// In LAMMPS's orientation, so that no format has to turn it, and numbers that fit float32.
  private func sample(_ index: Int = 0, velocities: Bool = true) throws -> Configuration {
    var frame = sampleFrame(triclinic, index: index)
    frame.positions = frame.positions.map { (1024 * $0).rounded(.down) / 1024 }
    if !velocities { frame.velocities = nil }
    frame.images = nil
    return frame
  }

  private func failure(_ body: () throws -> Void) -> String {
    let failure = #expect(throws: Failure.self) { try body() }
    #expect(failure?.kind == .input)
    return failure?.description ?? ""
  }

  @Test(arguments: writable, writable)
  func everyPair(source: StructureFormat, target: StructureFormat) throws {
    let frames = try (0..<3).map { try sample($0) }
    let kept = source.holdsSeveralFrames ? frames : [frames[2]]
    let (from, to) = (directory.file("a"), directory.file("b"))
    try writeStructures(kept, to: from, options: WriteOptions(format: source))
    let written = try convertFrames(from: from, to: to, writing: WriteOptions(format: target))
    #expect(written == (target.holdsSeveralFrames ? kept.count : 1))
    #expect(directory.names == ["a", "b"])
    // The content tells the format; nothing says it here.
    let back = try readStructures(at: to)
    #expect(back.count == written)
    for (frame, original) in zip(back, kept.suffix(written)) {
      #expect(frame.elements == original.elements)
      #expect(frame.positions == original.positions)
      if source == .lammpsDump || target == .lammpsDump {
        // A dump has the bounds of the box around a triclinic cell: a difference of two rounded numbers.
        for axis in 0..<3 { #expect((frame.cell.vectors[axis] - original.cell.vectors[axis]).length < 1e-14) }
      } else {
        #expect(frame.cell == original.cell)
      }
    }
  }

  @Test func oneFrameIsChosen() throws {
    let path = directory.file("a.nc")
    try writeStructures(try (0..<4).map { try sample($0) }, to: path)
    for (chosen, step) in [(0, 0), (2, 500), (-1, 750), (-4, 0)] {
      let target = directory.file("\(chosen).extxyz")
      #expect(try convertFrames(from: path, to: target, frame: chosen) == 1)
      #expect(try readStructures(at: target).map(\.step) == [step])
      #expect(try readStructure(at: path, frame: chosen).step == step)
    }
    for chosen in [4, -5, .min, .max] {
      let message = failure { try convertFrames(from: path, to: directory.file("b.extxyz"), frame: chosen) }
      #expect(message.contains("has 4"))
    }
    #expect(!directory.names.contains { $0.hasPrefix("b") })
  }

  /// NetCDF keeps the unwrapped path, velocities and forces to float32, and all else of a frame exactly.
  @Test(arguments: [orthogonal, triclinic, rotated, slab, boxedSlab, .none])
  func netCDFKeepsWhatItPromises(cell: Cell) throws {
    var frame = sampleFrame(cell, index: 2)
    frame.ids = (0..<17).map { 3 * $0 + 2 }
    frame.masses = (0..<17).map { 6.015 + Double($0) }
    let (text, trajectory, back) = (directory.file("a.extxyz"), directory.file("a.nc"), directory.file("b.extxyz"))
    try writeStructures([frame, frame], to: text)
    #expect(try convertFrames(from: text, to: trajectory) == 2)
    #expect(try convertFrames(from: trajectory, to: back) == 2)
    let read = try readStructure(at: back)
    #expect(read.cell == cell && read.elements == frame.elements && read.ids == frame.ids)
    #expect(read.masses == frame.masses && read.step == frame.step && read.time == frame.time)
    for atom in 0..<17 {
      let shift = (try #require(read.images)[atom] &- frame.images![atom])
      let moved = Vector3(Double(shift.x), Double(shift.y), Double(shift.z)) * cell.vectors
      #expect((read.positions[atom] + moved - frame.positions[atom]).length < 5e-6)
      #expect((try #require(read.velocities)[atom] - frame.velocities![atom]).length < 1e-8)
      #expect((try #require(read.forces)[atom] - frame.forces![atom]).length < 1e-6)
    }
  }

  @Test func speciesNumberTheTypes() throws {
    let (li, s, f) = (Element(symbol: "Li")!, Element(symbol: "S")!, Element(symbol: "F")!)
    let path = directory.file("a.nc")
    try writeStructures([try sample()], to: path)
    // The trajectory names its elements: the list is for the target.
    let options = (ReadOptions(species: [s, li]), WriteOptions(species: [s, li]))
    let target = directory.file("a.data")
    try convertFrames(from: path, to: target, reading: options.0, writing: options.1)
    let text = String(decoding: try bytes(of: target), as: UTF8.self)
    #expect(text.contains("1 32.06 # S\n2 6.94 # Li\n"))
    let message = failure {
      try convertFrames(from: path, to: directory.file("b.data"), writing: WriteOptions(species: [f, li]))
    }
    #expect(message.contains("atom 1 is S"))
    // Without its comments, and with a mass that no element has, it says no more what type 1 is.
    let nameless = text.replacingOccurrences(of: "32.06 # S", with: "300").replacingOccurrences(of: " # Li", with: "")
    try store(Array(nameless.utf8), in: directory.file("c.data"))
    let asked = failure { try convertFrames(from: directory.file("c.data"), to: directory.file("c.cfg")) }
    #expect(asked.contains("species"))
    #expect(directory.names == ["a.data", "a.nc", "c.data"])
  }

  @Test func framesThatNetCDFCannotHold() throws {
    func refused(_ frames: [Configuration]) throws -> String {
      let source = directory.file("a.extxyz")
      try writeStructures(frames, to: source)
      return failure { try convertFrames(from: source, to: directory.file("a.nc")) }
    }
    #expect(try refused([try sample(), sampleFrame(triclinic, count: 16)]).contains("frame 2 has 16 atoms"))
    #expect(try refused([try sample(), try sample(velocities: false)]).contains("frame 2 has no velocities"))
    var (first, second) = (try sample(), try sample(1))
    (first.ids, second.ids) = ((0..<17).map { $0 + 1 }, (0..<17).map { 17 - $0 })
    #expect(try refused([first, second]).contains("frame 2 has its atom ids in another order"))
    #expect(directory.names == ["a.extxyz"])
    // A device cannot be gone back into.
    #expect(
      failure {
        try convertFrames(
          from: directory.file("a.extxyz"), to: "/dev/null", writing: WriteOptions(format: .netCDF))
      }.contains("regular file"))
  }

  @Test func badSourcesLeaveTheTargetAlone() throws {
    let (source, target) = (directory.file("a.xyz"), directory.file("b.xyz"))
    try store(Array("old".utf8), in: target)
    #expect(failure { try convertFrames(from: source, to: target) }.contains("a.xyz: the file cannot be opened"))
    #expect(failure { try convertFrames(from: directory.path, to: target) }.contains("directory"))
    try store([], in: source)
    #expect(failure { try convertFrames(from: source, to: target) }.contains("holds no structure"))
    try store(Array("2\n\nLi 0 0 0\n".utf8), in: source)
    #expect(failure { try convertFrames(from: source, to: target) }.contains("frame 1"))
    #expect(failure { try convertFrames(from: source, to: directory.file("b.txt")) }.contains("does not tell"))
    try writeStructures([try sample()], to: source)
    #expect(failure { try convertFrames(from: source, to: directory.file("none/b.xyz")) }.contains("none/b.xyz: "))
    #expect(failure { try convertFrames(from: source, to: directory.path, writing: WriteOptions(format: .poscar)) }
      .contains("directory"))
    #expect(try bytes(of: target) == Array("old".utf8))
    #expect(directory.names == ["a.xyz", "b.xyz"])
  }

  @Test func damagedNetCDFNeverTraps() throws {
    let whole = try written([try sample(), try sample(1)], as: "a.nc")
    var random = SplitMix64(state: 7)
    for round in 0..<500 {
      var damaged = whole
      if round.isMultiple(of: 3) { damaged.removeLast(Int.random(in: 1...whole.count, using: &random)) }
      for _ in 0..<3 where !damaged.isEmpty {
        damaged[Int.random(in: 0..<min(damaged.count, 2000), using: &random)] = .random(in: 0...255, using: &random)
      }
      guard let reader = try? FrameReader(bytes: damaged, name: "a.nc") else { continue }
      // The count of frames may be any number that the file can hold.
      for _ in 0..<4 { if (try? reader.next()) == nil { break } }
    }
    #expect(try frames(whole, "a.nc").count == 2)
  }
}
