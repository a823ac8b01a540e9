import Atomistics
import Numerics

/// All that tells one stage of molecular dynamics from another.
public struct DynamicsSettings: Sendable {
  public enum Length: Equatable, Sendable {
    case steps(Int)
    /// fs.
    case duration(Double)
    /// Until a condition is met.
    case open
  }

  /// What the log calls it.
  public var name: String
  /// fs; with an adaptive time step the longest.
  public var timestep: Double
  public var length: Length
  public var thermostats: [ThermostatSettings] = []
  public var barostat: BarostatSettings?
  public var mobility = Mobility()
  public var externalForces: [any ExternalForce] = []
  /// Symmetric, 1/fs, relative to the cell at the stage's start: h = h_0 (1 + ε̇ t). The atoms' positions follow it, their
  /// velocities do not.
  public var strainRate = Matrix3.zero
  /// Steps between removals of the centre of mass's motion; 0: never.
  public var driftRemovalInterval = 0
  public var adaptiveTimestep: AdaptiveTimestep?
  public var conditions: [StopCondition] = []

  public init(name: String, timestep: Double, length: Length) {
    self.name = name
    self.timestep = timestep
    self.length = length
  }

  /// A time step that keeps every atom's displacement in a step below a limit.
  public struct AdaptiveTimestep: Equatable, Sendable {
    /// Å.
    public var displacement: Double
    /// fs; never shorter.
    public var smallest: Double

    public init(displacement: Double, smallest: Double) {
      self.displacement = displacement
      self.smallest = smallest
    }
  }

  var needsVirial: Bool {
    barostat != nil || strainRate != .zero || conditions.contains { $0.quantity.needsVirial }
  }

  /// Whether one factor for all atoms, at most, acts on the velocities besides the potentials' forces.
  var conservesMomentum: Bool {
    mobility.isFull && externalForces.isEmpty && thermostats.allSatisfy(\.conservesMomentum)
      && (thermostats.isEmpty || thermostats.count == 1 && thermostats[0].selection == .all)
  }

  /// Thermostats count the centre of mass's motion out where it is conserved: then there must be none.
  var removesDriftAtStart: Bool { driftRemovalInterval > 0 || conservesMomentum && !thermostats.isEmpty }
}
