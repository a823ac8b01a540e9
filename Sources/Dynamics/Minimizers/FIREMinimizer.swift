import Communication
import Decomposition
import Diagnostics
import Numerics

/// The fast inertial relaxation engine, over positions and cell, with unit masses and a limit on each step.
///
///     v ← (1 − α) (v + Δt F) + α |v| F/|F|,   x ← x + Δt v;   where F·v <= 0:   x ← x − ½ Δt v,   v ← 0
///
/// E. Bitzek et al., Phys. Rev. Lett. 97, 170201 (2006), doi:10.1103/PhysRevLett.97.170201; half-step correction and delayed
/// start of J. Guénolé et al., Comput. Mater. Sci. 175, 109584 (2020), doi:10.1016/j.commatsci.2020.109584. The strain moves
/// with the mass N r_nn² (N atoms, nearest neighbors at r_nn), with which it is about as stiff as an atom in its cage. The
/// minimizer's velocities (Å, and strain, per unit of fictitious time) are its own; those of the atoms stay as they are.
public final class FIREMinimizer: StageProcess {
  private let surface: EnthalpySurface
  private let velocity: RelaxationVector
  private var timestep = initialTimestep
  private var mixing = initialMixing
  private var stepsDownhill = 0
  /// r_nn at the start, Å.
  private var neighborDistance = 0.0
  public private(set) var stepsDone = 0

  // The authors' constants.
  private static let initialMixing = 0.25
  private static let mixingShrink = 0.99
  private static let timestepGrowth = 1.1
  private static let timestepShrink = 0.5
  private static let delay = 5
  // With unit masses the fictitious time is in sqrt(Å²/eV): 0.1 resolves force constants of tens of eV/Å².
  private static let initialTimestep = 0.05
  private static let timestepRange = 0.001...0.5

  /// - Throws: `Failure.input` where the cell shall relax but cannot.
  public init(_ system: SystemState, options: MinimizerOptions) throws {
    surface = try EnthalpySurface(system, options)
    velocity = RelaxationVector(system.domain)
  }

  public var summary: String { "minimize (FIRE) \(surface.options.goal)" }
  public var stepLimit: Int? { surface.options.maximumSteps }
  public var progress: Double { Double(stepsDone) / Double(surface.options.maximumSteps) }
  public var needsVirial: Bool { surface.options.cell != .fixed }
  public var thermodynamics: Thermodynamics { Thermodynamics(of: surface.system, atRest: true) }
  public var conservedEnergy: Double? { nil }
  /// Evaluations of the forces since the stage began.
  public var evaluations: Int { surface.evaluations }

  public func begin() throws {
    neighborDistance = surface.domain.meanNearestDistance()
    surface.refresh()
  }

  public func ending() throws -> String? { surface.ending(steps: stepsDone) }

  public func end() throws {
    velocity.remove()
    surface.remove()
  }

  public func advance(flag: Bool, onlyForces: Bool) throws -> Bool {
    surface.refresh()
    let (power, speed, force) = products()
    if power > 0 || stepsDownhill == 0 && speed == 0 {
      stepsDownhill += 1
      if stepsDownhill > Self.delay {
        timestep = min(timestep * Self.timestepGrowth, Self.timestepRange.upperBound)
        mixing *= Self.mixingShrink
      }
    } else {
      stepsDownhill = 0
      timestep = max(timestep * Self.timestepShrink, Self.timestepRange.lowerBound)
      mixing = Self.initialMixing
      surface.move(along: velocity, from: 0, to: -0.5 * timestep, cell: surface.domain.cell)
      velocity.clear()
    }
    let turn = force > 0 ? mixing * speed / force : 0
    velocity.combine(
      -((1 - mixing) * timestep + turn), surface.gradient, 1 - mixing, strainScale: 1 / strainMass)
    holdBack()
    surface.move(along: velocity, from: 0, to: timestep, cell: surface.domain.cell)
    let raised = try surface.evaluate(flag: flag, onlyForces: onlyForces && !needsVirial)
    stepsDone += 1
    surface.system.step += 1
    return raised
  }

  /// N r_nn², Å².
  private var strainMass: Double { Double(surface.system.atomCount) * neighborDistance * neighborDistance }

  /// F·v, |v| and |F|, over atoms and strain.
  private func products() -> (power: Double, speed: Double, force: Double) {
    let g = surface.gradient, v = velocity
    let sums = surface.communicator.sum([g.dotOfAtoms(v), v.dotOfAtoms(v), g.dotOfAtoms(g)])
    let power = -sums[0] - g.strain.contracted(v.strain)
    let speed = sums[1] + strainMass * v.strain.contracted(v.strain)
    let force = sums[2] + g.strain.contracted(g.strain) / strainMass
    return (power, speed.squareRoot(), force.squareRoot())
  }

  /// Slows everything down alike if an atom or the cell would move too far.
  private func holdBack() {
    let reach = timestep * max(velocity.longest, neighborDistance * velocity.strain.length)
    let limit = surface.options.maximumDisplacement
    if reach > limit { velocity.assign(limit / reach, velocity) }
  }

  // MARK: Restart

  public var state: [Double] {
    [Double(stepsDone), Double(surface.evaluations), timestep, mixing, Double(stepsDownhill), neighborDistance]
      + velocity.strain.elements
  }

  public func restore(_ state: [Double]) throws {
    guard state.count == 15 else {
      throw Failure.input(
        "the checkpoint's minimization is not FIRE's", remedy: "restart with the stages that the run began with")
    }
    stepsDone = Int(state[0])
    surface.restore(evaluations: Int(state[1]))
    (timestep, mixing, stepsDownhill, neighborDistance) = (state[2], state[3], Int(state[4]), state[5])
    velocity.strain = Matrix3(elements: Array(state[6...]))
  }

  public var fields: [(name: String, field: AtomField)] { [("FIRE velocities", velocity.atoms)] }
}
