import AtomicClusterFiles
import ClusterTestSupport
import Foundation
import Numerics
import Testing

/// Intermediate quantities against values from ML-PACE (`units.json`; our own random potentials).
@Suite struct QuantityTests {
  struct Quantities: Decodable {
    struct Radial: Decodable {
      var bond: [String]
      var r: Double
      var tabulated: Bool
      var g, dg: [Double]
      var R, dR: [[Double]]
      var core, dcore: Double
    }
    struct Harmonics: Decodable {
      var direction: [Double]
      var Y: [String: [Double]]
      var dY: [String: [[Double]]]
    }
    struct Coefficient: Decodable {
      var j1, m1, j2, m2, J: Int
      var value: Double
    }
    struct Coupling: Decodable {
      struct Term: Decodable {
        var m: [Int]
        var value: Double
        init(from decoder: Decoder) throws {
          var container = try decoder.unkeyedContainer()
          m = try container.decode([Int].self)
          value = try container.decode(Double.self)
        }
      }
      var ls, LS: [Int]
      var terms: [Term]
    }
    struct Embedded: Decodable {
      var kind: String
      var m, rho, F, dF: Double
    }
    struct Polynomial: Decodable {
      var r, r_in, delta, f, df: Double
    }
    struct Function: Decodable {
      var mus, ns, ls: [Int]
      var coupling: [Coupling.Term]
    }
    var radial: [String: [Radial]]
    var spherical_harmonics: [Harmonics]
    var clebsch_gordan: [Coefficient]
    var coupling_tree: [String: [[Int]]]
    var half_basis_coupling: [Coupling]
    var embedding: [Embedded]
    var cutoff_polynomial: [Polynomial]
    var function_order: [String: [Function]]
  }

  static let quantities = Result {
    try JSONDecoder().decode(Quantities.self, from: Data(ReferenceTests.bytes("units.json")))
  }

  static func relative(_ a: Double, _ b: Double) -> Double { abs(a - b) / (1 + abs(b)) }

  @Test(arguments: ["LiPS_A.yaml", "LiPS_B.yaml", "Si_ZBL.yaml"])
  func radialFunctions(name: String) throws {
    let model = try ClusterFile.read(path: ReferenceTests.path(name))
    let evaluators = [true: PlainClusterEvaluator(model), false: PlainClusterEvaluator(model, isTabulated: false)]
    let symbols = model.elements.map(\.symbol)
    for sample in try #require(Self.quantities.get().radial[name]) {
      let pair = try sample.bond.map { try #require(symbols.firstIndex(of: $0)) }
      let evaluator = try #require(evaluators[sample.tabulated])
      let values = try evaluator.table(pair[0], pair[1]).values(at: sample.r)
      let found = values.g.map(\.value) + values.r.map(\.value) + [values.core.value]
      let slopes = values.g.map(\.derivative) + values.r.map(\.derivative) + [values.core.derivative]
      #expect(ReferenceTests.difference(found, sample.g + sample.R.joined() + [sample.core]) < 1e-12)
      #expect(ReferenceTests.difference(slopes, sample.dg + sample.dR.joined() + [sample.dcore]) < 1e-11)
    }
  }

  @Test func sphericalHarmonics() throws {
    for sample in try Self.quantities.get().spherical_harmonics {
      let direction = Vector3(sample.direction[0], sample.direction[1], sample.direction[2])
      let found = PlainHarmonics(direction: direction, maximumL: 4, real: false)
      for (key, y) in sample.Y {
        let lm = key.split(separator: ",").compactMap { Int($0) }, index = PlainHarmonics.index(lm[0], lm[1])
        #expect(Self.relative(found.values[index].re, y[0]) < 1e-13 && Self.relative(found.values[index].im, y[1]) < 1e-13)
        let gradient = [found.gradients[index].0, found.gradients[index].1, found.gradients[index].2]
        for (a, b) in zip(gradient, try #require(sample.dY[key])) {
          #expect(Self.relative(a.re, b[0]) < 1e-12 && Self.relative(a.im, b[1]) < 1e-12, "\(key)")
        }
      }
    }
  }

  @Test func clebschGordanCoefficients() throws {
    for c in try Self.quantities.get().clebsch_gordan {
      let found = ClebschGordan.coefficient(c.j1, c.m1, c.j2, c.m2, c.J, c.m1 + c.m2)
      #expect(abs(found - c.value) < 2e-15)
    }
  }

  /// Σ_m1m2 ⟨…|JM⟩⟨…|J′M⟩ = δ_JJ′ up to the largest momenta that a file may have.
  @Test(arguments: [(1, 1), (4, 7), (10, 10), (12, 20), (20, 20)])
  func clebschGordanOrthogonality(j1: Int, j2: Int) {
    let largest = min(j1 + j2, ClebschGordan.maximumJ)
    for (a, b, M) in [
      (largest, largest, 0), (largest, largest - 1, 1), (abs(j1 - j2), abs(j1 - j2), 0), (largest - 1, largest - 1, 2),
    ] {
      guard min(a, b) >= max(abs(M), abs(j1 - j2)) else { continue }
      let sum = (-j1...j1).reduce(0.0) { sum, m1 in
        sum + ClebschGordan.coefficient(j1, m1, j2, M - m1, a, M) * ClebschGordan.coefficient(j1, m1, j2, M - m1, b, M)
      }
      #expect(abs(sum - (a == b ? 1 : 0)) < 1e-13, "\(j1) \(j2) \(a) \(b) \(M)")
    }
  }

  @Test func couplingTrees() throws {
    for (rank, nodes) in try Self.quantities.get().coupling_tree {
      let tree = CouplingTree(rank: try #require(Int(rank)))
      #expect(tree.nodes.map { [$0.first, $0.second, $0.parent] } == nodes)
    }
  }

  @Test func couplings() throws {
    for sample in try Self.quantities.get().half_basis_coupling {
      let found = try #require(Couplings(l: sample.ls, intermediate: sample.LS, limit: 1_000_000))
      #expect(found.m == sample.terms.map(\.m))
      #expect(ReferenceTests.difference(found.values, sample.terms.map(\.value)) < 1e-14)
    }
    #expect(Couplings(l: [9, 9, 9, 9], intermediate: [2, 2], limit: 1000) == nil)
  }

  @Test func embeddings() throws {
    for sample in try Self.quantities.get().embedding {
      let kind = try #require(Embedding(rawValue: sample.kind))
      let found = PlainClusterEvaluator.embedding(kind, Dual(sample.rho, 1), exponent: sample.m)
      #expect(
        Self.relative(found.value, sample.F) < 1e-12 && Self.relative(found.derivative, sample.dF) < 1e-12, "\(sample)")
    }
  }

  @Test func cutoffPolynomials() throws {
    for sample in try Self.quantities.get().cutoff_polynomial {
      let found = PlainRadialFunctions.cutoff(Dual(sample.r, 1), radius: sample.r_in, width: sample.delta)
      #expect(Self.relative(found.value, sample.f) < 1e-14 && Self.relative(found.derivative, sample.df) < 1e-12)
    }
  }

  @Test func functionOrder() throws {
    let model = try ClusterFile.read(path: ReferenceTests.path("LiPS_A.yaml")), basis = try #require(model.bBasis)
    for (element, functions) in zip(model.elements, basis) {
      let expected = try #require(Self.quantities.get().function_order[element.symbol])
      #expect(functions.count == expected.count)
      for (a, b) in zip(functions, expected) {
        #expect(a.species == b.mus && a.n == b.ns && a.l == b.ls)
        let terms = { (m: [[Int]], values: [Double]) in Dictionary(uniqueKeysWithValues: zip(m, values)) }
        let found = terms(a.m, a.couplings)
        for term in b.coupling { #expect(abs((found[term.m] ?? 0) - term.value) < 1e-14) }
        #expect(found.count == b.coupling.count)
      }
    }
  }
}
