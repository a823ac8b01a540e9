import AtomicClusterFiles
import ClusterTestSupport
import Diagnostics
import Foundation
import Numerics
import TestSupport
import Testing

/// Damaged files must end in an error that names the file, or in a potential that evaluates: never in a trap.
///
/// SWMD_FUZZ sets the number of mutations of each format; 100000 take some ten minutes.
@Suite struct FuzzTests {
  static let mutations = ProcessInfo.processInfo.environment["SWMD_FUZZ"].flatMap { Int($0) } ?? 2000
  static let scraps = [
    "{", "}", "[", "]", ",", ":", ": ", "- ", "\n", "\r\n", "\n  ", "\t", "#", " #", "'", "\"", "|", "&", "?", "---", "<",
    ">:",
    "99999999999999999999", "-1", "0", "7", "1e308", "nan", "\u{0}", "é", "PK",
  ]

  static func damage(_ bytes: [UInt8], _ dice: inout Dice) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<dice.integer(1...3) where !bytes.isEmpty {
      let at = dice.integer(0...bytes.count - 1)
      switch dice.integer(0...6) {
      case 0: bytes[at] = UInt8(dice.integer(0...255))
      case 1: bytes.removeSubrange(at..<min(bytes.count, at + dice.integer(1...40)))
      case 2: bytes.insert(contentsOf: scraps[dice.integer(0...scraps.count - 1)].utf8, at: at)
      case 3: if dice.integer(0...9) == 0 { bytes.removeLast(bytes.count - at) }
      case 4: bytes[at] = UInt8(dice.integer(0x30...0x39))
      case 5:
        // A digit somewhere near becomes another: the number stays one.
        if let digit = bytes[at...].firstIndex(where: { (0x30...0x39).contains($0) }) {
          bytes[digit] = UInt8(dice.integer(0x30...0x39))
        }
      default:
        bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + dice.integer(1...60))], at: dice.integer(0...bytes.count))
      }
    }
    return bytes
  }

  /// A file of the format, short enough to be read some hundred times a second.
  static func sample(_ format: String) throws -> [UInt8] {
    switch format {
    case "yaml", "yace": return shortened(try ReferenceTests.bytes("Si_ZBL.\(format)"), lines: 40)
    case "three": return shortened(try ReferenceTests.bytes("LiPS_A.yaml"), lines: 400)
    case "grace":
      let text = try FormatTests.text("GRACE_FS_A.yaml")
      return Array(
        text.split(separator: "\n").filter { $0.utf8.count < 400 || $0.contains("radial_basis") }.joined(separator: "\n")
          .utf8)
    case "julia": return Array(FormatTests.julia.utf8)
    default: return shortened(Array(FormatTests.oldText(try FormatTests.lithium()).utf8), lines: 100_000)
    }
  }

  /// Without the long lines of functions beyond the first.
  static func shortened(_ bytes: [UInt8], lines: Int) -> [UInt8] {
    Array(bytes.split(separator: 0x0A).prefix(lines).joined(separator: [0x0A]))
  }

  @Test(arguments: ["yaml", "yace", "three", "grace", "julia", "ace"])
  func potentials(format: String) throws {
    let whole = try Self.sample(format)
    _ = try ClusterFile.model(bytes: whole, file: "x")
    var dice = Dice(format.utf8.reduce(0) { $0 &* 31 &+ Int($1) }), accepted = 0, refused = 0
    for _ in 0..<Self.mutations {
      do {
        let model = try ClusterFile.model(bytes: Self.damage(whole, &dice), file: "x")
        accepted += 1
        let evaluator = PlainClusterEvaluator(model, isTabulated: accepted % 2 == 0)
        let neighbors = model.elements.indices.map {
          PlainClusterEvaluator.Neighbor(species: $0, displacement: Vector3(1.1, Double($0), 0.7))
        }
        for center in model.elements.indices where accepted % 10 < 2 {
          _ = try? evaluator.site(center: center, neighbors: neighbors)
        }
      } catch let failure as Failure {
        refused += 1
        #expect(failure.kind == .input && failure.place?.file == "x" && failure.remedy != nil, "\(failure)")
      }
    }
    // Both ends were seen.
    #expect(accepted > Self.mutations / 100 && refused > Self.mutations / 100, "\(accepted) \(refused)")
  }

  @Test(arguments: [false, true])
  func activeSets(isDeflated: Bool) throws {
    let model = try ActiveSetTests.model("Si_ZBL.yaml"), file = try ReferenceTests.bytes("Si_ZBL.asi")
    let set = try ActiveSetFile.activeSet(bytes: file, file: "x", model: model)
    let whole = isDeflated ? file : ActiveSetFile.bytes(of: set)
    var dice = Dice(isDeflated ? 7 : 8), refused = 0
    for index in 0..<Self.mutations {
      // Mostly the headers, which a random place would hardly meet.
      var damaged = whole
      let from = index % 3 == 0 ? 0 : index % 3 == 1 ? max(0, whole.count - 100) : dice.integer(0...whole.count - 1)
      let part = from..<min(whole.count, from + 200)
      damaged.replaceSubrange(part, with: Self.damage(Array(whole[part]), &dice))
      do {
        let read = try ActiveSetFile.activeSet(bytes: damaged, file: "x", model: model)
        #expect(read.inverses == set.inverses)
      } catch let failure as Failure {
        refused += 1
        #expect(failure.kind == .input && failure.place?.file == "x" && failure.remedy != nil)
      }
    }
    #expect(refused > Self.mutations / 2)
  }
}
