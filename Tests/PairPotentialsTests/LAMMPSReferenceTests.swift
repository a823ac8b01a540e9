import Atomistics
import Foundation
import Numerics
import PairPotentials
import PotentialKit
import Testing

/// Energies, forces and virials of LAMMPS (Data/lammps.json, which says how they were made).
@Suite struct LAMMPSReferenceTests {
  struct Reference: Decodable {
    var cases: [Case]
  }

  struct Case: Decodable, CustomTestStringConvertible {
    var potential: String
    var note: String
    var cell: [[Double]]
    var elements: [String]
    var positions: [[Double]]
    var energies: [Double]
    var forces: [[Double]]
    var virial: [[Double]]

    var testDescription: String { "\(potential) \(note)" }
  }

  static func dataURL(_ name: String) throws -> URL {
    try #require(Bundle.module.url(forResource: "Data/\(name)", withExtension: nil))
  }

  static func cases() throws -> [Case] {
    try JSONDecoder().decode(Reference.self, from: Data(contentsOf: dataURL("lammps.json"))).cases
  }

  /// The potentials of `commands` in the data.
  static func make(_ name: String) throws -> any Potential {
    func lennardJones(_ truncation: Truncation) throws -> any Potential {
      var entries = try pairs(["Li", "S"]) { LennardJones.Parameters(epsilon: 0.1 + 0.05 * $0, sigma: 2.3 + 0.1 * $0) }
      entries[1].cutoff = 4.4
      return try LennardJones.makePotential(pairs: entries, options: PairOptions(cutoff: 5.1, truncation: truncation))
    }
    switch name {
    case "eam": return try EAM(contentsOf: dataURL("analytic.eam.alloy").path)
    case "lennard-jones cut": return try lennardJones(.cut)
    case "lennard-jones shift": return try lennardJones(.shift)
    case "lennard-jones shifted-force": return try lennardJones(.shiftedForce)
    case "lennard-jones mixed":
      let entries = [
        PairEntry(try element("Li"), try element("Li"), LennardJones.Parameters(epsilon: 0.1, sigma: 2.3)),
        PairEntry(try element("S"), try element("S"), LennardJones.Parameters(epsilon: 0.2, sigma: 2.5)),
      ]
      return try LennardJones.makePotential(pairs: entries, options: PairOptions(cutoff: 5.1, missingPairs: .mixed))
    case "morse shift":
      let entries = try pairs(["Li", "S"]) {
        Morse.Parameters(depth: 0.3 + $0, stiffness: 1.3, distance: 2.4 + 0.1 * $0)
      }
      return try Morse.makePotential(pairs: entries, options: PairOptions(cutoff: 5.1, truncation: .shift))
    default:
      try #require(name == "buckingham cut")
      let entries = try pairs(["Li", "S"]) { Buckingham.Parameters(amplitude: 900, range: 0.3, dispersion: 10 + $0) }
      return try Buckingham.makePotential(pairs: entries, options: PairOptions(cutoff: 5.1))
    }
  }

  @Test(arguments: try cases())
  func agrees(_ reference: Case) throws {
    let vector = { (v: [Double]) in Vector3(v[0], v[1], v[2]) }
    let cell = Cell(
      vectors: Matrix3(rows: vector(reference.cell[0]), vector(reference.cell[1]), vector(reference.cell[2])),
      periodic: .all)
    let configuration = Configuration(
      cell: cell, elements: try reference.elements.map(element), positions: reference.positions.map(vector))
    let potential = try Self.make(reference.potential)
    let system = try ReferenceSystem(configuration, cutoff: potential.cutoff, skin: 0.5)
    try potential.bind(elements: system.elements)
    let result = try system.evaluate([potential])

    let forceScale = reference.forces.joined().map(abs).max() ?? 1
    for (force, expected) in zip(result.forces, reference.forces) {
      #expect((force - vector(expected)).length < 1e-9 * max(1, forceScale))
    }
    for (energy, expected) in zip(result.energies, reference.energies) {
      #expect(abs(energy - expected) < 1e-9 * max(1, abs(expected)))
    }
    // LAMMPS's virial went through a pressure in bar.
    for (value, expected) in zip(result.virial.elements, reference.virial.joined()) {
      #expect(abs(value - expected) < 1e-8 * max(1, abs(result.virial.trace)))
    }
    #expect((result.outOfRangeCount > 0) == reference.note.contains("beyond"))
  }
}
