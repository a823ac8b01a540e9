import Atomistics
import Communication
import Decomposition
import Diagnostics
import Dynamics
import Foundation
import MomentTensor
import Numerics
import Testing

private let potentialPath = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appending(path: "potentials/li-s.almtp").path

/// Two elements and a many-body potential: antifluorite Li2S.
@Suite(.serialized) struct MinimizerLi2STests {
  /// Two by two by two cubic cells, strained and shaken.
  private func makeLi2S(lattice: Double, deformation: Matrix3, shakenBy amplitude: Double) throws -> SystemState {
    let elements = ["Li", "S"].map { Element(symbol: $0)! }
    let potential = try MomentTensorPotential(file: potentialPath, species: elements)
    try potential.bind(elements: elements)
    var positions: [Vector3] = [], kinds: [Int32] = []
    for i in 0..<8 {
      let corner = Vector3(Double(i / 4), Double(i / 2 % 2), Double(i % 2))
      for site in [Vector3(0, 0, 0), Vector3(0, 0.5, 0.5), Vector3(0.5, 0, 0.5), Vector3(0.5, 0.5, 0)] {
        positions.append(lattice * (corner + site))
        kinds.append(1)
      }
      for j in 0..<8 {
        let site = 0.25 * Vector3(repeating: 1) + 0.5 * Vector3(Double(j / 4), Double(j / 2 % 2), Double(j % 2))
        positions.append(lattice * (corner + site))
        kinds.append(0)
      }
    }
    let moved = shaken(positions.map { $0 * deformation }, by: amplitude, seed: 4)
    let cell = Cell(
      vectors: Matrix3(diagonal: Vector3(repeating: 2 * lattice)) * deformation, periodic: .all)
    let domain = Domain(cell: cell, kindCount: 2, cutoff: potential.cutoff, skin: 0.5, communicator: .world)
    try domain.load(
      moved.indices.map { AtomRecord(id: Int64($0 + 1), kind: kinds[$0], position: moved[$0]) }, cuts: nil,
      isRestart: false)
    let timer = PhaseTimer()
    let system = SystemState(
      domain: domain, forceField: ForceField(domain: domain, potentials: [potential], timer: timer),
      kinds: elements.map { AtomKind(element: $0) }, atomCount: moved.count, timer: timer)
    try system.computeForces()
    return system
  }

  /// eV of the perfect crystal.
  private func staticEnergy(_ lattice: Double) throws -> Double {
    Thermodynamics(of: try makeLi2S(lattice: lattice, deformation: .identity, shakenBy: 0), atRest: true).potential
  }

  @Test(arguments: Algorithm.allCases) func theCellBecomesTheCubicOneOfLowestEnergy(_ algorithm: Algorithm) throws {
    let system = try makeLi2S(
      lattice: 5.73, deformation: Matrix3(rows: [1.02, 0.03, 0], [0.02, 0.97, 0], [-0.02, 0, 1.03]), shakenBy: 0.1)
    let result = try minimize(
      system, MinimizerOptions(forceTolerance: 1e-4, cell: .full, stressTolerance: 10), by: algorithm)
    #expect(result.ending.hasPrefix("converged"))
    #expect(result.evaluations < (algorithm == .fire ? 120 : 25))
    let h = system.domain.cell.vectors, lattice = h[0].length / 2
    for i in 0..<3 {
      for j in 0..<3 { #expect(abs(h[i].dot(h[j]) - (i == j ? 4 * lattice * lattice : 0)) < 0.02) }
    }
    let energy = Thermodynamics(of: system, atRest: true).potential
    #expect(abs(energy - (try staticEnergy(lattice))) < 1e-5)
    #expect(try staticEnergy(lattice - 0.01) > energy + 1e-4)
    #expect(try staticEnergy(lattice + 0.01) > energy + 1e-4)
  }
}
