import Atomistics
import Foundation
import MomentTensor
import Numerics
import PotentialKit
import Testing

/// Stored cases; each `reference.json` says where its numbers come from and why its tolerance is what it is.
@Suite struct ReferenceTests {
  struct Reference: Decodable {
    struct Case: Decodable {
      var name: String
      var cell: [[Double]]
      var pbc: [Bool]
      var types: [Int]
      var positions: [[Double]]
      var energies: [Double]
      var forces: [[Double]]
      var virial: [[Double]]
      var grades: [Double]?
      var configuration_grade: Double?
    }
    var species: Int
    var cases: [Case]
  }

  static let folder = Bundle.module.bundleURL.appendingPathComponent("Data")

  static func load(_ name: String) throws -> Reference {
    let data = try Data(contentsOf: folder.appendingPathComponent(name).appendingPathComponent("reference.json"))
    return try JSONDecoder().decode(Reference.self, from: data)
  }

  static func potential(_ name: String, _ file: String, _ species: Int) throws -> MomentTensorPotential {
    let path = folder.appendingPathComponent(name).appendingPathComponent(file).path
    let elements = (1...species).compactMap { Element(atomicNumber: $0) }
    let potential = try MomentTensorPotential(file: path, species: elements)
    try potential.bind(elements: elements)
    return potential
  }

  static func system(_ entry: Reference.Case, _ species: Int, _ cutoff: Double) throws -> ReferenceSystem {
    let cell = Cell(
      vectors: Matrix3(elements: entry.cell.flatMap { $0 }), periodic: Periodicity(entry.pbc[0], entry.pbc[1], entry.pbc[2]))
    let elements = (1...species).compactMap { Element(atomicNumber: $0) }
    let configuration = Configuration(
      cell: cell, elements: entry.types.map { elements[$0] },
      positions: entry.positions.map { Vector3($0[0], $0[1], $0[2]) })
    return try ReferenceSystem(configuration, cutoff: cutoff, elements: elements)
  }

  @Test(arguments: ["own_l08_1sp_repuls", "own_l08_2sp", "own_l12_1sp"])
  func energiesForcesVirial(name: String) throws {
    let reference = try Self.load(name), potential = try Self.potential(name, "potential.mtp", reference.species)
    for entry in reference.cases {
      let expected = ExpectedResult(
        energies: entry.energies, forces: entry.forces.map { Vector3($0[0], $0[1], $0[2]) },
        virial: Matrix3(elements: entry.virial.flatMap { $0 }))
      let found = try Self.system(entry, reference.species, potential.cutoff).evaluate([potential])
      #expect(expected.difference(found) < 1e-10, "\(entry.name)")
    }
  }

  @Test("Grades of neighborhoods", arguments: ["own_l08_1sp_repuls", "own_l08_2sp"])
  func neighborhoodGrades(name: String) throws {
    let reference = try Self.load(name), potential = try Self.potential(name, "active_nbh.almtp", reference.species)
    #expect(potential.hasActiveSet)
    for entry in reference.cases {
      let found = try Self.system(entry, reference.species, potential.cutoff).evaluate([potential], withGrades: true)
      let pairs = zip(try #require(found.grades), try #require(entry.grades))
      #expect(pairs.allSatisfy { abs($0 - $1) <= 1e-8 * max(abs($1), 1e-3) }, "\(entry.name)")
    }
  }

  @Test func configurationGrades() throws {
    let reference = try Self.load("own_l08_2sp")
    let potential = try Self.potential("own_l08_2sp", "active_cfg.almtp", reference.species)
    for entry in reference.cases {
      let probe = RowSumProbe(potential)
      _ = try Self.system(entry, reference.species, potential.cutoff).evaluate([probe])
      let sum = try #require(probe.rowSum)
      let grade = try #require(potential.configurationGrade(rowSum: sum, atomCount: entry.types.count))
      let expected = try #require(entry.configuration_grade)
      #expect(abs(grade - expected) < 1e-8 * expected, "\(entry.name)")
    }
  }
}

/// Asks a potential for the sum of its parameter derivatives, where a `ReferenceSystem` asks for forces.
private final class RowSumProbe: Potential {
  private let base: MomentTensorPotential
  private(set) var rowSum: [Double]?

  init(_ base: MomentTensorPotential) { self.base = base }

  var summary: PotentialSummary { base.summary }
  var cutoff: Double { base.cutoff }
  var addsForcesToGhosts: Bool { base.addsForcesToGhosts }
  var hasActiveSet: Bool { base.hasActiveSet }
  func bind(elements: [Element]) throws { try base.bind(elements: elements) }

  func evaluate(
    _ atoms: AtomStore, _ neighbors: NeighborList, halo: any HaloExchange, into output: ForceOutput
  ) throws {
    rowSum = base.evaluateWithRowSum(atoms, neighbors, into: output)
  }
}
