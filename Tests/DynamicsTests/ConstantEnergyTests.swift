import Atomistics
import Communication
import Decomposition
import Diagnostics
import Dynamics
import Numerics
import PairPotentials
import PotentialKit
import Testing

@Suite(.serialized) struct VelocityVerletTests {
  /// The error of the total energy of a symplectic integrator is bounded and falls with the square of the time step.
  @Test func energyErrorFallsWithTheSquareOfTheTimestep() throws {
    func spread(_ timestep: Double) throws -> Double {
      let system = try hotCrystal(temperature: 80)
      let integrator = try constantEnergy(system, timestep: timestep)
      let start = Thermodynamics(of: system).total
      var sum = 0.0
      let steps = Int((800 / timestep).rounded())
      for _ in 0..<steps {
        _ = try integrator.advance(flag: false, onlyForces: false)
        let error = Thermodynamics(of: system).total - start
        sum += error * error
      }
      return (sum / Double(steps)).squareRoot()
    }
    let coarse = try spread(8), fine = try spread(4)
    #expect(coarse < 1e-4 * 256)
    #expect(abs(coarse / fine - 4) < 0.6)
  }

  @Test func runsBackwards() throws {
    let system = try hotCrystal(temperature: 80)
    let before = Dictionary(uniqueKeysWithValues: system.domain.records().map { ($0.id, $0.unwrapped(system.domain.cell)) })
    let integrator = try constantEnergy(system, timestep: 4)
    for _ in 0..<200 { _ = try integrator.advance(flag: false, onlyForces: false) }
    let moved = system.domain.records().map { ($0.unwrapped(system.domain.cell) - before[$0.id]!).length }.max()!
    #expect(moved > 0.3)
    for i in 0..<system.domain.atoms.ownedCount { system.domain.atoms.velocity[i] *= -1 }
    for _ in 0..<200 { _ = try integrator.advance(flag: false, onlyForces: false) }
    for record in system.domain.records() {
      #expect((record.unwrapped(system.domain.cell) - before[record.id]!).length < 1e-8)
    }
  }

  @Test func momentumStaysZero() throws {
    let system = try hotCrystal(temperature: 300)
    let integrator = try constantEnergy(system, timestep: 4)
    for _ in 0..<100 { _ = try integrator.advance(flag: false, onlyForces: true) }
    let total = system.domain.records().reduce(Vector3.zero) { $0 + $1.velocity }
    #expect(total.length < 1e-12)
  }

  /// Two atoms in a harmonic-like well: the period of small vibrations against ω² = 2 V''(r0) / m.
  @Test func aDimerVibratesAtItsFrequency() throws {
    let distance = sigma * 1.122_462_048_309_373
    let amplitude = 1e-3
    let system = try makeSystem(
      cell: .none, positions: [[0, 0, 0], [distance + amplitude, 0, 0]],
      potential: lennardJones(cutoff: 12, truncation: .shift))
    let curvature = 72 * epsilon / (sigma * sigma) / 1.259_921_049_894_873
    let period = 2 * Double.pi / (2 * curvature / argon.mass * Units.accelerationPerForce).squareRoot()
    let timestep = period / 2000
    let integrator = try constantEnergy(system, timestep: timestep)
    var crossings: [Double] = [], previous = amplitude
    while crossings.count < 9 {
      _ = try integrator.advance(flag: false, onlyForces: true)
      let records = system.domain.records().sorted { $0.id < $1.id }
      let stretch = (records[1].position - records[0].position).length - distance
      if previous > 0, stretch <= 0 { crossings.append(system.time - timestep * stretch / (stretch - previous)) }
      previous = stretch
    }
    #expect(abs((crossings[8] - crossings[0]) / 8 / period - 1) < 1e-4)
  }
}
