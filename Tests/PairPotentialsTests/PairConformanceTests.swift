import Atomistics
import PairPotentials
import PotentialKit
import Testing

@Suite struct PairConformanceTests {
  enum Family: String, CaseIterable { case lennardJones, morse, buckingham, zbl }

  static func make(_ family: Family, _ truncation: Truncation) throws -> any Potential {
    // The cutoff is longer than the smallest sample cell, and one pair's differs.
    let options = PairOptions(cutoff: 5.1, truncation: truncation, innerCutoff: 3.9)
    let symbols = ["Li", "S"]
    switch family {
    case .lennardJones:
      var entries = try pairs(symbols) { LennardJones.Parameters(epsilon: 0.1 + 0.05 * $0, sigma: 2.3 + 0.1 * $0) }
      entries[1].cutoff = 4.4
      return try LennardJones.makePotential(pairs: entries, options: options)
    case .morse:
      let entries = try pairs(symbols) { Morse.Parameters(depth: 0.3 + $0, stiffness: 1.3, distance: 2.4 + 0.1 * $0) }
      return try Morse.makePotential(pairs: entries, options: options)
    case .buckingham:
      let entries = try pairs(symbols) { Buckingham.Parameters(amplitude: 900, range: 0.3, dispersion: 10 + $0) }
      return try Buckingham.makePotential(pairs: entries, options: options)
    case .zbl:
      return try ZBL.makePotential(pairs: nil, options: options)
    }
  }

  @Test(arguments: Family.allCases, Truncation.allCases)
  func conforms(_ family: Family, _ truncation: Truncation) throws {
    var options = ConformanceOptions()
    if truncation == .cut { options.skipped = [.energyContinuity, .forceContinuity] }
    if truncation == .shift { options.skipped = [.forceContinuity] }
    let samples = conformanceSamples(elements: [try element("Li"), try element("S")], spacing: 2.7)
    let findings = try checkConformance(on: samples, options: options) { try Self.make(family, truncation) }
    #expect(findings.isEmpty, "\(findings)")
  }

  /// What `conforms` skips must be there to be skipped: the suite sees the jump of a cut and the kink of a shifted
  /// potential.
  @Test(arguments: Family.allCases)
  func jumpsAreSeen(_ family: Family) throws {
    let samples = conformanceSamples(elements: [try element("Li"), try element("S")], spacing: 2.7)
    let cut = Set(try checkConformance(on: samples) { try Self.make(family, .cut) }.map(\.check))
    #expect(cut.contains(.energyContinuity) && cut.contains(.forceContinuity))
    let shift = Set(try checkConformance(on: samples) { try Self.make(family, .shift) }.map(\.check))
    #expect(shift.contains(.forceContinuity) && !shift.contains(.energyContinuity))
  }
}
