import Atomistics
import MomentTensor
import MomentTensorFiles
import Numerics
import PotentialKit
import Testing

@Suite struct KernelTests {
  static let elements = ["Li", "S", "Cu"].compactMap { Element(symbol: $0) }

  static func potential(
    _ file: MomentTensorFile, _ precision: MomentTensorPotential.Precision = .double
  ) throws -> MomentTensorPotential {
    let species = Array(elements.prefix(file.speciesCount))
    let potential = try MomentTensorPotential(file, path: "random.mtp", species: species, precision: precision)
    try potential.bind(elements: species)
    return potential
  }

  @Test("Any potential on any environment equals the plain sum of the equations", arguments: 0..<60)
  func agreesWithPlainEvaluator(seed: Int) throws {
    let file = MomentTensorFile.random(
      seed, degree: seed % 12, products: seed % 5 == 0 ? 0 : 10 * (seed % 30), repulsive: seed % 6 == 5)
    let species = Array(Self.elements.prefix(file.speciesCount))
    let system = try ReferenceSystem(
      .random(seed, elements: species), cutoff: file.maximumDistance, skin: 0.3, elements: species)
    let plain = PlainEvaluator(file: file).evaluate(system)
    let double = try system.evaluate([Self.potential(file)])
    #expect(plain.difference(double) < 1e-11)
    let mixed = try system.evaluate([Self.potential(file, .mixed)])
    #expect(plain.difference(mixed) < 2e-4)
    #expect(plain.difference(mixed) > 0 || plain.forces.allSatisfy { $0 == .zero })
  }

  @Test func atomsBeyondReachContributeNothing() throws {
    let file = MomentTensorFile.random(3, degree: 4, products: 20)
    let potential = try Self.potential(file), species = potential.species
    func evaluate(_ positions: [Vector3]) throws -> ReferenceResult {
      let configuration = Configuration(
        cell: .none, elements: positions.map { _ in species[0] }, positions: positions)
      return try ReferenceSystem(configuration, cutoff: potential.cutoff, skin: 0.5, elements: species)
        .evaluate([potential])
    }
    for distance in [file.maximumDistance, file.maximumDistance + 1] {
      let result = try evaluate([.zero, Vector3(0, 0, distance)])
      #expect(result.forces == [.zero, .zero])
      #expect(result.energies == [file.speciesCoefficients[0], file.speciesCoefficients[0]])
    }
    #expect(try evaluate([]).energies.isEmpty)
  }

  @Test func kindsMapToSpeciesByElement() throws {
    let file = MomentTensorFile.random(2, degree: 3, products: 10)
    let species = Array(Self.elements.prefix(file.speciesCount))
    let potential = try MomentTensorPotential(file, path: "random.mtp", species: species)
    #expect(throws: (any Error).self) { try potential.bind(elements: [Element(symbol: "Xe")].compactMap { $0 }) }
    do {
      try potential.bind(elements: [Element(symbol: "Xe")].compactMap { $0 })
    } catch {
      #expect("\(error)".contains("Xe") && "\(error)".contains("random.mtp"))
    }
    #expect(throws: (any Error).self) { try MomentTensorPotential(file, path: "random.mtp", species: nil) }
  }
}
