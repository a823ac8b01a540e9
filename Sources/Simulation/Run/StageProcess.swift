import Dynamics

/// A stage while it runs: its integrator or minimizer, and when it is done.
enum StageProcess {
  case dynamics(VelocityVerlet, steps: Int)
  case minimize(FIRE, forceTolerance: Double, maximumSteps: Int)

  init(_ stage: StageInput) {
    switch stage.kind {
    case .dynamics(let md):
      self = .dynamics(VelocityVerlet(timestep: md.timestep), steps: md.stepCount ?? DynamicsInput.mostSteps)
    case .minimize(let table):
      self = .minimize(
        FIRE(maximumDisplacement: table.maximumDisplacement), forceTolerance: table.forceTolerance,
        maximumSteps: table.maximumSteps)
    }
  }

  /// After how many steps the stage ends at the latest.
  var stepLimit: Int {
    switch self {
    case .dynamics(_, let steps): steps
    case .minimize(_, _, let maximumSteps): maximumSteps
    }
  }

  /// Whether the atoms' velocities are the minimizer's own.
  var borrowsVelocities: Bool {
    if case .minimize = self { true } else { false }
  }

  /// Why the stage ends here, or nil while it goes on. Collective.
  func ending(_ system: SystemState, stepInStage: Int) -> String? {
    switch self {
    case .dynamics(_, let steps):
      return stepInStage >= steps ? "all \(steps) steps done" : nil
    case .minimize(_, let tolerance, let maximumSteps):
      let force = FIRE.largestForce(system)
      if force <= tolerance { return "converged: largest force \(decimal(force, 5)) eV/Å, tolerance \(tolerance)" }
      guard stepInStage >= maximumSteps else { return nil }
      return "NOT converged after \(maximumSteps) steps: largest force \(decimal(force, 5)) eV/Å, tolerance \(tolerance)"
    }
  }

  /// One step. Returns whether any rank raised `flag`. Collective.
  /// - Parameter onlyForces: nobody will ask for energies and virial after this step.
  mutating func advance(_ system: SystemState, flag: Bool, onlyForces: Bool) throws -> Bool {
    switch self {
    case .dynamics(let integrator, _):
      return try integrator.advance(system, flag: flag, onlyForces: onlyForces)
    case .minimize(var minimizer, let tolerance, let maximumSteps):
      let raised = try minimizer.advance(system, flag: flag)
      self = .minimize(minimizer, forceTolerance: tolerance, maximumSteps: maximumSteps)
      return raised
    }
  }

  /// What a checkpoint keeps of it; `restore` takes it back.
  var state: [Double] {
    switch self {
    case .dynamics: []
    case .minimize(let fire, _, _): [fire.state.timestep, fire.state.mixing, Double(fire.state.stepsDownhill)]
    }
  }

  mutating func restore(_ state: [Double]) {
    guard case .minimize(var fire, let tolerance, let maximumSteps) = self, state.count == 3 else { return }
    fire.state = FIRE.State(timestep: state[0], mixing: state[1], stepsDownhill: Int(state[2]))
    self = .minimize(fire, forceTolerance: tolerance, maximumSteps: maximumSteps)
  }
}
