import Atomistics

/// A thermostat that multiplies all velocities of its atoms by one factor: Nosé–Hoover chains, stochastic velocity
/// rescaling, Berendsen. It knows of its atoms only their kinetic energy, which is the same number on every rank.
public protocol ScalingThermostat {
  /// K → factor. Acts for `half.duration` fs; an integrator calls it before and after the rest of each step.
  mutating func factor(kinetic: Double, temperature: Double, half: HalfStep) -> Double
  /// What the thermostat has taken from its atoms, eV: with the atoms' energy, conserved at constant T.
  var energy: Double { get }
  var state: [Double] { get set }
}

/// Which half of which step: the key of a thermostat's random numbers.
public struct HalfStep: Sendable {
  /// fs.
  public var duration: Double
  /// Steps since the run began.
  public var step: Int
  public var isSecond: Bool

  public init(duration: Double, step: Int, isSecond: Bool) {
    self.duration = duration
    self.step = step
    self.isSecond = isSecond
  }

  /// Two numbers a step.
  var counter: UInt64 { UInt64(2 * step + (isSecond ? 1 : 0)) }
}

/// How a thermostat works, with its parameters; `MolecularDynamics` makes the thermostat.
public struct ThermostatSettings: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    /// Chain length.
    case noseHoover(chain: Int)
    /// BAOAB with the friction 1/time.
    case langevin(seed: UInt32)
    /// Bussi, Donadio and Parrinello's.
    case stochasticRescaling(seed: UInt32)
    case berendsen
  }

  public var kind: Kind
  /// Relaxation time, fs.
  public var time: Double
  /// K, over the stage.
  public var temperature: Ramp
  /// Which atoms.
  public var selection: GroupSelection

  public init(kind: Kind, time: Double, temperature: Ramp, selection: GroupSelection = .all) {
    self.kind = kind
    self.time = time
    self.temperature = temperature
    self.selection = selection
  }

  /// Whether momentum is conserved, up to the sum over the atoms that it acts on.
  var conservesMomentum: Bool {
    if case .langevin = kind { false } else { true }
  }

  /// - Parameter place: its place among the stage's thermostats, so that two never share random numbers.
  func makeScaling(degreesOfFreedom: Double, place: Int) -> (any ScalingThermostat)? {
    switch kind {
    case .noseHoover(let chain):
      NoseHooverThermostat(
        chain: NoseHooverChain(
          degreesOfFreedom: degreesOfFreedom, temperature: temperature.mean, time: time, length: chain))
    case .stochasticRescaling(let seed):
      StochasticVelocityRescaling(degreesOfFreedom: degreesOfFreedom, time: time, seed: seed, place: place)
    case .berendsen: BerendsenThermostat(degreesOfFreedom: degreesOfFreedom, time: time)
    case .langevin: nil
    }
  }
}

/// A Nosé–Hoover chain as a thermostat of atoms.
struct NoseHooverThermostat: ScalingThermostat {
  var chain: NoseHooverChain

  mutating func factor(kinetic: Double, temperature: Double, half: HalfStep) -> Double {
    chain.propagate(kinetic: kinetic, temperature: temperature, duration: half.duration)
  }

  var energy: Double { chain.energy }
  var state: [Double] {
    get { chain.state }
    set { chain.state = newValue }
  }
}
