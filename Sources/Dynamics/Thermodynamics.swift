import Atomistics
import Communication
import Numerics

/// Instantaneous energies and pressure of the whole system.
public struct Thermodynamics: Equatable, Sendable {
  /// eV.
  public var potential: Double
  /// eV.
  public var kinetic: Double
  /// K, from 3N − 3 degrees of freedom (the total momentum is constant).
  public var temperature: Double
  /// bar, positive under compression: (2K + tr W) / 3V; nil unless the cell is periodic in all directions.
  public var pressure: Double?
  /// Å³; nil unless the cell is periodic in all directions.
  public var volume: Double?

  public var total: Double { potential + kinetic }

  /// Collective; sums in rank order.
  /// - Parameter atRest: velocities are a minimizer's and mean nothing.
  public init(of system: SystemState, atRest: Bool = false) {
    let atoms = system.domain.atoms, cell = system.domain.cell
    let masses = system.kinds.map(\.mass)
    var massVelocitySquared = 0.0
    for i in 0..<(atRest ? 0 : atoms.ownedCount) {
      let v = atoms.velocity[i]
      massVelocitySquared += masses[Int(atoms.kind[i])] * (v * v).sum()
    }
    let sums = system.domain.communicator.sum([
      system.forceField.potentialEnergy, 0.5 * massVelocitySquared * Units.energyPerMassVelocitySquared,
      system.forceField.virial.trace,
    ])
    (potential, kinetic) = (sums[0], sums[1])
    temperature = 2 * kinetic / (Double(Self.degreesOfFreedom(system.atomCount)) * Units.boltzmann)
    if cell.isFullyPeriodic {
      volume = cell.volume
      pressure = (2 * kinetic + sums[2]) / (3 * cell.volume) * Units.barPerEVPerCubicAngstrom
    }
  }

  /// One atom alone keeps its three.
  public static func degreesOfFreedom(_ atomCount: Int) -> Int { atomCount > 1 ? 3 * atomCount - 3 : 3 }
}
