import Diagnostics
import Formats
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct NumPyArrayTests {
  /// What numpy.save writes: magic, version, the header's length, the header, the numbers.
  private func npy(_ header: String, _ body: [UInt8], version: UInt8 = 1) -> Data {
    let text = Array((header + "\n").utf8)
    let length: [UInt8] = [UInt8(text.count & 255), UInt8(text.count >> 8)] + (version == 1 ? [] : [0, 0])
    return Data([0x93] + Array("NUMPY".utf8) + [version, 0] + length + text + body)
  }

  private func bytes<T>(_ values: [T]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }

  @Test func arraysOfBothPrecisionsAreRead() throws {
    let directory = try TemporaryDirectory(), path = directory.file("a.npy"), numbers = [1.5, -2, 0.25, 1e10, 3, 7]
    for version in [UInt8(1), 2] {
      for (type, body) in [("<f8", bytes(numbers)), ("<f4", bytes(numbers.map(Float.init)))] {
        let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (3, 2), }"
        try npy(header, body, version: version).write(to: URL(filePath: path))
        let array = try NumPyArray(path: path)
        #expect(array.shape == [3, 2] && array.values == numbers)
      }
    }
    try npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", bytes([4.0, 5])).write(to: URL(filePath: path))
    #expect(try NumPyArray(path: path).shape == [2])
  }

  @Test func whatCannotBeReadIsSaid() throws {
    let directory = try TemporaryDirectory(), path = directory.file("a.npy")
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }"
    let bad = [
      npy(header, bytes([1.0, 2])),
      npy(header.replacingOccurrences(of: "<f8", with: "<i8"), bytes([Int](repeating: 1, count: 6))),
      npy(header.replacingOccurrences(of: "False", with: "True"), bytes([Double](repeating: 1, count: 6))),
      npy(header.replacingOccurrences(of: "(3, 2)", with: "(99999999999, 99999999999)"), []), Data("1 2 3 4 5 6 7\n".utf8),
      npy(header.replacingOccurrences(of: "(3, 2)", with: "(-3, 2)"), []), Data(),
    ]
    for data in bad {
      try data.write(to: URL(filePath: path))
      let failure = try #require(throws: Failure.self) { try NumPyArray(path: path) }
      #expect(failure.kind == .input && failure.place?.file == path)
    }
    #expect(throws: Failure.self) { try NumPyArray(path: directory.file("absent.npy")) }
  }

  @Test func tablesAreRead() throws {
    let directory = try TemporaryDirectory(), path = directory.file("a.csv")
    try Data("# currents\njx, jy\n1, 2\r\n\n3 4\n-5e-1;6\n".utf8).write(to: URL(filePath: path))
    let table = try NumPyArray(table: path)
    #expect(table.shape == [3, 2] && table.values == [1, 2, 3, 4, -0.5, 6])
    for (text, line) in [("1,2\n3\n", 2), ("1,2\n3,x\n", 2), ("", nil)] as [(String, Int?)] {
      try Data(text.utf8).write(to: URL(filePath: path))
      let failure = try #require(throws: Failure.self) { try NumPyArray(table: path) }
      #expect(failure.place?.line == line)
    }
  }
}
