import Atomistics
import Communication
import Decomposition
import Diagnostics
import Numerics

/// L-BFGS over positions and cell, with an exponential preconditioner; each step lowers the enthalpy.
///
///     x ← x + α d,   d = −B g
///
/// g is the gradient, B the inverse Hessian of `LBFGSHistory`, made from the last steps and P⁻¹ of
/// `ExponentialPreconditioner`; before each step P is scaled to the newest curvature, y·P⁻¹y = y·s. D. Packwood, J. Kermode
/// et al., J. Chem. Phys. 144, 164109 (2016), doi:10.1063/1.4947024; the scaling as in J. Nocedal, S. J. Wright, Numerical
/// Optimization (2006), eq. 7.20. α is 1 where that is neither too far nor too high (see LineSearch.swift). Where the
/// curvature along a step is negative the history is forgotten. A step costs one evaluation of the forces, rarely more.
/// The atoms' velocities stay as they are.
public final class LBFGSMinimizer: StageProcess {
  let surface: EnthalpySurface
  private let preconditioner: ExponentialPreconditioner
  private let history: LBFGSHistory
  let direction: RelaxationVector
  private let previousGradient: RelaxationVector
  /// Nothing lower was found along the preconditioned gradient.
  private var impasse: Impasse?
  /// Steps in a row that changed the enthalpy within rounding and brought the forces no lower.
  private var stalledSteps = 0
  /// eV/Å; where `stalledSteps` began to count.
  private var lowestForce = Double.infinity
  public private(set) var stepsDone = 0

  private static let stallLimit = 20
  /// What a line search can see is at least so many times the rounding.
  private static let trustedMultiple = 1e4

  /// - Throws: `Failure.input` where the cell shall relax but cannot.
  public init(_ system: SystemState, options: MinimizerOptions) throws {
    surface = try EnthalpySurface(system, options)
    preconditioner = ExponentialPreconditioner(system, frozen: options.frozen)
    history = LBFGSHistory(system.domain)
    direction = RelaxationVector(system.domain)
    previousGradient = RelaxationVector(system.domain)
  }

  public var summary: String { "minimize (L-BFGS, exponential preconditioner) \(surface.options.goal)" }
  public var stepLimit: Int? { surface.options.maximumSteps }
  public var progress: Double { Double(stepsDone) / Double(surface.options.maximumSteps) }
  public var needsVirial: Bool { true }
  public var thermodynamics: Thermodynamics { Thermodynamics(of: surface.system, atRest: true) }
  public var conservedEnergy: Double? { nil }
  /// Evaluations of the forces since the stage began.
  public var evaluations: Int { surface.evaluations }

  public func ending() throws -> String? { surface.ending(steps: stepsDone, impasse: impasse) }

  public func end() throws {
    history.remove()
    direction.remove()
    previousGradient.remove()
    surface.remove()
  }

  /// r_nn at the start, Å.
  var neighborDistance: Double { preconditioner.neighborDistance }

  // MARK: Stepping

  public func advance(flag: Bool, onlyForces: Bool) throws -> Bool {
    surface.refresh()
    let enthalpy = surface.enthalpy
    previousGradient.assign(1, surface.gradient)
    var raised = false, length: Double?, slope = 0.0
    repeat {
      slope = findDirection()
      (length, raised) = try search(slope: slope, flag: flag || raised)
      if length != nil || history.isEmpty { break }
      history.clear()
    } while true
    if let length {
      learn(length)
      noteProgress(enthalpy)
    } else {
      impasse = -slope > Self.trustedMultiple * surface.enthalpyNoise ? .contradiction : .rounding
    }
    stepsDone += 1
    surface.system.step += 1
    return raised
  }

  /// Sets `direction`; returns the slope of the enthalpy along it, which is negative.
  private func findDirection() -> Double {
    preconditioner.build()
    if !history.isEmpty {
      preconditioner.scale(by: history.stiffnessRatio(direction, preconditioner.solve))
    }
    var slope = 0.0
    repeat {
      direction.assign(-1, previousGradient)
      history.apply(to: direction, preconditioner.solve)
      slope = direction.dot(previousGradient)
      if slope < 0 || history.isEmpty { return slope }
      history.clear()
    } while true
  }

  /// Keeps what a step of `length` times the direction tells of the Hessian.
  private func learn(_ length: Double) {
    if direction.strain != .zero {
      // The pair belongs to the coordinates after the step, in which the next one begins.
      let strain = length * direction.strain
      direction.transformAtoms(by: strain.symmetricExponential)
      previousGradient.transformAtoms(by: (-1 * strain).symmetricExponential)
    }
    let wasEmpty = history.isEmpty
    if history.add(step: direction, times: length, from: previousGradient, to: surface.gradient) { return }
    history.clear()
    // Down a preconditioned gradient into a region without a minimum: perhaps the steps are too short to leave it.
    if wasEmpty { preconditioner.scale(by: 0.25) }
  }

  private func noteProgress(_ previous: Double) {
    if surface.largestForce < lowestForce || abs(surface.enthalpy - previous) > surface.enthalpyNoise {
      stalledSteps = 0
      lowestForce = surface.largestForce
    } else {
      stalledSteps += 1
      if stalledSteps >= Self.stallLimit { impasse = .rounding }
    }
  }

  // MARK: Start

  public func begin() throws {
    preconditioner.neighborDistance = surface.domain.meanNearestDistance()
    surface.refresh()
    guard surface.enthalpy.isFinite, surface.largestForce.isFinite else {
      throw Failure.runtime(
        "the energy or a force is not finite where the minimization begins",
        remedy: "see whether atoms lie on top of each other")
    }
    try estimateStiffness()
  }

  /// μ and μ_c from the change of the gradient over a small wave and a small strain: two evaluations of the forces.
  private func estimateStiffness() throws {
    preconditioner.build()
    setTestDisplacement()
    let cell = surface.domain.cell, form = preconditioner.quadraticForm(direction)
    let strainForm = preconditioner.strainScale * direction.strain.contracted(direction.strain)
    previousGradient.assign(1, surface.gradient)
    surface.move(along: direction, from: 0, to: 1, cell: cell)
    _ = try surface.evaluate(flag: false)
    previousGradient.combine(1, surface.gradient, -1)
    let change = surface.communicator.sum(previousGradient.dotOfAtoms(direction))
    let strainChange = previousGradient.strain.contracted(direction.strain)
    surface.move(along: direction, from: 1, to: 0, cell: cell)
    _ = try surface.evaluate(flag: false)
    preconditioner.setStiffness(atoms: change / form, strain: strainChange / strainForm)
  }

  /// Waves along the three directions with wavelengths of about eight neighbors, and a uniform strain: long enough to be
  /// elastic, short enough that the stabilization of the preconditioner does not count.
  private func setTestDisplacement() {
    let domain = surface.domain, distance = preconditioner.neighborDistance
    let amplitude = min(0.01 * distance, surface.options.maximumDisplacement)
    let wave = PlaneWaves(domain.cell, wavelength: 8 * distance)
    let u = direction.pointer
    for i in 0..<domain.atoms.ownedCount {
      let v = surface.isFrozen(i) ? .zero : amplitude * wave.displacement(at: domain.atoms.position[i])
      (u[3 * i], u[3 * i + 1], u[3 * i + 2]) = (v.x, v.y, v.z)
    }
    direction.strain = 1e-3 * surface.uniformStrain
  }

  // MARK: Restart

  private static let ownStateCount = 8

  public var state: [Double] {
    [
      Double(stepsDone), Double(surface.evaluations), Double(impasse?.rawValue ?? 0), Double(stalledSteps), lowestForce,
      preconditioner.stiffness, preconditioner.strainStiffness, preconditioner.neighborDistance,
    ] + history.state
  }

  public func restore(_ state: [Double]) throws {
    guard state.count == Self.ownStateCount + LBFGSHistory.stateCount else {
      throw Failure.input(
        "the checkpoint's minimization is not L-BFGS's", remedy: "restart with the stages that the run began with")
    }
    stepsDone = Int(state[0])
    surface.restore(evaluations: Int(state[1]))
    (impasse, stalledSteps, lowestForce) = (Impasse(rawValue: Int(state[2])), Int(state[3]), state[4])
    preconditioner.restore(stiffness: state[5], strainStiffness: state[6], neighborDistance: state[7])
    history.restore(state[Self.ownStateCount...])
  }

  public var fields: [(name: String, field: AtomField)] { history.fields }
}
