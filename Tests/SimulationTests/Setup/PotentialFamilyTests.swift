import Diagnostics
import Foundation
import Simulation
import TestSupport
import Testing

/// Which family a potential file belongs to, by what it says.
@Suite struct PotentialFamilyTests {
  @Test(arguments: [
    ("MTP\nversion = 1.1.0\nspecies_count = 2\nradial_basis_type = RBChebyshev\n", PotentialFamily.momentTensor),
    ("", .momentTensor),
    ("elements: [Cu]\nE0: [0]\n", .atomicCluster),
    ("# comment\nglobal: {DeltaSplineBins: 0.001}\nspecies:\n  - speciesblock: Si\n", .atomicCluster),
    ("{elements: [Cu], E0: [0]}", .atomicCluster),
    ("# date\nnelements=1\nelements: Cu\n", .atomicCluster),
    ("PK\u{3}\u{4}", .atomicCluster),
  ])
  func content(text: String, family: PotentialFamily) {
    #expect(PotentialFamily(bytes: Array(text.utf8)) == family)
  }

  @Test func radialIsForClusterExpansions() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("some.mtp")
    try "MTP\n".write(toFile: path, atomically: true, encoding: .utf8)
    let failure = #expect(throws: Failure.self) { try makePotential(file: path, species: nil, radial: .exact) }
    #expect(failure?.exitStatus == 2 && failure?.description.contains("leave radial out") == true)
    #expect(failure?.place?.file == path)
  }

  @Test func missingFile() {
    let failure = #expect(throws: Failure.self) { try makePotential(file: "/nowhere/potential.yace", species: nil) }
    #expect(failure?.exitStatus == 2 && failure?.description.contains("no such file") == true)
  }
}
