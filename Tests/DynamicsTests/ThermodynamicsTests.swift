import Atomistics
import Communication
import Decomposition
import Diagnostics
import Dynamics
import Numerics
import PairPotentials
import PotentialKit
import Testing

@Suite(.serialized) struct ThermodynamicsTests {
  /// Atoms out of each other's reach: p V = N k T with the 3N − 3 degrees of freedom that T counts.
  @Test func idealGas() throws {
    let cell = Cell(vectors: Matrix3(diagonal: [200, 200, 200]), periodic: .all)
    let positions = (0..<27).map { (i: Int) -> Vector3 in
      60 * Vector3(Double(i % 3), Double(i / 3 % 3), Double(i / 9))
    }
    let velocities = maxwellBoltzmannVelocities(
      ids: (1...27).map { Int64($0) }, masses: positions.map { _ in argon.mass }, temperature: 500, seed: 9)
    let system = try makeSystem(
      cell: cell, positions: positions, velocities: velocities, potential: lennardJones(cutoff: 10, truncation: .cut))
    let t = Thermodynamics(of: system)
    #expect(abs(t.temperature - 500) < 1e-9)
    let expected = 78.0 / 3 * Units.boltzmann * 500 / 8e6 * Units.barPerEVPerCubicAngstrom
    #expect(abs(t.pressure! - expected) < 1e-9 * expected)
    #expect(t.potential == 0)
  }

  /// p = −dE/dV for a static crystal.
  @Test func pressureIsTheVolumeDerivativeOfTheEnergy() throws {
    func energy(_ lattice: Double) throws -> Thermodynamics {
      let (cell, positions) = crystal(3, lattice: lattice)
      return Thermodynamics(
        of: try makeSystem(
          cell: cell, positions: positions, potential: lennardJones(cutoff: 7.5, truncation: .smooth)))
    }
    let h = 1e-4
    let low = try energy(5.2 - h), high = try energy(5.2 + h), middle = try energy(5.2)
    let slope = -(high.potential - low.potential) / (high.volume! - low.volume!) * Units.barPerEVPerCubicAngstrom
    #expect(abs(middle.pressure! / slope - 1) < 1e-6)
  }

  @Test func openCellsHaveNoPressure() throws {
    let system = try makeSystem(
      cell: .none, positions: [[0, 0, 0], [4, 0, 0]], potential: lennardJones(cutoff: 10, truncation: .cut))
    #expect(Thermodynamics(of: system).pressure == nil)
  }
}

@Suite struct VelocityTests {
  @Test func exactTemperatureAndNoMomentum() {
    let count = 1000
    let ids = (0..<count).map { Int64(3 * $0 + 1) }
    let masses = ids.map { $0 % 2 == 0 ? 6.94 : 32.06 }
    let velocities = maxwellBoltzmannVelocities(ids: ids, masses: masses, temperature: 600, seed: 42)
    let momentum = zip(velocities, masses).reduce(Vector3.zero) { $0 + $1.1 * $1.0 }
    #expect(momentum.length < 1e-10)
    let kinetic = zip(velocities, masses).reduce(0) { $0 + 0.5 * $1.1 * $1.0.lengthSquared }
      * Units.energyPerMassVelocitySquared
    #expect(abs(2 * kinetic / (Double(3 * count - 3) * Units.boltzmann) - 600) < 1e-9)
    // Equipartition between light and heavy: each half's temperature is within five standard errors.
    let light = zip(velocities, masses).filter { $0.1 < 10 }
    let lightKinetic = light.reduce(0) { $0 + 0.5 * $1.1 * $1.0.lengthSquared } * Units.energyPerMassVelocitySquared
    let lightTemperature = 2 * lightKinetic / (3 * Double(light.count) * Units.boltzmann)
    #expect(abs(lightTemperature / 600 - 1) < 5 * (2 / (3 * Double(light.count))).squareRoot())
    // An atom's draw depends on its id alone.
    let reversed = maxwellBoltzmannVelocities(ids: ids.reversed(), masses: masses.reversed(), temperature: 600, seed: 42)
    #expect(zip(velocities, reversed.reversed()).allSatisfy { ($0 - $1).length < 1e-12 })
    #expect(velocities != maxwellBoltzmannVelocities(ids: ids, masses: masses, temperature: 600, seed: 43))
  }
}
