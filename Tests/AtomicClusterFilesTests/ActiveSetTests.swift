import AtomicClusterFiles
import Atomistics
import Diagnostics
import Foundation
import Numerics
import TestSupport
import Testing

@Suite struct ActiveSetTests {
  static func model(_ name: String = "LiPS_A.yaml") throws -> ClusterModel {
    try ClusterFile.read(path: ReferenceTests.path(name))
  }

  static func message(_ bytes: [UInt8], _ model: ClusterModel) -> String {
    do {
      _ = try ActiveSetFile.activeSet(bytes: bytes, file: "x.asi", model: model)
      return ""
    } catch { return "\(error)" }
  }

  @Test func kinds() throws {
    let model = try Self.model()
    #expect(try ActiveSetFile.read(path: ReferenceTests.path("LiPS_A.asi"), model: model).kind == .linear)
    #expect(try ActiveSetFile.read(path: ReferenceTests.path("LiPS_A.asi.nonlinear"), model: model).kind == .full)
    #expect(
      try ActiveSetFile.read(path: ReferenceTests.path("Si_ZBL.asi"), model: Self.model("Si_ZBL.yaml")).kind == .linear)
  }

  @Test func writtenFilesAreReadAgain() throws {
    let model = try Self.model(), folder = try TemporaryDirectory(), path = folder.file("out.asi")
    let set = try ActiveSetFile.read(path: ReferenceTests.path("LiPS_A.asi"), model: model)
    try ActiveSetFile.write(set, to: path)
    let again = try ActiveSetFile.read(path: path, model: model)
    #expect(again.kind == set.kind && again.inverses == set.inverses)
    #expect(folder.names == ["out.asi"])
    // Data begin at a multiple of 64 bytes, as NumPy has it, and names come in order.
    let bytes = ActiveSetFile.bytes(of: set), text = String(decoding: bytes, as: Unicode.ASCII.self)
    #expect(text.contains("{'descr': '<f8', 'fortran_order': False, 'shape': (110, 110), }"))
    #expect(bytes == ActiveSetFile.bytes(of: again))
    #expect(throws: Failure.self) { try ActiveSetFile.write(set, to: "/nowhere/x.asi") }
  }

  /// The same archive with a matrix by columns.
  @Test func fortranOrder() throws {
    let model = try Self.model("Si_ZBL.yaml"),
      file = try ActiveSetFile.read(path: ReferenceTests.path("Si_ZBL.asi"), model: model)
    let inverse = try #require(file.inverses[model.elements[0]])
    let transposed = ActiveSetFile.bytes(of: .init(kind: .linear, inverses: [model.elements[0]: inverse.transpose]))
    let byColumns = transposed.replacing("'fortran_order': False, ", with: "'fortran_order': True,  ")
    // The checksum covers the header, which has changed.
    #expect(Self.message(byColumns, model).contains("checksum"))
    #expect(try ActiveSetFile.activeSet(bytes: Self.resummed(byColumns), file: "x", model: model).inverses == file.inverses)
  }

  @Test func foreignSets() throws {
    let lips = try ReferenceTests.bytes("LiPS_A.asi"), silicon = try ReferenceTests.bytes("Si_ZBL.asi")
    #expect(Self.message(lips, try Self.model("Si_ZBL.yaml")).contains("more than the potential's 1"))
    #expect(Self.message(silicon, try Self.model()).contains("belongs to another potential"))
    #expect(Self.message(lips, try Self.model("LiPS_B.yaml")).contains("110 × 110"))
    #expect(Self.message(lips, try Self.model("LiPS_A.yace")).contains("no B basis"))
    var model = try Self.model()
    let set = try ActiveSetFile.read(path: ReferenceTests.path("LiPS_A.asi"), model: model)
    var less = set
    less.inverses[model.elements[2]] = nil
    #expect(Self.message(ActiveSetFile.bytes(of: less), model).contains("lacks S"))
    var mixed = set
    mixed.inverses[model.elements[0]] = DenseMatrix(diagonal: [Double](repeating: 1, count: 220))
    #expect(Self.message(ActiveSetFile.bytes(of: mixed), model).contains("some of its matrices are linear"))
    model.bBasis?[0].removeLast()
    #expect(Self.message(lips, model).contains("109 functions"))
  }

  @Test func damagedSets() throws {
    let model = try Self.model(), bytes = try ReferenceTests.bytes("LiPS_A.asi")
    #expect(Self.message([], model).contains("no zip"))
    #expect(Self.message(Array(bytes.prefix(1000)), model).contains("directory"))
    for (old, new, part) in [
      ("<f8", ">f8", "little-endian"), ("<f8", "<f4", "little-endian"), ("(110, 110)", "(110, 109)", "shape"),
      ("(110, 110)", "(12100, )", "no matrix"),
    ] {
      #expect(Self.message(Self.resummed(bytes.replacing(old, with: new)), model).contains(part), "\(part)")
    }
    var flipped = bytes
    flipped[5000] ^= 1
    #expect(Self.message(flipped, model).contains("checksum"))
  }

  /// Makes the checksums in the directory of an archive those of its (stored) members.
  static func resummed(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    let little = { (at: Int, width: Int) in bytes[at..<at + width].reversed().reduce(0) { $0 << 8 | Int($1) } }
    var entry = little(bytes.count - 6, 4)
    for _ in 0..<little(bytes.count - 12, 2) {
      let offset = little(entry + 42, 4), start = offset + 30 + little(offset + 26, 2) + little(offset + 28, 2)
      let sum = checksum(bytes[start..<start + little(entry + 24, 4)])
      for byte in 0..<4 { bytes[entry + 16 + byte] = UInt8(sum >> (8 * UInt32(byte)) & 0xFF) }
      entry += 46 + little(entry + 28, 2) + little(entry + 30, 2) + little(entry + 32, 2)
    }
    return bytes
  }

  /// CRC-32, bit by bit.
  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var sum = ~UInt32(0)
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = (sum >> 1) ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return ~sum
  }
}

extension [UInt8] {
  /// The first occurrence of `old` replaced by a text of the same length.
  func replacing(_ old: String, with new: String) -> [UInt8] {
    guard let start = indices.first(where: { self[$0...].starts(with: old.utf8) }) else { return self }
    let filled = Array(new.utf8) + [UInt8](repeating: 0x20, count: Swift.max(0, old.utf8.count - new.utf8.count))
    return Array(self[..<start]) + filled + Array(self[(start + old.utf8.count)...])
  }
}
