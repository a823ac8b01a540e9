import Atomistics
import BruteForce
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
    let system = BruteForceSystem.random(seed, kindCount: file.speciesCount, cutoff: file.maximumDistance)
    let plain = PlainEvaluator(file: file).evaluate(system)
    let double = try system.evaluate(Self.potential(file))
    #expect(plain.difference(double) < 1e-11)
    let mixed = try system.evaluate(Self.potential(file, .mixed))
    #expect(plain.difference(mixed) < 2e-4)
    #expect(plain.difference(mixed) > 0 || plain.forces.allSatisfy { $0 == .zero })
  }

  @Test func forcesAndVirialAreDerivativesOfTheEnergy() throws {
    for seed in 0..<8 {
      let file = MomentTensorFile.random(seed, degree: 6, products: 60)
      let potential = try Self.potential(file)
      var dice = Dice(seed)
      let positions = (0..<9).map { index -> Vector3 in
        let site = Vector3(Double(index % 3), Double(index / 3 % 3), Double(index % 2))
        return 2.1 * site + 0.2 * dice.vector()
      }
      let kinds = positions.indices.map { $0 % file.speciesCount }
      let direction = positions.map { _ in dice.vector() }
      let cell = Cell(vectors: Matrix3(rows: Vector3(6.5, 0, 0), Vector3(1, 6.4, 0), Vector3(0.5, -0.3, 6)), periodic: .all)
      let strain = Matrix3(rows: Vector3(0.3, 0.2, -0.2), Vector3(0.1, -0.4, 0.05), Vector3(-0.1, 0.15, 0.2))

      func evaluate(_ positions: [Vector3], _ vectors: Matrix3) throws -> BruteForceSystem.Result {
        let moved = Cell(vectors: vectors, periodic: .all)
        return try BruteForceSystem(
          cell: moved, kinds: kinds, positions: positions, kindCount: file.speciesCount, cutoff: potential.cutoff
        ).evaluate(potential)
      }
      let here = try evaluate(positions, cell.vectors), h = 2e-5
      func along(_ step: Double) throws -> Double { try evaluate(zip(positions, direction).map { $0 + step * $1 }, cell.vectors).energy }
      func strained(_ step: Double) throws -> Double {
        let map = Matrix3.identity + step * strain
        return try evaluate(positions.map { $0 * map }, cell.vectors * map).energy
      }
      let ahead = try along(h), behind = try along(-h)
      let slope = (ahead - behind) / (2 * h)
      let power = zip(here.forces, direction).map { $0.dot($1) }.reduce(0, +)
      let scale = max(1, here.forces.map { $0.length }.max() ?? 0)
      #expect(abs(slope + power) < 3e-6 * scale)
      let stretched = try strained(h), squeezed = try strained(-h)
      let strainSlope = (stretched - squeezed) / (2 * h)
      let work = zip(here.virial.elements, strain.elements).map { $0 * $1 }.reduce(0, +)
      #expect(abs(strainSlope + work) < 3e-5 * scale)
    }
  }

  @Test func atomsBeyondReachContributeNothing() throws {
    let file = MomentTensorFile.random(3, degree: 4, products: 20)
    let potential = try Self.potential(file), kinds = [0, 0]
    for distance in [file.maximumDistance, file.maximumDistance + 1] {
      let apart = BruteForceSystem(
        cell: .none, kinds: kinds, positions: [.zero, Vector3(0, 0, distance)], kindCount: file.speciesCount,
        cutoff: potential.cutoff, skin: 0.5)
      let result = try apart.evaluate(potential)
      #expect(result.forces == [.zero, .zero])
      #expect(result.energies == [file.speciesCoefficients[0], file.speciesCoefficients[0]])
    }
    let empty = BruteForceSystem(cell: .none, kinds: [], positions: [], kindCount: file.speciesCount, cutoff: potential.cutoff)
    #expect(try empty.evaluate(potential).energies.isEmpty)
  }

  @Test("Each call adds to what is there, and the same call gives the same bits")
  func addsAndRepeats() throws {
    let file = MomentTensorFile.random(7, degree: 5, products: 40), potential = try Self.potential(file)
    let system = BruteForceSystem.random(7, kindCount: file.speciesCount, cutoff: potential.cutoff)
    let once = try system.evaluate(potential)
    #expect(try system.evaluate(potential) == once)
    let output = system.output(), halo = BruteForceSystem.SelfHalo(system)
    try potential.evaluate(system.atoms, system.list, halo: halo, into: output)
    try potential.evaluate(system.atoms, system.list, halo: halo, into: output)
    let twice = system.result(of: output)
    #expect(zip(twice.energies, once.energies).allSatisfy { $0 == 2 * $1 })
    for (two, one) in zip(twice.forces, once.forces) {
      let error = (two - 2 * one).length, scale = max(1, one.length)
      #expect(error < 1e-12 * scale)
    }
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
