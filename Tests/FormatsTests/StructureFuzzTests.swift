import Atomistics
import Diagnostics
import Formats
import Foundation
import TestSupport
import Testing

/// Whatever the bytes, reading returns or throws a `Failure`; it never traps. (A trap ends the test process.)
@Suite struct StructureFuzzTests {
  private static let mutationsPerSample =
    ProcessInfo.processInfo.environment["SWMD_FUZZ"].flatMap { Int($0) } ?? 4_000

  private static func samples() throws -> [(name: String, bytes: [UInt8])] {
    let frame = try Sample.full(count: 4)
    var samples = try ["a.xyz", "a.vasp", "a.data", "a.cfg"].map { ($0, try written([frame], as: $0)) }
    samples += try ["li-s-two-frames.extxyz", "cfg_format/two_in_one_file.cfg", "cfg_format/cart_full.mlip3.bin.cfg"]
      .map {
        ($0, try Sample.bytes($0))
      }
    samples.append(
      (
        "s.vasp",
        Array(
          "t\n-20 ! volume\n2 0 0\n0 3 0\n0 1 4\nLi S\n1 1\nSel\nDir\n0 0 0 T T F\n.5 .5 .5 F F F\nD\n0 0 0\n0 0 0\n"
            .utf8)
      ))
    samples.append(
      (
        "g.data",
        Array(
          "t\n1 atoms\n1 atom types\n1 2 3 avec\n0 4 0 bvec\n0 1 5 cvec\n1 1 1 abc origin\n\nAtom Type Labels\n\n1 Li\n\nAtoms # full\n\n1 7 Li 0.5 1 2 3 0 0 1\n"
            .utf8)
      ))
    samples.append(
      (
        "h.xyz",
        Array(
          "1\nLattice=[[1,0,0],[0,2,0],[0,0,3]] pbc=[T,F,T] a=\"_JSON [[1, 2], [3, 4]]\" b=\"x \\\" y\" c=_JSON\\ \"\\u00e9\" virial=[[1,2,3],[4,5,6],[7,8,9]]\nLi 0 0 0\n"
            .utf8)
      ))
    samples += try [("a.dump", written([frame, frame], as: "a.dump"))]
    samples.append(
      (
        "u.dump",
        Array(
          "ITEM: UNITS\nreal\nITEM: TIME\n1.5\nITEM: TIMESTEP\n7\nITEM: NUMBER OF ATOMS\n2\nITEM: BOX BOUNDS xy xz yz pp pp ff\n-1 3 1\n0 4 -1\n0 5 0.5\nITEM: ATOMS id type mass xsu ysu zsu vx vy vz fx fy fz c_1\n2 2 32.06 .5 .5 1.5 1 2 3 1 2 3 7\n1 1 6.94 0 0 0 1 2 3 1 2 3 a\n"
            .utf8)
      ))
    samples.append(
      (
        "XDATCAR",
        Array(
          "t\n1.0\n4 0 0\n1 5 0\n0 1 6\nLi S\n1 1\nDirect configuration= 1\n0 0 0\n.5 .5 .5\nDirect configuration= 2\n0 0 .1\n.5 .4 .5\nt\n1.0\n4 0 0\n1 5 0\n0 1 6.5\nLi S\n1 1\nDirect configuration= 3\n0 0 0\n.5 .5 .5\n"
            .utf8)
      ))
    return samples
  }

  @Test func mutatedFilesNeverTrap() throws {
    let options = ReadOptions(species: ["Li", "S", "O"].compactMap(Element.init(symbol:)))
    for (index, sample) in try Self.samples().enumerated() {
      var random = SplitMix64(state: UInt64(index) + 99)
      var read = 0
      var refused = 0
      for _ in 0..<Self.mutationsPerSample {
        var bytes = sample.bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) { Self.mutate(&bytes, &random) }
        do {
          for frame in try frames(bytes, sample.name, options) {
            read += 1
            #expect(frame.positions.allSatisfy { $0.x.isFinite && $0.y.isFinite && $0.z.isFinite })
            #expect(frame.elements.count == frame.positions.count && frame.columns.allSatisfy { $0.width > 0 })
            // What was read must be something that can be written and read again.
            #expect(try frames(ExtendedXYZ.encode(frame), "again.xyz").count == 1, "\(sample.name)")
          }
        } catch let failure as Failure {
          refused += 1
          #expect(failure.kind == .input && !failure.message.isEmpty)
        }
      }
      #expect(read > 0 && refused > 0, "\(sample.name): \(read) frames read, \(refused) files refused")
    }
  }

  /// Walking by an index finds what a walk finds, or ends as it ends.
  @Test func mutatedTrajectoriesAreIndexedWithoutATrap() throws {
    let directory = try TemporaryDirectory()
    let options = ReadOptions(species: ["Li", "S", "O"].compactMap(Element.init(symbol:)))
    for (index, sample) in try Self.samples().enumerated() {
      var random = SplitMix64(state: UInt64(index) + 17)
      for round in 0..<Self.mutationsPerSample / 40 {
        var bytes = sample.bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) { Self.mutate(&bytes, &random) }
        let path = directory.file("\(round)-\(sample.name.split(separator: "/").last ?? "")")
        try store(bytes, in: path)
        do {
          let options = ReadOptions(format: StructureFormat(fileName: sample.name), species: options.species)
          let file = try TrajectoryFile(path: path, options: options)
          for frame in (0..<file.frameCount).reversed() { _ = try file.frame(frame) }
        } catch let failure as Failure {
          #expect(failure.kind == .input && !failure.message.isEmpty)
        }
        try FileManager.default.removeItem(atPath: path)
      }
    }
  }

  private static let numbers = [
    "-1", "0", "1e999", "nan", "-inf", "9223372036854775807", "-9223372036854775808", "4294967296",
    "99999999999999999999999", "1e-400",
    "0x10", "1.5", "--1", "", "1_0",
  ]

  private static func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
    guard !bytes.isEmpty else { return bytes.append(UInt8(truncatingIfNeeded: random.next())) }
    let place = Int.random(in: bytes.indices, using: &random)
    switch Int.random(in: 0..<8, using: &random) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: bytes[place] = UInt8(truncatingIfNeeded: random.next())
    case 2: bytes.removeSubrange(place...)
    case 3: bytes.remove(at: place)
    case 4: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
    case 5, 6:
      let start = bytes[..<place].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
      let end = bytes[place...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
      guard start < end else { return }
      let line = Array(bytes[start..<end])
      if random.next() % 2 == 0 { bytes.removeSubrange(start..<end) } else { bytes.insert(contentsOf: line, at: start) }
    default:
      // A number, or a part of one, becomes an awkward one.
      var start = place
      var end = place
      while start > 0, bytes[start - 1] > 0x20 { start -= 1 }
      while end < bytes.count, bytes[end] > 0x20 { end += 1 }
      bytes.replaceSubrange(start..<end, with: numbers[Int(random.next() % UInt64(numbers.count))].utf8)
    }
  }
}
