import Atomistics
import Diagnostics
import Formats
import Foundation
import Numerics
import TestSupport
import Testing

/// A few atoms in and around a cell, with velocities, forces and images, that differ from frame to frame.
func sampleFrame(_ cell: Cell, index: Int = 0, count: Int = 17) -> Configuration {
  let random = { (stream: Int, atom: Int, axis: Int) in
    sin(Double(stream * 131 + atom * 17 + axis * 7 + index * 29)) * 43758.5453
  }
  func vector(_ stream: Int, _ atom: Int, _ scale: Double) -> Vector3 {
    let v = Vector3(random(stream, atom, 0), random(stream, atom, 1), random(stream, atom, 2))
    return scale * (v - v.rounded(.down))
  }
  let full = cell.completed
  let elements = (0..<count).map { Element(symbol: $0.isMultiple(of: 3) ? "S" : "Li")! }
  let positions = (0..<count).map { (2 * vector(1, $0, 1) - Vector3(repeating: 0.5)) * full }
  var frame = Configuration(cell: cell, elements: elements, positions: positions)
  frame.velocities = (0..<count).map { vector(2, $0, 0.02) - Vector3(repeating: 0.01) }
  frame.forces = (0..<count).map { vector(3, $0, 4) - Vector3(repeating: 2) }
  frame.images = (0..<count).map { atom in
    let image = vector(4, atom, 7).rounded(.down)
    return SIMD3(
      cell.periodic.a ? Int32(image.x) - 3 : 0, cell.periodic.b ? Int32(image.y) : 0,
      cell.periodic.c ? -Int32(image.z) : 0)
  }
  frame.step = 250 * index
  frame.time = 125 * Double(index)
  return frame
}

let orthogonal = Cell(vectors: Matrix3(diagonal: Vector3(11, 12, 13)), periodic: .all)
let triclinic = Cell(
  vectors: Matrix3(rows: Vector3(11, 0, 0), Vector3(-2.5, 12, 0), Vector3(1.5, 3, 13)), periodic: .all)
let rotated = Cell(
  vectors: Matrix3(rows: Vector3(1, 10, -3), Vector3(-9, 2, 4), Vector3(3, 2, 12)), periodic: .all)
let openAlongC = Periodicity(true, true, false)
let slab = Cell(vectors: Matrix3(rows: Vector3(0, 9, 0), Vector3(-11, 1, 0), .zero), periodic: openAlongC)
let boxedSlab = Cell(
  vectors: Matrix3(rows: Vector3(9, 0, 0), Vector3(1, 11, 0), Vector3(0, 0, 40)), periodic: openAlongC)

@Suite struct NetCDFTrajectoryTests {
  let directory: TemporaryDirectory
  static let everything = NetCDFTrajectoryWriter.Options(velocities: true, forces: true)

  init() throws { directory = try TemporaryDirectory() }

  private func write(
    _ frames: [Configuration], to path: String, options: NetCDFTrajectoryWriter.Options = everything
  ) throws {
    let writer = try NetCDFTrajectoryWriter(creating: path, atoms: TrajectoryAtoms(frames[0]), options: options)
    for frame in frames { try writer.append(frame) }
    try writer.close()
  }

  private func unwrapped(_ frame: Configuration) -> [Vector3] {
    guard let images = frame.images else { return frame.positions }
    return zip(frame.positions, images).map { position, image in
      position + Vector3(Double(image.x), Double(image.y), Double(image.z)) * frame.cell.vectors
    }
  }

  private func expectEqual(_ a: [Vector3]?, _ b: [Vector3]?, within tolerance: Double) throws {
    let (a, b) = (try #require(a), try #require(b))
    #expect(a.count == b.count)
    #expect(zip(a, b).allSatisfy { ($0 - $1).length <= tolerance })
  }

  @Test(arguments: [orthogonal, triclinic, rotated, slab, boxedSlab, .none])
  func framesComeBackInTheUsersOrientation(cell: Cell) throws {
    let path = directory.file("a.nc")
    let frames = (0..<3).map { sampleFrame(cell, index: $0) }
    try write(frames, to: path)
    let reader = try NetCDFTrajectoryReader(path)
    #expect(reader.frameCount == 3 && reader.atomCount == 17)
    for (index, frame) in frames.enumerated() {
      let read = try reader.frame(index)
      #expect(read.cell == cell)
      #expect(read.elements == frame.elements)
      #expect(read.masses == frame.elements.map(\.mass))
      #expect(read.step == frame.step && read.time == frame.time)
      try expectEqual(unwrapped(read), unwrapped(frame), within: 5e-6)
      try expectEqual(read.velocities, frame.velocities, within: 1e-8)
      try expectEqual(read.forces, frame.forces, within: 1e-6)
      let inverse = cell.completed.inverse
      for position in read.positions {
        let fractional = position * inverse
        for axis in 0..<3 where cell.periodic[axis] { #expect(fractional[axis] > -1e-6 && fractional[axis] < 1 + 1e-6) }
      }
    }
    #expect(throws: Failure.self) { try reader.frame(3) }
    #expect(throws: Failure.self) { try reader.frame(-1) }
  }

  /// Another program knows nothing of cell_vectors: it must see the same fractional coordinates and lengths of vectors.
  @Test(arguments: [orthogonal, triclinic, rotated])
  func otherReadersSeeTheSameStructure(cell: Cell) throws {
    let path = directory.file("a.nc")
    let frame = sampleFrame(cell)
    try write([frame], to: path)
    var content = try bytes(of: path)
    let name = try #require(content.firstRange(of: Array("cell_vectors".utf8)))
    content.replaceSubrange(name, with: Array("cell_vectorz".utf8))
    try store(content, in: path)
    let read = try NetCDFTrajectoryReader(path).frame(0)
    for axis in 0..<3 {
      #expect(abs(read.cell.vectors[axis].length - cell.vectors[axis].length) < 1e-12 * 20)
      // Only the cell in another orientation is turned.
      #expect(((read.cell.vectors[axis] - cell.vectors[axis]).length < 1e-10) == (cell != rotated))
    }
    #expect(abs(read.cell.volume - cell.volume) < 1e-9 * cell.volume)
    let (seen, given) = (read.cell.vectors.inverse, cell.vectors.inverse)
    for (position, original) in zip(read.positions, frame.positions) {
      let difference = position * seen - original * given
      #expect((difference - difference.rounded(.toNearestOrEven)).length < 1e-6)
    }
    for (force, original) in zip(read.forces!, frame.forces!) { #expect(abs(force.length - original.length) < 1e-6) }
  }

  @Test func unwrappedCoordinatesAreTheWholePath() throws {
    let path = directory.file("a.nc")
    let frame = sampleFrame(rotated)
    try write([frame], to: path, options: .init(wrapped: false))
    let read = try NetCDFTrajectoryReader(path).frame(0)
    #expect(read.images == nil && read.velocities == nil && read.forces == nil)
    try expectEqual(read.positions, unwrapped(frame), within: 1e-5)
  }

  /// A variable of ours, which others pass over.
  @Test func gradesAreKept() throws {
    let path = directory.file("grades.nc")
    let frames = (0..<3).map { index in
      var frame = sampleFrame(orthogonal, index: index)
      let grades = (0..<frame.count).map { 0.37 * Double($0) + Double(index) }
      frame.columns = [AtomColumn(name: "grades", width: 1, values: .real(grades))]
      return frame
    }
    try write(frames, to: path, options: .init(velocities: true, grades: true))
    let reader = try NetCDFTrajectoryReader(path)
    for (index, frame) in frames.enumerated() {
      guard case .real(let expected) = frame.columns[0].values, case .real(let found)? = try reader.frame(index).columns.first?.values
      else {
        Issue.record("frame \(index) has no grades")
        continue
      }
      #expect(found == expected.map { Double(Float($0)) })
      try expectEqual(reader.frame(index).velocities, frame.velocities, within: 1e-8)
    }
    let converted = directory.file("converted.nc")
    try writeStructures(frames, to: converted)
    #expect(try NetCDFTrajectoryReader(converted).frame(2).columns.map(\.name) == ["grades"])
  }

  @Test func idsAndMassesAreKept() throws {
    let path = directory.file("a.nc")
    var frame = sampleFrame(orthogonal)
    frame.ids = (0..<17).map { 3 * $0 + 2 }
    frame.masses = (0..<17).map { 6.015 + Double($0) }
    try write([frame], to: path)
    let read = try NetCDFTrajectoryReader(path).frame(0)
    #expect(read.ids == frame.ids && read.masses == frame.masses)
    frame.ids![3] = 1 << 40
    #expect(throws: Failure.self) { try write([frame], to: directory.file("b.nc")) }
    #expect(directory.names == ["a.nc"])
  }

  @Test func manyAtomsGoInPieces() throws {
    let path = directory.file("a.nc")
    let frame = sampleFrame(triclinic, count: 70_001)
    try write([frame], to: path)
    let read = try NetCDFTrajectoryReader(path).frame(0)
    #expect(read.elements == frame.elements)
    try expectEqual(unwrapped(read), unwrapped(frame), within: 5e-6)
    try expectEqual(read.forces, frame.forces, within: 1e-6)
  }

  @Test func impossibleFramesAreRefusedAndLeaveNoTrace() throws {
    let path = directory.file("a.nc")
    let good = sampleFrame(orthogonal)
    let writer = try NetCDFTrajectoryWriter(creating: path, atoms: TrajectoryAtoms(good), options: Self.everything)
    try writer.append(good)
    let content = try bytes(of: path)
    var bad = good
    bad.positions[5].y = .nan
    let failure = #expect(throws: Failure.self) { try writer.append(bad) }
    #expect(failure?.description.contains("atom 6") == true)
    bad = good
    bad.cell.vectors[2].z *= -1
    #expect(throws: Failure.self) { try writer.append(bad) }
    bad = good
    bad.positions[0].x = 1e20
    #expect(throws: Failure.self) { try writer.append(bad) }
    bad = good
    bad.forces = nil
    #expect(throws: Failure.self) { try writer.append(bad) }
    #expect(throws: Failure.self) { try writer.append(sampleFrame(orthogonal, count: 16)) }
    bad = good
    bad.elements[2] = Element(symbol: "O")!
    #expect(throws: Failure.self) { try writer.append(bad) }
    #expect(try bytes(of: path) == content)
    #expect(writer.frameCount == 1)
  }

  @Test func anExistingFileIsNotOverwrittenUnasked() throws {
    let path = directory.file("a.nc")
    let atoms = TrajectoryAtoms(sampleFrame(orthogonal))
    try store([1, 2, 3], in: path)
    #expect(throws: Failure.self) { try NetCDFTrajectoryWriter(creating: path, atoms: atoms) }
    #expect(try bytes(of: path) == [1, 2, 3])
    try NetCDFTrajectoryWriter(creating: path, atoms: atoms, overwriting: true).close()
    #expect(try NetCDFTrajectoryReader(path).frameCount == 0)
  }
}
