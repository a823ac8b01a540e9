import AtomicClusterFiles
import ClusterTestSupport
import Foundation
import Numerics
import Testing

/// Energies, forces, virials, B functions and grades of our own random potentials, read from every format, against values
/// that ML-PACE's product and B-basis evaluators gave (the provenance is in each file).
@Suite struct ReferenceTests {
  static let folder = Bundle.module.bundleURL.appendingPathComponent("Data")

  static func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  static func bytes(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: folder.appendingPathComponent(name))) }

  /// Relative to 1 + the largest expected value.
  static func difference(_ found: [Double], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    let scale = 1 + (expected.map(abs).max() ?? 0)
    return zip(found, expected).map { abs($0 - $1) / scale }.max() ?? 0
  }

  static func check(_ reference: ClusterReference, _ model: ClusterModel, _ activeSet: ClusterActiveSet?) throws {
    let evaluator = PlainClusterEvaluator(model, activeSet: activeSet)
    for entry in reference.cases {
      let found = try evaluator.evaluate(entry)
      let flat = { (v: [Vector3]) in v.flatMap { [$0.x, $0.y, $0.z] } }
      #expect(difference(found.energies, entry.atom_energies) < 1e-11, "\(entry.name)")
      #expect(difference([found.energies.reduce(0, +)], [entry.energy]) < 1e-11, "\(entry.name)")
      #expect(difference(flat(found.forces), entry.forces.flatMap { $0 }) < 1e-10, "\(entry.name)")
      #expect(difference(found.virial.elements, entry.virial.flatMap { $0 }) < 1e-10, "\(entry.name)")
      if activeSet != nil, let gamma = entry.gamma { #expect(difference(found.grades, gamma) < 1e-9, "\(entry.name)") }
      for (row, expected) in zip(found.projections, entry.projections ?? []) {
        #expect(difference(row, expected) < 1e-11, "\(entry.name)")
      }
    }
  }

  @Test(arguments: [
    "LiPS_A", "LiPS_A_full", "LiPS_A_yace", "LiPS_B", "LiPS_B_yace", "Si_ZBL", "Si_ZBL_yace", "GRACE_FS_A",
  ])
  func values(name: String) throws {
    let reference = try ClusterReference(path: Self.path("\(name).json"))
    let model = try ClusterFile.read(path: Self.path(reference.potential))
    let activeSet = try reference.active_set.map { try ActiveSetFile.read(path: Self.path($0), model: model) }
    #expect(!reference.cases.isEmpty)
    #expect((activeSet == nil) == reference.cases.allSatisfy { $0.gamma == nil })
    try Self.check(reference, model, activeSet)
  }

  /// The expansion of a B basis is the c̃ basis that ML-PACE wrote of the same potential, whose E0 the B basis cannot hold.
  @Test(arguments: ["LiPS_A", "LiPS_B", "Si_ZBL"])
  func bothFormatsAreOnePotential(name: String) throws {
    let invariant = try ClusterFile.read(path: Self.path("\(name).yaml"))
    let tilde = try ClusterFile.read(path: Self.path("\(name).yace"))
    #expect(invariant.elements == tilde.elements)
    for (a, b) in zip(invariant.centers, tilde.centers) {
      #expect(a.functions.count == b.functions.count)
      let expected = Self.terms(b), found = Self.terms(a)
      #expect(found.count == expected.count)
      for (key, value) in found { #expect(Self.difference(value, try #require(expected[key])) < 1e-14) }
    }
  }

  /// Coefficients by their sorted factors (μ, n, l, m), of a tuple and its mirror image together.
  static func terms(_ center: CenterBasis) -> [[Int]: [Double]] {
    var terms: [[Int]: [Double]] = [:]
    for function in center.functions {
      for (m, coefficients) in zip(function.m, function.coefficients) {
        let keys = [1, -1].map { sign in
          (0..<function.rank).map { [function.species[$0], function.n[$0], function.l[$0], sign * m[$0]] }
            .sorted { $0.lexicographicallyPrecedes($1) }.flatMap { $0 }
        }
        let key = keys[0].lexicographicallyPrecedes(keys[1]) ? keys[0] : keys[1]
        terms[key] = zip(terms[key] ?? [Double](repeating: 0, count: coefficients.count), coefficients).map { $0 + $1 }
      }
    }
    return terms
  }
}
