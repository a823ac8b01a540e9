import AtomicClusterFiles
import Atomistics
import ClusterTestSupport
import Diagnostics
import Foundation
import Numerics
import TestSupport
import Testing

/// What the reference files do not show: the older text format, ACE.jl's radial functions, shortened B-basis files.
@Suite struct FormatTests {
  static func model(_ text: String, _ species: [Element]? = nil) throws -> ClusterModel {
    try ClusterFile.model(bytes: Array(text.utf8), file: "x", species: species)
  }

  static func text(_ name: String) throws -> String { String(decoding: try ReferenceTests.bytes(name), as: UTF8.self) }

  /// Two potentials give the same energies and forces around the same atoms, to rounding.
  static func expectSame(_ a: ClusterModel, _ b: ClusterModel, _ seed: Int, shift: Double = 0) throws {
    var dice = Dice(seed)
    let first = PlainClusterEvaluator(a), second = PlainClusterEvaluator(b)
    for center in a.elements.indices {
      let neighbors = (0..<8).map { _ in
        PlainClusterEvaluator.Neighbor(
          species: dice.integer(0...a.elements.count - 1), displacement: 3 * dice.signedVector3() + Vector3(0.3, 0, 0))
      }
      let x = try first.site(center: center, neighbors: neighbors), y = try second.site(center: center, neighbors: neighbors)
      #expect(abs(x.energy - a.energyShifts[center] - y.energy + b.energyShifts[center]) < 1e-12 * (1 + abs(x.energy)))
      for (u, v) in zip(x.gradients, y.gradients) { #expect((u - v).length < 1e-11 * (1 + u.length)) }
      #expect(ReferenceTests.difference(x.projections, y.projections) < 1e-13)
    }
  }

  // MARK: The old text

  /// The single-element c̃ basis as the old format writes it.
  static func oldText(_ model: ClusterModel) -> String {
    let bond = model.bonds[0], center = model.centers[0], momenta = bond.maximumL + 1
    let list = { (values: [Int]) in "( " + values.map(String.init).joined(separator: " ") + " )" }
    let pairs = zip(center.weights, center.exponents).map { "\($0) \($1)" }.joined(separator: " ")
    var text = """
      # DATE: a comment
      nelements=1
      elements: \(model.elements[0])

      lmax=\(bond.maximumL)

      embedding-function: \(center.embedding.rawValue)
      \(2 * center.densityCount) FS parameters: \(pairs)
      core energy-cutoff parameters: \(center.coreCutoff) \(center.coreCutoffWidth)
      E0: -1.5

      radbasename=ChebExpCos
      nradbase=\(bond.baseCount)
      nradmax=\(bond.radialCount)
      cutoffmax=\(bond.cutoff)
      deltaSplineBins=\(model.tableSpacing)
      core repulsion parameters: \(bond.corePrefactor) \(bond.coreLambda)
      radparameter= 5.25
      cutoff= \(bond.cutoff)
      dcut= \(bond.cutoffWidth)
      crad=
      """
    for k in 0..<bond.baseCount {
      for nl in 0..<bond.radialCount * momenta { text += " \(bond.coefficients[nl * bond.baseCount + k])" }
      text += "\n"
    }
    text += "\nrankmax=6\nndensitymax=\(center.densityCount)\n\nnum_c_tilde_max=99\nnum_ms_combinations_max=99\n"
    for (label, isFirst) in [("total_basis_size_rank1", true), ("total_basis_size", false)] {
      let functions = center.functions.filter { ($0.rank == 1) == isFirst }
      text += "\(label): \(functions.count) \n"
      for f in functions {
        text += "ctilde_basis_func: rank=\(f.rank) ndens=\(center.densityCount) mu0=0 mu=\(list(f.species))\n"
        text += "n=\(list(f.n))\nl=\(list(f.l))\nnum_ms=\(f.m.count)\n"
        for (m, c) in zip(f.m, f.coefficients) {
          text += "< \(m.map(String.init).joined(separator: " ")) >:  \(c.map { "\($0)" }.joined(separator: "  "))\n"
        }
      }
    }
    return text
  }

  /// Lithium alone out of the potential of three elements, without its inner cutoff, which the old format lacks.
  static func lithium() throws -> ClusterModel {
    var model = try ClusterFile.read(path: ReferenceTests.path("LiPS_A.yaml"))
    model.elements = [model.elements[0]]
    model.bonds = [model.bonds[0]]
    (model.bonds[0].innerRadius, model.bonds[0].innerWidth) = (0, 0)
    model.innerCutoff = .density
    model.energyShifts = [0]
    model.centers = [model.centers[0]]
    model.centers[0].functions.removeAll { !$0.species.allSatisfy { $0 == 0 } }
    model.bBasis = nil
    return model
  }

  @Test func oldText() throws {
    let expected = try Self.lithium(), text = Self.oldText(expected), found = try Self.model(text)
    #expect(found.energyShifts == [-1.5])
    #expect(found.bonds[0].coefficients == expected.bonds[0].coefficients)
    #expect(found.centers[0].functions.count == expected.centers[0].functions.count)
    try Self.expectSame(found, expected, 3)
    let without = text.replacingOccurrences(of: "E0: -1.5\n", with: "")
    #expect(try Self.model(without).energyShifts == [0])
    for (old, new, part) in [
      ("nelements=1", "nelements=2", "one element"), ("ChebExpCos", "Unknown", "no radial basis"),
      ("embedding-function: F", "# F", "whole number"),
      ("mu0=0", "mu0=1", "between"), ("ndens=2", "ndens=1", "between"),
      ("total_basis_size: ", "total_basis_size: 9", "file ends"),
    ] {
      #expect { try Self.model(text.replacingOccurrences(of: old, with: new)) } throws: { error in
        guard let failure = error as? Failure else { return false }
        return failure.place?.line != nil && failure.message.contains(part)
      }
    }
  }

  // MARK: B basis

  @Test func flatCoefficients() throws {
    let text = try Self.text("Si_ZBL.yaml"), expected = try Self.model(text), bond = expected.bonds[0]
    let momenta = bond.maximumL + 1, count = bond.radialCount * momenta
    let flat = (0..<bond.baseCount * count).map { bond.coefficients[$0 % count * bond.baseCount + $0 / count] }
    let line = try #require(text.split(separator: "\n").first { $0.contains("radcoefficients:") })
    let found = try Self.model(text.replacingOccurrences(of: line, with: "    radcoefficients: \(flat)"))
    #expect(found.bonds[0].coefficients == bond.coefficients)
  }

  /// A pair of blocks where the second leaves out what the first says, and scalars in the place of lists of one.
  @Test func mirroredBlocks() throws {
    let text = try Self.text("LiPS_B.yaml"), expected = try Self.model(text)
    // Everything between "- speciesblock: S P" and its functions.
    let start = try #require(text.range(of: "- speciesblock: S P\n")).upperBound
    let end = try #require(text.range(of: "nbody:", range: start..<text.endIndex)).lowerBound
    let found = try Self.model(text.replacingCharacters(in: start..<end, with: "    inner_cutoff_type: density\n    "))
    let (s, p) = (2, 1)
    #expect(found.bond(center: s, neighbor: p).coefficients == found.bond(center: p, neighbor: s).coefficients)
    #expect(found.bond(center: s, neighbor: p).corePrefactor == 60)
    #expect(found.bonds.count == expected.bonds.count)
  }

  /// The last momenta of `lint` follow from the others.
  @Test func shortenedLint() throws {
    let text = try Self.text("LiPS_A.yaml"), expected = try Self.model(text)
    let short = text.replacingOccurrences(of: "nl: [1, 1, 2], lint: [2]", with: "nl: [1, 1, 2]")
      .replacingOccurrences(of: "lint: [1, 1]", with: "lint: [1]")
    #expect(short != text)
    try Self.expectSame(try Self.model(short), expected, 5)
  }

  @Test func skippedFunctions() throws {
    let text = try Self.text("Si_ZBL.yaml"), expected = try Self.model(text)
    let less = text.replacingOccurrences(of: "nl: [1, 1],", with: "nl: [1, 1], skip: true,")
    let found = try Self.model(less), count = { (model: ClusterModel) in model.bBasis?[0].count ?? 0 }
    let skipped = less.split(separator: "\n").filter { $0.contains("skip: true") }.count
    #expect(skipped > 0 && count(found) == count(expected) - skipped)
  }

  // MARK: ACE.jl

  static let julia = """
    elements: [Si]
    E0: [-2.0]
    deltaSplineBins: 0.001
    lmax: 1
    embeddings: {0: {ndensity: 1, FS_parameters: [1.0, 1.0], npoti: FinnisSinclair,
      rho_core_cutoff: 1e5, drho_core_cutoff: 250}}
    bonds:
      [0, 0]: {radbasename: ACE.jl.base, rcut: 4.0, r0: 2.0, p: 1.0, xl: 0.6, xr: 3, pl: 2, pr: 0, maxn: 3,
        recursion_coefficients: {A: [2, 1, 3], B: [0, 0.5, 0.25], C: [0, 0, -1]}}
    functions: {0: [
      {mu0: 0, rank: 1, ndensity: 1, num_ms_combs: 1, mus: [0], ns: [2], ls: [0], ms_combs: [0], ctildes: [0.7]},
      {mu0: 0, rank: 2, ndensity: 1, num_ms_combs: 2, mus: [0, 0], ns: [1, 3], ls: [1, 1],
       ms_combs: [0, 0, 1, -1], ctildes: [0.2, -0.4]}]}
    polypairpot: {rcut: 3.5, r0: 2.0, p: 1, xl: 0.6, xr: 3, pl: 2, pr: 0, maxn: 2,
      recursion_coefficients: {A: [1, 1], B: [0, 1], C: [0, 0]}, coefficients: {[0, 0]: [0.5, -1]}}
    reppot: {coefficients: {[0, 0]: {ri: 2.0, e0: 0.3, A: 1.5, B: 2.5}}}

    """

  @Test func juliaRadialFunctions() throws {
    let model = try Self.model(Self.julia), evaluator = PlainClusterEvaluator(model)
    // x = 3/(1 + r); at r = 2.5, inside the envelope (x − 0.6)²: by hand.
    let r = 2.5, x = 3 / (1 + r), f = (x - 0.6) * (x - 0.6)
    let p1 = 2 * f, p2 = (x + 0.5) * p1, p3 = (3 * x + 0.25) * p2 - p1
    let values = try evaluator.table(0, 0).values(at: r)
    #expect(ReferenceTests.difference(values.g.map(\.value), [p1, p2, p3]) < 1e-15)
    #expect(ReferenceTests.difference(values.r.map(\.value), [p1, p1, p2, p2, p3, p3]) < 1e-15)
    #expect(abs(values.core.value - 0.5 * (0.5 * f - (x + 1) * f)) < 1e-15)
    #expect(try abs(evaluator.table(0, 0).values(at: 1).core.value - 0.5 * (0.3 + 2.5 * exp(0.75) * 2)) < 1e-14)
    // One neighbor along z: Y_00 = 1, Y_10 = √3, Y_11 = 0.
    let site = try evaluator.site(center: 0, neighbors: [.init(species: 0, displacement: Vector3(0, 0, r))])
    #expect(abs(site.energy - (-2 + 0.7 * p2 + 0.2 * 3 * p1 * p3 + values.core.value)) < 1e-13)
  }

  // MARK: Warnings and species

  @Test func warnings() throws {
    #expect(try Self.model(Self.text("LiPS_A.yaml")).warnings.isEmpty)
    #expect(try Self.model(Self.text("LiPS_B.yaml")).warnings.map { $0.contains("P–P may jump") } == [true])
  }

  @Test func species() throws {
    let text = try Self.text("LiPS_A.yaml"), elements = ["S", "Li", "P"].compactMap { Element(symbol: $0) }
    #expect(try Self.model(text, elements).elements.map(\.symbol) == ["Li", "P", "S"])
    #expect { try Self.model(text, Array(elements.prefix(2))) } throws: { "\($0)".contains("Li, P, S") }
  }
}
