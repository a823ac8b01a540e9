import AtomicCluster
import Atomistics
import ClusterTestSupport
import PotentialKit
import Testing

/// The kernel against ML-PACE's product and B-basis evaluators (provenance in each file of values).
@Suite struct ReferenceTests {
  static let names = [
    "LiPS_A", "LiPS_A_full", "LiPS_A_yace", "LiPS_B", "LiPS_B_yace", "Si_ZBL", "Si_ZBL_yace", "GRACE_FS_A",
  ]

  static func largestDifferences(
    _ name: String, precision: AtomicClusterPotential.Precision = .double,
    radial: AtomicClusterPotential.RadialEvaluation = .table
  ) throws -> (energies: Double, forces: Double, virial: Double, grades: Double) {
    let reference = try ClusterReference(path: Stored.path("\(name).json"))
    let active = reference.active_set.flatMap { $0.hasPrefix("LiPS_B") ? nil : $0 }
    let potential = try Stored.potential(reference.potential, activeSet: active, precision: precision, radial: radial)
    #expect(!reference.cases.isEmpty)
    var worst = (energies: 0.0, forces: 0.0, virial: 0.0, grades: 0.0)
    for entry in reference.cases {
      let found = try potential.evaluate(Configuration(entry), withGrades: potential.hasActiveSet)
      worst.energies = max(worst.energies, difference(found.energies, entry.atom_energies))
      worst.forces = max(worst.forces, difference(flat(found.forces), entry.forces.flatMap { $0 }))
      worst.virial = max(worst.virial, difference(found.virial.elements, entry.virial.flatMap { $0 }))
      if let grades = found.grades, let gamma = entry.gamma { worst.grades = max(worst.grades, difference(grades, gamma)) }
      #expect(found.forces.allSatisfy { $0.x.isFinite && $0.y.isFinite && $0.z.isFinite })
    }
    return worst
  }

  @Test(arguments: names)
  func double(name: String) throws {
    let worst = try Self.largestDifferences(name)
    #expect(worst.energies < 1e-11 && worst.forces < 1e-10 && worst.virial < 1e-10 && worst.grades < 1e-9, "\(worst)")
  }

  /// Off by the tables' own error, h³ times fourth derivatives of functions that fall to zero within tenths of Å.
  @Test(arguments: names)
  func exactRadialFunctions(name: String) throws {
    let worst = try Self.largestDifferences(name, radial: .exact)
    #expect(worst.energies < 1e-9 && worst.forces < 1e-6 && worst.virial < 1e-6 && worst.grades < 1e-6, "\(worst)")
    #expect(worst.forces > 1e-12, "no table was left out")
  }

  /// Single precision is good to 6e-8; the sums over neighbors and their cancellation in products lose one or two digits.
  @Test(arguments: names)
  func mixed(name: String) throws {
    let worst = try Self.largestDifferences(name, precision: .mixed)
    #expect(worst.energies < 2e-5 && worst.forces < 2e-5 && worst.virial < 2e-5, "\(worst)")
    #expect(worst.forces > 1e-10, "single precision was not at work")
  }
}
