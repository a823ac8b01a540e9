import Atomistics
import Communication
import Numerics

/// Instantaneous energies and stress of the whole system.
public struct Thermodynamics: Equatable, Sendable {
  /// eV; the potentials' alone.
  public var potential: Double
  /// eV; of all atoms.
  public var kinetic: Double
  /// K; of the components that move freely.
  public var temperature: Double
  /// Bar, positive under compression: (Σ m v ⊗ v + W)/V; nil unless the cell is periodic in all directions.
  public var stress: Matrix3?
  /// Å³; nil unless the cell is periodic in all directions.
  public var volume: Double?
  /// amu.
  public var mass: Double

  public var total: Double { potential + kinetic }
  /// Bar, positive under compression: (2K + tr W)/3V.
  public var pressure: Double? { stress.map { $0.trace / 3 } }
  /// g/cm³.
  public var density: Double? { volume.map { mass / $0 * Units.gramsPerCubicCentimeter } }

  /// Which motion is thermal.
  public struct Motion: Sendable {
    public var degreesOfFreedom: Double
    public var mobility: Mobility

    public init(degreesOfFreedom: Double, mobility: Mobility = Mobility()) {
      self.degreesOfFreedom = degreesOfFreedom
      self.mobility = mobility
    }
  }

  public init(
    potential: Double, kinetic: Double, temperature: Double, stress: Matrix3?, volume: Double?, mass: Double
  ) {
    self.potential = potential
    self.kinetic = kinetic
    self.temperature = temperature
    self.stress = stress
    self.volume = volume
    self.mass = mass
  }

  /// Collective; sums in rank order.
  /// - Parameters:
  ///   - motion: nil: all atoms, 3N − 3 degrees of freedom.
  ///   - atRest: velocities mean nothing now: a minimizer is at work.
  public init(of system: SystemState, motion: Motion? = nil, atRest: Bool = false) {
    let domain = system.domain, masses = system.masses
    let whole = AtomUpdates(atoms: domain.atoms, masses: masses, mobility: Mobility())
    let flux = atRest ? Matrix3.zero : whole.momentumFlux([.all])[0]
    var thermal = flux.trace
    if let motion, !motion.mobility.isFull, !atRest {
      thermal = AtomUpdates(atoms: domain.atoms, masses: masses, mobility: motion.mobility).momentumFlux([.all])[0].trace
    }
    let sums = domain.communicator.sum(
      [system.forceField.potentialEnergy, thermal, flux.trace] + (flux + system.forceField.virial).elements)
    potential = sums[0]
    mass = system.totalMass
    kinetic = 0.5 * sums[2]
    let degreesOfFreedom = motion?.degreesOfFreedom ?? Double(Self.degreesOfFreedom(system.atomCount))
    temperature = degreesOfFreedom > 0 ? sums[1] / (degreesOfFreedom * Units.boltzmann) : 0
    if domain.cell.isFullyPeriodic {
      let volume = domain.cell.volume
      self.volume = volume
      stress = Units.barPerEVPerCubicAngstrom / volume * Matrix3(elements: Array(sums[3..<12]))
    }
  }

  /// One atom alone keeps its three.
  public static func degreesOfFreedom(_ atomCount: Int) -> Int { atomCount > 1 ? 3 * atomCount - 3 : 3 }
}
