import Atomistics
import MomentTensor
import MomentTensorFiles
import Numerics
import PotentialKit
import Testing

/// Atoms closer than the potential was fitted to are counted where energies are wanted, so that the log can warn.
@Suite struct CloseApproachTests {
  @Test(arguments: [(2.3, 0), (2.1, 0), (1.9, 2), (1.2, 2)], [MomentTensorPotential.Precision.double, .mixed])
  func dimer(dimer: (distance: Double, expected: Int), precision: MomentTensorPotential.Precision) throws {
    var file = try MomentTensorFile.level(8, speciesCount: 2)
    file.minimumDistance = 2
    let species = Array(KernelTests.elements.prefix(2))
    let potential = try MomentTensorPotential(file, activeSet: nil, path: "level.mtp", species: species, precision: precision)
    // The third atom has no neighbor at all.
    let frame = Configuration(
      cell: .none, elements: [species[0], species[1], species[0]], positions: [.zero, [0, dimer.distance, 0], [40, 0, 0]])
    let system = try ReferenceSystem(frame, cutoff: potential.cutoff, elements: species)
    try potential.bind(elements: species)
    #expect(try system.evaluate([potential]).outOfRangeCount == dimer.expected)
    #expect(try system.evaluate([potential], onlyForces: true).outOfRangeCount == 0)
  }
}
