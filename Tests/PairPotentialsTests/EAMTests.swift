import Atomistics
import Diagnostics
import Foundation
import Numerics
import PairPotentials
import PotentialKit
import Testing

@Suite struct EAMTests {
  static func text() throws -> String {
    try String(contentsOf: LAMMPSReferenceTests.dataURL("analytic.eam.alloy"), encoding: .utf8)
  }

  @Test(arguments: [2.7, 2.1])
  func conforms(_ spacing: Double) throws {
    let path = try LAMMPSReferenceTests.dataURL("analytic.eam.alloy").path
    let samples = conformanceSamples(elements: [try element("Li"), try element("S")], spacing: spacing)
    var options = ConformanceOptions()
    options.closestDimer = 1.5
    let findings = try checkConformance(on: samples, options: options) { try EAM(contentsOf: path) }
    #expect(findings.isEmpty, "\(findings)")
  }

  /// Without the exchange in the middle, ghosts have no embedding derivative: the suite must see it.
  @Test func missingExchangeIsSeen() throws {
    final class Deaf: Potential {
      final class NoHalo: HaloExchange {
        func forward(_ values: UnsafeMutablePointer<Double>, width: Int) {}
        func reverse(_ values: UnsafeMutablePointer<Double>, width: Int) {}
      }
      let base: EAM
      init(_ base: EAM) { self.base = base }
      var summary: PotentialSummary { base.summary }
      var cutoff: Double { base.cutoff }
      var addsForcesToGhosts: Bool { false }
      var hasActiveSet: Bool { false }
      func bind(elements: [Element]) throws { try base.bind(elements: elements) }
      func evaluate(
        _ atoms: AtomStore, _ neighbors: NeighborList, halo: any HaloExchange, into output: ForceOutput
      ) throws {
        try base.evaluate(atoms, neighbors, halo: NoHalo(), into: output)
      }
    }
    let file = try SetflFile(bytes: Array(Self.text().utf8), path: "x")
    let samples = conformanceSamples(elements: [try element("Li"), try element("S")], spacing: 2.7)
    let checks = Set(try checkConformance(on: samples) { Deaf(EAM(file)) }.map(\.check))
    #expect(checks.isSuperset(of: [.forces, .virial, .ranks]))
  }

  @Test func unknownElementIsNamed() throws {
    let potential = EAM(try SetflFile(bytes: Array(Self.text().utf8), path: "x.alloy"), path: "x.alloy")
    let failure = #expect(throws: Failure.self) { try potential.bind(elements: [try element("Na")]) }
    #expect(failure?.message.contains("Na") == true && failure?.place?.file == "x.alloy")
  }

  @Test(arguments: [
    ("", 1), ("one line", 1), ("a\nb\nc\n", 4), ("a\nb\nc\n2 Li\n", 4), ("a\nb\nc\n1 Qq\n", 4),
    ("a\nb\nc\n2 Li Li\n", 4), ("a\nb\nc\n9223372036854775807 Li\n", 4), ("a\nb\nc\n1 Li\n5 0.1 5 0.1\n", 5),
    ("a\nb\nc\n1 Li\n5 0.1 9000000000000000000 0.1 0.3\n", 5), ("a\nb\nc\n1 Li\n5 -0.1 5 0.1 0.3\n", 5),
    ("a\nb\nc\n1 Li\n5 nan 5 0.1 0.3\n", 5), ("a\nb\nc\n1 Li\n3 0.1 3 0.1 0.2\n", 5),
    ("a\nb\nc\n1 Li\n5 0.1 5 0.1 9\n3 7 1 fcc\n0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n", 5),
    ("a\r\nb\r\nc\r\n1 Li\r\n5 0.1 5 0.1 0.3\r\n3 7 1 fcc\r\n0 0 0 0 x\r\n0 0 0 0 0 0 0 0 0 0\r\n", 7),
    ("a\nb\nc\n1 Li\n5 0.1 5 0.1 0.3\n3 7 1 fcc\n0 0 0 0 inf\n0 0 0 0 0 0 0 0 0 0\n", 7),
    ("a\nb\nc\n1 Li\n5 0.1 5 0.1 0.3\n3 7 1 fcc\n0 0 0 0 0\n0 0 0 0 0\n0 0 0 0\n", 10),
  ])
  func wrongFile(_ text: String, line: Int) throws {
    let failure = #expect(throws: Failure.self) { try SetflFile(bytes: Array(text.utf8), path: "bad.alloy") }
    #expect(failure?.kind == .input && failure?.place == Place(file: "bad.alloy", line: line), "\(failure as Any)")
  }

  @Test func carriageReturnsAreSpace() throws {
    let text = try Self.text()
    let windows = text.replacingOccurrences(of: "\n", with: "\r\n")
    #expect(try SetflFile(bytes: Array(windows.utf8), path: "x") == SetflFile(bytes: Array(text.utf8), path: "x"))
  }

  /// Any bytes are read or refused, never a trap.
  @Test func damagedFilesAreRefusedOrRead() throws {
    let bytes = Array(try Self.text().utf8)
    let random = CounterRandom(.test, seed: 5)
    for trial in 0..<300 {
      let cut = Int(random.words(step: 1, id: UInt64(trial)).x) % bytes.count
      var damaged = Array(bytes.prefix(trial % 3 == 0 ? cut : bytes.count))
      for change in 0..<4 where !damaged.isEmpty {
        let words = random.words(step: UInt64(2 + change), id: UInt64(trial))
        // Half of the changes hit the header, where counts are.
        let place = Int(words.x) % (words.y % 2 == 0 ? damaged.count : min(damaged.count, 200))
        damaged[place] = UInt8(truncatingIfNeeded: words.z)
      }
      do {
        _ = try SetflFile(bytes: damaged, path: "x")
      } catch let failure as Failure {
        #expect(failure.kind == .input)
      }
    }
  }
}
