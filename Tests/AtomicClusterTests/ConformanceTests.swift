import AtomicCluster
import AtomicClusterFiles
import Atomistics
import PotentialKit
import Testing

/// The suite that every potential must pass, on atomic cluster expansions.
@Suite struct ConformanceTests {
  static func findings(
    _ name: String, activeSet: String? = nil, precision: AtomicClusterPotential.Precision = .double,
    options: ConformanceOptions = ConformanceOptions(), samples: Int = 5
  ) throws -> [ConformanceFinding] {
    let potential = try Stored.potential(name, activeSet: activeSet)
    let all = conformanceSamples(elements: potential.species, spacing: 2.7)
    return try checkConformance(on: Array(all.prefix(samples)), options: options) {
      try Stored.potential(name, activeSet: activeSet, precision: precision)
    }
  }

  @Test(arguments: [
    ("LiPS_A.yaml", "LiPS_A.asi"), ("LiPS_A.yaml", "LiPS_A.asi.nonlinear"), ("GRACE_FS_A.yaml", "GRACE_FS_A.asi"),
  ])
  func graded(name: String, activeSet: String) throws {
    let findings = try Self.findings(name, activeSet: activeSet, options: Self.gradedOptions)
    #expect(findings.isEmpty, "\(findings)")
  }

  /// Inverses of active sets with condition numbers of 10⁶ amplify the rounding of grades by as much.
  static var gradedOptions: ConformanceOptions {
    var options = ConformanceOptions()
    options.rounding = 1e-8
    return options
  }

  @Test(arguments: ["LiPS_A.yace", "GRACE_FS_A.yaml"])
  func ungraded(name: String) throws {
    let findings = try Self.findings(name)
    #expect(findings.isEmpty, "\(findings)")
  }

  /// One of its bonds has the basis ChebLinear, which does not vanish at the cutoff: the table makes a ramp of the jump,
  /// with kinks in the energy. The suite must see them.
  @Test func linearBasis() throws {
    let findings = try Self.findings("LiPS_B.yace", samples: 2)
    #expect(Set(findings.map(\.check)) == [.forceContinuity], "\(findings)")
  }

  /// With ZBL the nearest neighbor decides how much of the expansion there is; where two swap, the force jumps.
  @Test func zbl() throws {
    var options = Self.gradedOptions
    options.skipped = [.forceContinuity]
    let findings = try Self.findings("Si_ZBL.yaml", activeSet: "Si_ZBL.asi", options: options)
    #expect(findings.isEmpty, "\(findings)")
  }

  /// As for moment tensor potentials: rounding of 6e-8 amplified by cancellation, larger steps for differences.
  static var mixedOptions: ConformanceOptions {
    var options = ConformanceOptions()
    options.rounding = 2e-5
    options.step = 3e-2
    options.derivative = 2e-3
    options.jump = 1e-3
    return options
  }

  @Test(arguments: ["LiPS_A.yace", "GRACE_FS_A.yaml"])
  func mixedPrecision(name: String) throws {
    let findings = try Self.findings(name, precision: .mixed, options: Self.mixedOptions, samples: 2)
    #expect(findings.isEmpty, "\(findings)")
  }
}
