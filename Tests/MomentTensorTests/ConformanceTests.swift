import Atomistics
import Foundation
import MomentTensor
import MomentTensorFiles
import PotentialKit
import TestSupport
import Testing

/// The suite that every potential must pass, on moment tensor potentials.
@Suite struct ConformanceTests {
  /// Atoms about 2.7 Å apart: forty neighbors inside the cutoff of 5 Å, also in cells smaller than it.
  static func findings(
    _ file: MomentTensorFile, activeSet: MomentTensorActiveSet? = nil,
    precision: MomentTensorPotential.Precision = .double, options: ConformanceOptions = ConformanceOptions()
  ) throws -> [ConformanceFinding] {
    let species = Array(KernelTests.elements.prefix(file.speciesCount))
    return try checkConformance(on: conformanceSamples(elements: species, spacing: 2.7), options: options) {
      try MomentTensorPotential(file, activeSet: activeSet, path: "level.mtp", species: species, precision: precision)
    }
  }

  @Test(arguments: [2, 4, 6, 8, 10, 12, 14, 16], 1...3)
  func levels(level: Int, speciesCount: Int) throws {
    let findings = try Self.findings(.level(level, speciesCount: speciesCount))
    #expect(findings.isEmpty, "\(findings)")
  }

  @Test("With an active set: the same bits with grades as without", arguments: [(4, 2), (8, 1), (10, 3), (16, 1)])
  func graded(level: Int, speciesCount: Int) throws {
    let file = try MomentTensorFile.level(level, speciesCount: speciesCount)
    let findings = try Self.findings(file, activeSet: .random(count: file.parameterCount))
    #expect(findings.isEmpty, "\(findings)")
  }

  /// The radial functions stop at the least distance with a kink and the repulsion starts there with another: so the
  /// equations say, and the suite must see it.
  @Test(arguments: [MomentTensorPotential.Precision.double, .mixed])
  func repulsive(precision: MomentTensorPotential.Precision) throws {
    var file = try MomentTensorFile.level(8, speciesCount: 2)
    file.radialBasis = .repulsiveChebyshev
    // Half of the nearest pairs are on either side.
    file.minimumDistance = 2.6
    let options = precision == .double ? ConformanceOptions() : Self.mixedOptions
    let findings = try Self.findings(file, precision: precision, options: options)
    #expect(Set(findings.map(\.check)) == [.forceContinuity], "\(findings)")
  }

  /// Rounding of 6e-8 in each of some thousand terms of the moments, amplified by their cancellation in the products;
  /// differences of such energies need larger steps, whose own error is 1e-4 or so; jumps below the noise are not seen.
  static var mixedOptions: ConformanceOptions {
    var options = ConformanceOptions()
    options.rounding = 2e-5
    options.step = 3e-2
    options.derivative = 1e-3
    options.jump = 1e-3
    return options
  }

  @Test(arguments: [(2, 1), (6, 3), (8, 2), (12, 1), (16, 2)])
  func mixedPrecision(level: Int, speciesCount: Int) throws {
    let file = try MomentTensorFile.level(level, speciesCount: speciesCount)
    let active = MomentTensorActiveSet.random(count: file.parameterCount)
    let findings = try Self.findings(file, activeSet: active, precision: .mixed, options: Self.mixedOptions)
    #expect(findings.isEmpty, "\(findings)")
    // What the looser tolerances are for is there: single precision was at work.
    let strict = Set(try Self.findings(file, precision: .mixed).map(\.check))
    #expect(strict.contains(.forces) && strict.contains(.rotation))
  }

  /// Products of any moments are no invariants: all but rotation must hold.
  @Test(arguments: 0..<4)
  func anyGraph(seed: Int) throws {
    var options = ConformanceOptions()
    options.skipped = [.rotation]
    let findings = try Self.findings(.random(seed, degree: 6, products: 60), options: options)
    #expect(findings.isEmpty, "\(findings)")
  }
}

extension MomentTensorFile {
  /// A level's functions with random coefficients.
  static func level(_ level: Int, speciesCount: Int) throws -> MomentTensorFile {
    let name = String(format: "levels/level%02d.mtp", level)
    var file = try MomentTensorFile(bytes: FileTests.bytes(name), file: name), dice = Dice(level)
    file.labels = Array(0..<speciesCount)
    file.scaling = 0.02
    for _ in 0..<speciesCount * speciesCount * file.radialFunctionCount {
      file.radialCoefficients += (0..<file.radialBasisSize).map { dice.signed() * pow(0.5, Double($0)) }
    }
    file.speciesCoefficients = (0..<speciesCount).map { _ in dice.signed() }
    file.momentCoefficients = file.scalars.map { _ in 0.1 * dice.signed() }
    return file
  }
}

extension MomentTensorActiveSet {
  /// Any matrix will do: grades are its products with an environment's row, whatever it was selected from.
  static func random(count: Int) -> MomentTensorActiveSet {
    var dice = Dice(count)
    let rows = (0..<count * count).map { _ in dice.signed() }
    return MomentTensorActiveSet(
      mode: .neighborhood, count: count, rows: rows, inverseTransposed: rows,
      origins: Array(repeating: SIMD2(-1, -1), count: count), configurations: [])
  }
}
