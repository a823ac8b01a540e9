import AtomicCluster
import AtomicClusterFiles
import Atomistics
import ClusterTestSupport
import Diagnostics
import Numerics
import PotentialKit
import TestSupport
import Testing

/// The kernel against the formulas, one product after the other, on models that no file of ours has.
@Suite struct KernelTests {
  static let julia = RadialBasis.aceJulia(
    JuliaRadialBasis(
      r0: 2.6, p: 2, xl: 0.28, xr: 1.1, pl: 2, pr: 2, a: [1.1, 0.9, 1.2, 0.8, 1], b: [0.1, -0.2, 0.3, 0.2, -0.1],
      c: [0, 0, -0.4, -0.3, -0.2]))

  static let shapes = [
    ModelShape(),
    // Densities in blocks of one, two and three; elements that differ.
    ModelShape(elements: ["Li", "P", "S"], densities: [4, 1, 6], embedding: .finnisSinclair, functions: 20),
    ModelShape(radial: .chebPow(lambda: 2), innerCutoff: .distance, maximumRank: 6, maximumL: 2, functions: 40),
    ModelShape(radial: .sBessel, innerCutoff: .zbl, maximumL: 5),
    ModelShape(elements: ["S"], densities: [2], radial: .zero, functions: 4),
    ModelShape(elements: ["Li", "P", "S"], densities: [2, 0, 5], maximumL: 0, functions: 12),
    ModelShape(radial: julia, hasPair: true),
  ]

  /// A loose random packing; a few pairs are inside the inner cutoffs.
  static func packing(_ elements: [Element], seed: Int) -> Configuration {
    var dice = Dice(seed), positions: [Vector3] = []
    while positions.count < 21 {
      let place = 7 * dice.unitVector3()
      if positions.allSatisfy({ ($0 - place).length > 1.45 }) { positions.append(place) }
    }
    let cell = Matrix3(rows: Vector3(8, 0, 0), Vector3(1, 8.5, 0), Vector3(-0.7, 0.4, 9))
    return Configuration(
      cell: Cell(vectors: cell, periodic: Periodicity(true, true, seed % 2 == 0)),
      elements: positions.indices.map { elements[$0 * $0 % elements.count] }, positions: positions)
  }

  @Test(arguments: shapes.indices)
  func formulas(index: Int) throws {
    let model = ClusterModel.random(Self.shapes[index], seed: 100 + index)
    let configuration = Self.packing(model.elements, seed: index)
    let isTabulated = model.bonds[0].juliaPair == nil
    let expected = try PlainClusterEvaluator(model, isTabulated: isTabulated).evaluate(configuration)
    let radial = isTabulated ? AtomicClusterPotential.RadialEvaluation.table : .exact
    let found = try AtomicClusterPotential(model, path: "random", radial: radial).evaluate(configuration)
    #expect(difference(found.energies, expected.energies) < 1e-11)
    #expect(difference(flat(found.forces), flat(expected.forces)) < 1e-10)
    #expect(difference(found.virial.elements, expected.virial.elements) < 1e-10)
    #expect(expected.energies.contains { abs($0) > 1e-3 })
  }

  /// What ML-PACE evaluates directly is tabulated here too, unless it is asked otherwise.
  @Test func juliaTable() throws {
    let model = ClusterModel.random(Self.shapes[6], seed: 106), configuration = Self.packing(model.elements, seed: 6)
    let exact = try AtomicClusterPotential(model, path: "random", radial: .exact).evaluate(configuration)
    let table = try AtomicClusterPotential(model, path: "random").evaluate(configuration)
    #expect(difference(table.energies, exact.energies) < 1e-8)
    #expect(difference(flat(table.forces), flat(exact.forces)) < 1e-5)
  }

  @Test("Forces are the derivatives of energies", arguments: [0, 2, 3])
  func derivatives(index: Int) throws {
    let model = ClusterModel.random(Self.shapes[index], seed: 200 + index)
    var options = ConformanceOptions()
    // Products of any A are no invariants; with ZBL the force jumps where two neighbors swap.
    options.skipped = [.rotation, .forceContinuity]
    // The inner cutoffs' polynomials and cores of tens of eV change within tenths of Å.
    options.derivative = 1e-6
    let samples = conformanceSamples(elements: model.elements, spacing: 2.4)
    let findings = try checkConformance(on: samples, options: options) { AtomicClusterPotential(model, path: "random") }
    #expect(findings.isEmpty, "\(findings)")
  }

  @Test func overlappingAtoms() throws {
    let potential = try Stored.potential("LiPS_A.yace")
    let pair = Configuration(
      cell: .none, elements: [potential.species[0], potential.species[1]], positions: [.zero, Vector3(0.0005, 0, 0)])
    let failure = #expect(throws: Failure.self) { try potential.evaluate(pair) }
    #expect(failure?.exitStatus == 1 && failure?.message.contains("overlap") == false)
    #expect(failure?.description.contains("0.0005") == true)
  }

  @Test func unknownElement() throws {
    let potential = try Stored.potential("LiPS_A.yace")
    let gold = try #require(Element(symbol: "Au"))
    let failure = #expect(throws: Failure.self) { try potential.bind(elements: [gold]) }
    #expect(failure?.exitStatus == 2)
    #expect(failure?.description.contains("Au") == true && failure?.description.contains("LiPS_A.yace") == true)
  }
}
