import Atomistics
import Diagnostics
import Formats
import Foundation
import TestSupport
import Testing

@Suite struct StructureFileTests {
  @Test(arguments: [
    ("a.xyz", StructureFormat.extendedXYZ), ("b/POSCAR", .poscar), ("CONTCAR_600K", .poscar), ("x.vasp", .poscar),
    ("x.data", .lammpsData), ("data.li", .lammpsData), ("POSCAR.extxyz", .extendedXYZ), ("x.CFG", .mlipConfiguration),
    ("x.lammpstrj", .lammpsDump), ("XDATCAR_600K", .xdatcar), ("run/trajectory.nc", .netCDF), ("x.ncdf", .netCDF),
  ])
  func formatFromTheName(name: String, format: StructureFormat) {
    #expect(StructureFormat(fileName: name) == format)
  }

  /// Whoever writes frames into a pipe and waits for an answer to each gets it: no frame waits for bytes of the next.
  @Test func framesOfAPipeComeAtOnce() throws {
    let pipe = Pipe()
    let path = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
    pipe.fileHandleForWriting.write(Data("1\nProperties=species:S:1:pos:R:3\nLi 1 2 3\n".utf8))
    let reader = try FrameReader(path: path, options: ReadOptions(format: .extendedXYZ))
    #expect(try reader.next()?.positions == [[1, 2, 3]])
    pipe.fileHandleForWriting.write(Data("1\n\nS 4 5 6\n".utf8))
    #expect(try reader.next()?.positions == [[4, 5, 6]])
    try pipe.fileHandleForWriting.close()
    #expect(try reader.next()?.count == nil)
  }

  @Test func formatFromTheContent() throws {
    let frame = try Sample.full()
    for format in StructureFormat.allCases where format.canWrite {
      let bytes = try written([frame], as: "plain", WriteOptions(format: format))
      #expect(try FrameReader(bytes: bytes, name: "plain").format == format)
    }
    let binary = try Sample.bytes("cfg_format/cart_full.mlip3.bin.cfg")
    #expect(try FrameReader(bytes: binary, name: "plain").format == .mlipConfiguration)
    #expect(throws: Failure.self) { try FrameReader(bytes: Array("what is this?\n".utf8), name: "plain") }
    #expect(StructureFormat(fileName: "plain") == nil)
    #expect(throws: Failure.self) { try StructureFormat(named: "extxy") }
  }

  @Test func everyTextFormatHoldsTheSameFrame() throws {
    var frame = try Sample.full(cell: .init(elements: [5.1, 0, 0, 0.7, 6.3, 0, -0.3, 0.9, 7.1]))
    for format in StructureFormat.allCases where format.canWrite && ![.netCDF, .lammpsDump].contains(format) {
      let bytes = try written([frame], as: "plain", WriteOptions(format: format))
      let back = try #require(try frames(bytes, "plain").first)
      expectIdentical(frame, back, [])
      // From each format on into the next.
      frame = back
    }
  }

  @Test func framesAreChosenFromBothEnds() throws {
    let folder = try TemporaryDirectory()
    let path = folder.file("a.xyz")
    let all = try (1...5).map { index in
      var frame = try Sample.full(count: index)
      frame.step = index
      return frame
    }
    try writeStructures(all, to: path)
    #expect(try readStructures(at: path).map(\.step) == [1, 2, 3, 4, 5])
    #expect(try readStructure(at: path).step == 5)
    #expect(try readStructure(at: path, frame: 1).step == 2)
    #expect(try readStructure(at: path, frame: -5).step == 1)
    #expect(throws: Failure.self) { try readStructure(at: path, frame: 5) }
    #expect(throws: Failure.self) { try readStructure(at: path, frame: -6) }
    #expect(throws: Failure.self) { try readStructures(at: folder.file("none.xyz")) }
    #expect(throws: Failure.self) { try readStructures(at: folder.path, options: ReadOptions(format: .extendedXYZ)) }

    // A failure, and a writer that is left, leave the file as it was.
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(throws: Failure.self) {
      let writer = try FrameWriter(path: path, options: WriteOptions(format: .poscar))
      try writer.append(all[0])
      try writer.append(all[1])
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    #expect(folder.names == ["a.xyz"])
    try store([], in: folder.file("empty.xyz"))
    #expect(throws: Failure.self) { try readStructures(at: folder.file("empty.xyz")) }
  }

  /// Longer than one block of the reader, so that lines straddle its ends.
  @Test func longFiles() throws {
    let frame = try Sample.full(count: 20_000)
    let folder = try TemporaryDirectory()
    let path = folder.file("a.xyz")
    try writeStructures([frame, frame], to: path)
    let back = try readStructures(at: path)
    #expect(back.count == 2)
    expectIdentical(frame, back[1])
  }
}
