import Atomistics
import Dynamics

/// A stage while it runs: its integrator or minimiser, and when it is done.
enum StageProcess {
  case md(VelocityVerlet, steps: Int)
  case minimize(FIRE, forceTolerance: Double, maximumSteps: Int)

  init(_ stage: StageInput) {
    switch stage.kind {
    case .md(let md):
      self = .md(VelocityVerlet(timestep: md.timestep), steps: md.steps)
    case .minimize(let minimize):
      self = .minimize(
        FIRE(maximumDisplacement: minimize.maximumDisplacement), forceTolerance: minimize.forceTolerance,
        maximumSteps: minimize.maximumSteps)
    }
  }

  /// The number of steps after which the stage ends at the latest.
  var stepLimit: Int {
    switch self {
    case .md(_, let steps): steps
    case .minimize(_, _, let maximumSteps): maximumSteps
    }
  }

  /// Why the stage ends here, or nil while it goes on. Collective.
  func ending(_ system: SystemState, stepInStage: Int) -> String? {
    switch self {
    case .md(_, let steps):
      return stepInStage >= steps ? "all \(steps) steps done" : nil
    case .minimize(_, let tolerance, let maximumSteps):
      let force = FIRE.largestForce(system)
      if force <= tolerance { return "largest force \(decimal(force, 5)) eV/Å is below the tolerance of \(tolerance) eV/Å" }
      guard stepInStage >= maximumSteps else { return nil }
      return "step limit \(maximumSteps) reached with a largest force of \(decimal(force, 5)) eV/Å: NOT converged to \(tolerance) eV/Å"
    }
  }

  /// One step. Returns whether any rank raised `flag`. Collective.
  mutating func advance(_ system: SystemState, flag: Bool) throws -> Bool {
    switch self {
    case .md(let integrator, _):
      return try integrator.advance(system, flag: flag)
    case .minimize(var minimizer, let tolerance, let maximumSteps):
      let raised = try minimizer.advance(system, flag: flag)
      self = .minimize(minimizer, forceTolerance: tolerance, maximumSteps: maximumSteps)
      return raised
    }
  }

  /// What a checkpoint keeps of the integrator.
  var state: [Double] {
    switch self {
    case .md: []
    case .minimize(let fire, _, _): [fire.state.timestep, fire.state.mixing, Double(fire.state.stepsDownhill)]
    }
  }

  mutating func restore(_ state: [Double]) {
    guard case .minimize(var fire, let tolerance, let maximumSteps) = self, state.count == 3 else { return }
    fire.state = FIRE.State(timestep: state[0], mixing: state[1], stepsDownhill: Int(state[2]))
    self = .minimize(fire, forceTolerance: tolerance, maximumSteps: maximumSteps)
  }
}
