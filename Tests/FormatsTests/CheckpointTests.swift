import Diagnostics
import Formats
import Foundation
import Numerics
import TestSupport
import Testing

@Suite struct CheckpointTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  static var sample: CheckpointFile {
    var checkpoint = CheckpointFile()
    checkpoint["positions"] = .reals([0.1, -2.5e300, .infinity, -0.0, .leastNonzeroMagnitude])
    checkpoint["ids"] = .integers([1, -7, .max, .min])
    checkpoint["images"] = .shortIntegers([3, -1, .min])
    checkpoint["flags"] = .bytes([0, 255, 7])
    checkpoint["input"] = .text("τ = \"0.5 fs\"\n")
    checkpoint["nothing"] = .reals([])
    return checkpoint
  }

  @Test func checksumMatchesPublishedValues() {
    func checksum(_ text: String) -> UInt64 {
      var checksum = Checksum64()
      Array(text.utf8).withUnsafeBytes { checksum.update($0) }
      return checksum.value
    }
    #expect(checksum("") == 0xEF46_DB37_51D8_E999)
    #expect(checksum("abc") == 0x44BC_2CF5_AD77_0999)
    #expect(checksum("Nobody inspects the spammish repetition") == 0xFBCE_A83C_8A37_8BF1)
  }

  @Test func checksumDoesNotDependOnThePieces() {
    let data = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    var whole = Checksum64()
    data.withUnsafeBytes { whole.update($0) }
    for piece in [1, 3, 31, 32, 33, 100] {
      var parts = Checksum64()
      for start in stride(from: 0, to: data.count, by: piece) {
        data[start..<min(data.count, start + piece)].withUnsafeBytes { parts.update($0) }
      }
      #expect(parts.value == whole.value)
    }
  }

  @Test func roundTripIsExact() throws {
    let path = directory.file("a.swmd")
    try Self.sample.write(to: path)
    let read = try CheckpointFile(readingFrom: path)
    #expect(read == Self.sample)
    #expect(try read.reals("positions", count: 5).map(\.bitPattern)[3] == (-0.0).bitPattern)
    #expect(try read.integers("ids") == [1, -7, .max, .min])
    #expect(try read.shortIntegers("images", count: 3) == [3, -1, .min])
    #expect(try read.bytes("flags") == [0, 255, 7])
    #expect(try read.text("input") == "τ = \"0.5 fs\"\n")
    #expect(directory.names == ["a.swmd"])
  }

  @Test func wrongSectionsAreNamed() throws {
    let path = directory.file("a.swmd")
    try Self.sample.write(to: path)
    let read = try CheckpointFile(readingFrom: path)
    #expect(throws: Failure.self) { try read.reals("positions", count: 6) }
    #expect(throws: Failure.self) { try read.integers("positions") }
    let failure = #expect(throws: Failure.self) { try read.reals("position") }
    #expect(failure?.description.contains("\"positions\"") == true)
    #expect(failure?.place?.file == path)
    #expect(failure?.exitStatus == 2)
  }

  @Test func everyTruncationIsFound() throws {
    let path = directory.file("a.swmd")
    try Self.sample.write(to: path)
    let whole = try bytes(of: path)
    for length in 0..<whole.count {
      try store(Array(whole[..<length]), in: path)
      #expect(throws: Failure.self) { try CheckpointFile(readingFrom: path) }
    }
    try store(whole + [0], in: path)
    #expect(throws: Failure.self) { try CheckpointFile(readingFrom: path) }
  }

  @Test func everyFlippedBitIsFound() throws {
    let path = directory.file("a.swmd")
    try Self.sample.write(to: path)
    let whole = try bytes(of: path)
    for bit in 0..<(8 * whole.count) {
      var damaged = whole
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      try store(damaged, in: path)
      #expect(throws: Failure.self) { try CheckpointFile(readingFrom: path) }
    }
  }

  /// Also with a checksum that fits: then the numbers in the header and the table themselves must do no harm.
  @Test func randomDamageNeverTraps() throws {
    let path = directory.file("a.swmd")
    try Self.sample.write(to: path)
    let whole = try bytes(of: path)
    var random = SystemRandomNumberGenerator()
    for round in 0..<4000 {
      var damaged = whole
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let extreme: UInt8 = [0, 1, 0x7F, 0x80, 0xFF][Int.random(in: 0..<5, using: &random)]
        damaged[Int.random(in: 0..<damaged.count, using: &random)] = extreme
      }
      if damaged == whole { continue }
      if round.isMultiple(of: 2) {
        var checksum = Checksum64()
        damaged[..<(damaged.count - 8)].withUnsafeBytes { checksum.update($0) }
        withUnsafeBytes(of: checksum.value.littleEndian) { damaged.replaceSubrange((damaged.count - 8)..., with: $0) }
      }
      try store(damaged, in: path)
      let read = try? CheckpointFile(readingFrom: path)
      if !round.isMultiple(of: 2) { #expect(read == nil) }
    }
  }

  @Test func otherFilesAreNamedForWhatTheyAre() throws {
    let path = directory.file("a.swmd")
    try store(Array("3\nnot a checkpoint, but long enough to be read\n".utf8), in: path)
    let failure = #expect(throws: Failure.self) { try CheckpointFile(readingFrom: path) }
    #expect(failure?.message == "this is not a checkpoint of swmd")
    let missing = #expect(throws: Failure.self) { try CheckpointFile(readingFrom: directory.file("b.swmd")) }
    #expect(missing?.exitStatus == 2)
    #expect(throws: Failure.self) { try CheckpointFile(readingFrom: directory.path) }
  }
}

@Suite struct CheckpointStoreTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func checkpoint(_ step: Int) -> CheckpointFile {
    var checkpoint = CheckpointFile()
    checkpoint["step"] = .integers([Int64(step)])
    return checkpoint
  }

  @Test func theNewestAreKept() throws {
    let store = try CheckpointStore(directory: directory.path, keep: 2)
    #expect(try store.latest() == nil)
    for step in [0, 900, 1000, 20000] { try store.write(checkpoint(step), step: step) }
    #expect(directory.names == ["checkpoint-1000.swmd", "checkpoint-20000.swmd"])
    let latest = try #require(try store.latest())
    #expect(latest.step == 20000)
    #expect(latest.checkpoint == checkpoint(20000))
    #expect(latest.warnings.isEmpty)
  }

  @Test func aDamagedOneIsPassedOver() throws {
    let store = try CheckpointStore(directory: directory.path, keep: 3)
    for step in [1, 2, 3] { try store.write(checkpoint(step), step: step) }
    let content = try bytes(of: store.path(step: 3))
    try FormatsTests.store(Array(content.dropLast()), in: store.path(step: 3))
    let latest = try #require(try store.latest())
    #expect(latest.step == 2)
    #expect(latest.warnings.count == 1)
    #expect(latest.warnings[0].contains("checkpoint-3.swmd"))
    for step in [1, 2] { try FormatsTests.store([], in: store.path(step: step)) }
    #expect(throws: Failure.self) { try store.latest() }
  }

  @Test func anAbandonedHistoryIsRemoved() throws {
    let store = try CheckpointStore(directory: directory.path, keep: 2)
    for step in [100, 200, 300] { try store.write(checkpoint(step), step: step) }
    try FormatsTests.store([1], in: directory.file("checkpoint-007.swmd"))
    try FormatsTests.store([1], in: directory.file("checkpoint-400.swmd.partial-1"))
    try store.write(checkpoint(250), step: 250)
    #expect(directory.names == ["checkpoint-007.swmd", "checkpoint-200.swmd", "checkpoint-250.swmd"])
    #expect(try store.latest()?.step == 250)
  }

  @Test func badArgumentsThrow() throws {
    #expect(throws: Failure.self) { try CheckpointStore(directory: directory.path, keep: 0) }
    let store = try CheckpointStore(directory: directory.file("missing"), keep: 1)
    #expect(throws: Failure.self) { try store.latest() }
    #expect(throws: Failure.self) { try store.write(checkpoint(1), step: 1) }
  }
}
