import Atomistics
import Communication
import Numerics

/// Minimizer: the fast inertial relaxation engine, with unit masses and a limit on each atom's displacement.
///
/// E. Bitzek et al., Phys. Rev. Lett. 97, 170201 (2006), doi:10.1103/PhysRevLett.97.170201; half-step correction and delayed
/// start of J. Guénolé et al., Comput. Mater. Sci. 175, 109584 (2020), doi:10.1016/j.commatsci.2020.109584.
/// Velocities of the atoms are the minimizer's own while it runs (Å per unit of fictitious time).
public struct FIRE {
  /// What a checkpoint must keep of it.
  public struct State: Equatable, Sendable {
    public var timestep: Double
    public var mixing: Double
    public var stepsDownhill: Int

    public init(timestep: Double, mixing: Double, stepsDownhill: Int) {
      self.timestep = timestep
      self.mixing = mixing
      self.stepsDownhill = stepsDownhill
    }
  }

  /// Å.
  public var maximumDisplacement: Double
  public var state: State

  // The authors' constants.
  private static let initialMixing = 0.25
  private static let mixingShrink = 0.99
  private static let timestepGrowth = 1.1
  private static let timestepShrink = 0.5
  private static let delay = 5
  // With unit masses the fictitious time is in sqrt(Å²/eV): 0.1 resolves force constants of tens of eV/Å².
  private static let initialTimestep = 0.05
  private static let timestepRange = 0.001...0.5

  public init(maximumDisplacement: Double = 0.1) {
    self.maximumDisplacement = maximumDisplacement
    state = State(timestep: Self.initialTimestep, mixing: Self.initialMixing, stepsDownhill: 0)
  }

  /// One step; forces must be those of the positions on entry. Returns whether any rank raised `flag`.
  public mutating func advance(_ system: SystemState, flag: Bool) throws -> Bool {
    let atoms = system.domain.atoms
    let global = system.domain.communicator.sum(Self.products(atoms))
    let (power, velocityNorm, forceNorm) = (global[0], global[1].squareRoot(), global[2].squareRoot())
    if power > 0 || state.stepsDownhill == 0 && velocityNorm == 0 {
      state.stepsDownhill += 1
      if state.stepsDownhill > Self.delay {
        state.timestep = min(state.timestep * Self.timestepGrowth, Self.timestepRange.upperBound)
        state.mixing *= Self.mixingShrink
      }
    } else {
      state.stepsDownhill = 0
      state.timestep = max(state.timestep * Self.timestepShrink, Self.timestepRange.lowerBound)
      state.mixing = Self.initialMixing
      goBackHalfAStep(atoms)
    }
    let turn = forceNorm > 0 ? state.mixing * velocityNorm / forceNorm : 0
    move(atoms, turn: turn, communicator: system.domain.communicator)
    let raised = try system.followPositions(flag: flag)
    try system.forceField.compute()
    system.step += 1
    return raised
  }

  /// F·v, v·v and F·F of the owned atoms.
  private static func products(_ atoms: AtomStore) -> [Double] {
    var power = 0.0, velocity = 0.0, force = 0.0
    for i in 0..<atoms.ownedCount {
      let v = atoms.velocity[i], f = atoms.force[i]
      power += (f * v).sum()
      velocity += (v * v).sum()
      force += (f * f).sum()
    }
    return [power, velocity, force]
  }

  /// Uphill: undo half of the last step and stop.
  private func goBackHalfAStep(_ atoms: AtomStore) {
    for i in 0..<atoms.ownedCount {
      atoms.position[i] -= 0.5 * state.timestep * atoms.velocity[i]
      atoms.velocity[i] = .zero
    }
  }

  /// Turns the velocities towards the forces, kicks and drifts; all atoms are held back alike if one would move too far.
  private func move(_ atoms: AtomStore, turn: Double, communicator: Communicator) {
    var fastest = 0.0
    for i in 0..<atoms.ownedCount {
      let f = atoms.force[i]
      let v = (1 - state.mixing) * (atoms.velocity[i] + state.timestep * f) + turn * f
      atoms.velocity[i] = v
      fastest = max(fastest, (v * v).sum())
    }
    let reach = communicator.max(fastest).squareRoot() * state.timestep
    let scale = reach > maximumDisplacement ? maximumDisplacement / reach : 1
    for i in 0..<atoms.ownedCount {
      atoms.velocity[i] *= scale
      atoms.position[i] += state.timestep * atoms.velocity[i]
    }
  }

  /// The largest force on any atom, eV/Å. Collective.
  public static func largestForce(_ system: SystemState) -> Double {
    let atoms = system.domain.atoms
    var largest = 0.0
    for i in 0..<atoms.ownedCount {
      let f = atoms.force[i]
      largest = max(largest, (f * f).sum())
    }
    return system.domain.communicator.max(largest).squareRoot()
  }
}
