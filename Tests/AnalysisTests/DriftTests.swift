import Analysis
import Atomistics
import Diagnostics
import Foundation
import Numerics
import TestSupport
import Testing

@Suite(.serialized) struct DriftTests {
  private static let charges = "Li=1,S=-2"

  /// Lithium and sulfur that move at constant velocities (Å/ps) and make a small noise.
  private static func drifting(
    _ lithium: Vector3, _ sulfur: Vector3, noise: Double = 0.01, id: Int = 0
  ) throws -> SyntheticTrajectory {
    let frames = 300
    let walks = (0..<3).map { atom in
      let noises = SyntheticTrajectory.noise(frames, id: 60 + id + atom)
      return SyntheticTrajectory.walk(noises.map { noise * $0 + 0.1 * (atom < 2 ? lithium : sulfur) }, from: .zero)
    }
    return try SyntheticTrajectory(["Li", "Li", "S"], positions: SyntheticTrajectory.transposed(walks))
  }

  @Test func theConductivityOfADrift() throws {
    let directory = try TemporaryDirectory(), field = Vector3(0, 0.01, 0)
    let trajectory = try Self.drifting(Vector3(0, 0.4, 0.1), Vector3(0, -0.3, 0), noise: 0).open(in: directory)
    let result = try DriftAnalysis.run(trajectory, charges: try SpeciesValues(Self.charges, noun: "charge"), field: field)
    #expect(abs(result.velocities[0][1].value - 0.4) < 1e-6 && abs(result.velocities[0][2].value - 0.1) < 1e-6)
    #expect(abs(result.mobility[0].value - 40) < 1e-4 && abs(result.mobility[1].value + 30) < 1e-4)
    let volume = SyntheticTrajectory.volume
    #expect(abs(result.responses[0].value - 2 * 40 / volume) < 1e-6 && abs(result.responses[1].value + 30 / volume) < 1e-6)
    let current = (2 * 0.4 + 2 * 0.3) / volume
    #expect(abs(result.conductivity.value - 1602.176634 * current / 0.01) < 1e-3)
    #expect(abs(result.currentDensity[1].value - 1.602176634e13 * current) < 1e-6 * 1.602176634e13 * current)
    #expect(result.velocities[0][1].standardError < 1e-6)
  }

  @Test func theOppositeFieldTakesOutWhatTheFieldDoesNotDo() throws {
    let directory = try TemporaryDirectory(), common = Vector3(0.05, 0, 0.2)
    let forward = try Self.drifting(common + Vector3(0, 0, 0.3), common, id: 0).open(in: directory, "plus.extxyz")
    let backward = try Self.drifting(common - Vector3(0, 0, 0.3), common, id: 10).open(in: directory, "minus.extxyz")
    let result = try DriftAnalysis.run(
      forward, reversed: backward, charges: try SpeciesValues("Li=1,S=0", noun: "charge"), field: Vector3(0, 0, 0.02))
    for (s, exact) in [0.3, 0].enumerated() {
      #expect(abs(result.velocities[s][2].value - exact) < 4 * result.velocities[s][2].standardError)
      #expect(abs(result.velocities[s][0].value) < 4 * result.velocities[s][0].standardError)
    }
  }

  @Test func theResponseIsHeldAgainstTheMatrix() throws {
    let directory = try TemporaryDirectory(), file = directory.file("onsager.json"), volume = SyntheticTrajectory.volume
    // Σ_j L_ij z_j with z = (1, −2): 80/V for lithium, −30/V for sulfur.
    let l = [[40.0, -20], [-20, 5]].map { $0.map { $0 / volume } }
    let content = ["species": ["Li", "S"], "L_per_eV_A_ps": l, "L_stderr": [[1e-5, 1e-5], [1e-5, 1e-5]]] as [String: Any]
    try JSONSerialization.data(withJSONObject: content).write(to: URL(filePath: file))
    let trajectory = try Self.drifting(Vector3(0, 0.4, 0), Vector3(0, -0.3, 0)).open(in: directory)
    let result = try DriftAnalysis.run(
      trajectory, charges: try SpeciesValues(Self.charges, noun: "charge"), field: Vector3(0, 0.01, 0),
      equilibrium: try OnsagerFile(path: file))
    let comparison = try #require(result.comparison)
    for i in 0..<2 { #expect(abs(try #require(comparison.deviations[i])) < 4) }
    #expect(abs(try #require(comparison.predicted[0]).value - 80 / volume) < 1e-12)
    #expect(abs(try #require(comparison.conductivity).value - 1602.176634 * 140 / volume) < 1e-9)
    try Data("{}".utf8).write(to: URL(filePath: file))
    #expect(throws: Failure.self) { try OnsagerFile(path: file) }
  }

  @Test func noFieldIsRefused() throws {
    let directory = try TemporaryDirectory()
    let trajectory = try Self.drifting(.zero, .zero).open(in: directory)
    let failure = try #require(throws: Failure.self) {
      _ = try DriftAnalysis.run(trajectory, charges: try SpeciesValues(Self.charges, noun: "charge"), field: .zero)
    }
    #expect(failure.message == "there is no field")
  }
}
