import Atomistics
import Diagnostics
import Foundation
import MomentTensor
import MomentTensorFiles
import PotentialKit
import TestSupport
import Testing

/// Damaged files must end in an error that names the file, or in a potential that evaluates: never in a trap.
@Suite struct FuzzTests {
  static let scraps = ["{", "}", ",", "=", "-", "\n", "\r\n", "#", "^", "\n^", "#MVS_v1.1\n", "99999999999999999999", "-1", "1e308", "nan", "0", "\u{0}", "é"]

  static func damage(_ bytes: [UInt8], _ dice: inout Dice) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<dice.integer(1...3) where !bytes.isEmpty {
      let at = dice.integer(0...bytes.count - 1)
      switch dice.integer(0...5) {
      case 0: bytes[at] = UInt8(dice.integer(0...255))
      case 1: bytes.removeSubrange(at..<min(bytes.count, at + dice.integer(1...40)))
      case 2: bytes.insert(contentsOf: scraps[dice.integer(0...scraps.count - 1)].utf8, at: at)
      case 3: bytes.removeLast(bytes.count - at)
      case 4: bytes[at] = UInt8(dice.integer(0x30...0x39))
      default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + dice.integer(1...60))], at: dice.integer(0...bytes.count))
      }
    }
    return bytes
  }

  @Test(arguments: 0..<8)
  func text(seed: Int) throws {
    var dice = Dice(seed), accepted = 0
    let file = MomentTensorFile.random(seed, degree: 3, products: 6), whole = Array(file.text.utf8)
    let species = Array(KernelTests.elements.prefix(file.speciesCount))
    let system = try ReferenceSystem(
      .random(seed, elements: species), cutoff: file.maximumDistance, elements: species)
    for _ in 0..<5000 {
      do {
        let read = try MomentTensorFile(bytes: Self.damage(whole, &dice), file: "x.mtp")
        accepted += 1
        // A longer cutoff than the list's would ask for neighbors that it does not have.
        guard read.maximumDistance <= file.maximumDistance, accepted % 10 == 0 else { continue }
        let potential = try MomentTensorPotential(read, path: "x.mtp", species: species)
        try potential.bind(elements: species)
        _ = try system.evaluate([potential])
      } catch let failure as Failure {
        #expect(failure.kind == .input && failure.place?.file == "x.mtp")
      }
    }
    // Both ends were seen.
    #expect(accepted > 100 && accepted < 4900)
  }

  @Test func state() throws {
    let whole = try FileTests.bytes("own_l08_1sp_repuls/active_nbh.almtp")
    let count = try MomentTensorFile(bytes: whole, file: "x.almtp").parameterCount
    let start = try #require(whole.firstRange(of: Array("#MVS".utf8))).lowerBound
    var dice = Dice(99), refused = 0
    for _ in 0..<4000 {
      let damaged = whole[..<start] + Self.damage(Array(whole[start...]), &dice)
      do {
        _ = try MomentTensorActiveSet(bytes: Array(damaged), count: count, file: "x.almtp")
      } catch let failure as Failure {
        refused += 1
        #expect(failure.kind == .input)
      }
    }
    #expect(refused > 500)
    for huge in [0, 1, count + 1, 1 << 31, Int.max] {
      #expect(throws: Failure.self) { try MomentTensorActiveSet(bytes: whole, count: huge, file: "x.almtp") }
    }
  }
}
