import Atomistics
import Communication
import Diagnostics
import Dynamics
import Numerics

extension Run {
  /// Runs all stages from where the run stands and writes its outputs. Collective.
  /// - Returns: the exit status: 0, or 130/143 after a signal.
  public func execute() throws -> Int32 {
    if restart == nil { try communicator.onRoot { try directory.create() } }
    Signals.install()
    let log = try communicator.together { try RunLog(path: directory.log, isRoot: communicator.isRoot) }
    log.write(heading)
    let outputs = try RunOutputs(
      input.output, computes: computes, directory: directory, system: system, log: log, restart: restart)
    let start = monotonicSeconds(), firstStep = system.step
    timer.reset()
    var status: Int32?
    while status == nil, position.stage < input.stages.count {
      status = try runStage(outputs, log)
    }
    let performance = PerformanceSummary(
      system: system, timer: timer, steps: system.step - firstStep, seconds: monotonicSeconds() - start)
    try outputs.writeFinalConfiguration()
    try communicator.onRoot { try performance.write(to: directory.performance) }
    log.write("\n" + performance.text)
    return status ?? 0
  }

  /// One stage, from its start or from where a checkpoint left it. Returns an exit status if a signal ends the run.
  private func runStage(_ outputs: RunOutputs, _ log: RunLog) throws -> Int32? {
    let stage = input.stages[position.stage]
    var process = StageProcess(stage)
    outputs.startMeasuringRate()
    log.write("\nstage \(stage.name): \(process.summary)\n" + ThermoTable.header.joined(separator: "\n"))
    if position.stepInStage == 0 {
      try begin(stage, process, outputs)
    } else {
      process.restore(position.process)
    }
    var ending = process.ending(system, stepInStage: position.stepInStage)
    while ending == nil {
      let isQuiet = position.stepInStage + 1 < process.stepLimit && !outputs.needsEnergies(at: system.step + 1)
      system.forceField.wantsVirials = outputs.needsVirials(at: system.step + 1)
      let raised = try process.advance(system, flag: Signals.pending != .none, onlyForces: isQuiet)
      position.stepInStage += 1
      ending = process.ending(system, stepInStage: position.stepInStage)
      if let status = try afterStep(stage, process, outputs, log, raised: raised, isLast: ending != nil) { return status }
    }
    log.write("stage \(stage.name): \(ending ?? "")")
    try end(process, outputs)
    return nil
  }

  /// Puts velocities aside for a minimizer and writes the stage's first line, and the first stage's first samples.
  private func begin(_ stage: StageInput, _ process: StageProcess, _ outputs: RunOutputs) throws {
    if process.borrowsVelocities {
      let velocities = FrameGatherer(system: system).vectors(system.domain.atoms.velocity)
      parkedVelocities = communicator.isRoot ? velocities : nil
      system.domain.atoms.velocity.update(repeating: .zero, count: system.domain.atoms.ownedCount)
    }
    position.initialEnergy = Thermodynamics(of: system, atRest: process.borrowsVelocities).total
    try outputs.logRow(sample(stage, process), stepsLeft: process.stepLimit)
    guard position.stage == 0 else { return }
    try timer.measure(.output) { try outputs.writeSamples(atRest: process.borrowsVelocities) }
  }

  /// Outputs that are due, and signals. Returns an exit status if the run shall stop here.
  private func afterStep(
    _ stage: StageInput, _ process: StageProcess, _ outputs: RunOutputs, _ log: RunLog, raised: Bool, isLast: Bool
  ) throws -> Int32? {
    let stepsLeft = process.stepLimit - position.stepInStage
    let endsRun = isLast && position.stage == input.stages.count - 1
    outputs.showProgress(stage: stage.name, stepInStage: position.stepInStage, stepLimit: process.stepLimit)
    return try timer.measure(.output) {
      if isLast || outputs.isLogStep(system.step) { try outputs.logRow(sample(stage, process), stepsLeft: stepsLeft) }
      try outputs.writeSamples(atRest: process.borrowsVelocities)
      let request = raised ? Signals.Request(rawValue: communicator.max(Signals.pending.rawValue)) ?? .none : .none
      if request != .none || endsRun || outputs.isCheckpointStep(system.step) {
        position.process = process.state
        try outputs.writeCheckpoint(checkpoint())
      }
      switch request {
      case .none: return nil
      case .checkpoint:
        Signals.clearCheckpoint()
        log.write("checkpoint written at step \(system.step) as a signal asked")
        return nil
      case .interrupt, .terminate:
        log.write("stopped by a signal at step \(system.step), checkpoint written; go on with --restart")
        return request.exitStatus
      }
    }
  }

  /// Gives velocities back and moves on to the next stage.
  ///
  /// The run's last checkpoint stands before this, inside the last stage: given more steps, a restart goes on with it.
  private func end(_ process: StageProcess, _ outputs: RunOutputs) throws {
    if process.borrowsVelocities {
      try restoreVelocities()
      parkedVelocities = nil
    }
    let tookSteps = position.stepInStage > 0
    position = RunPosition(stage: position.stage + 1)
    if position.stage == input.stages.count, !tookSteps { try outputs.writeCheckpoint(checkpoint()) }
  }

  private func sample(_ stage: StageInput, _ process: StageProcess) -> ThermoSample {
    let thermodynamics = Thermodynamics(of: system, atRest: process.borrowsVelocities)
    return ThermoSample(
      stage: stage.name, step: system.step, time: system.time, temperature: thermodynamics.temperature,
      potentialEnergy: thermodynamics.potential, kineticEnergy: thermodynamics.kinetic,
      pressure: thermodynamics.pressure, volume: thermodynamics.volume,
      drift: (thermodynamics.total - position.initialEnergy) / Double(system.atomCount),
      largestForce: FIRE.largestForce(system))
  }

  /// Everything on root, nil elsewhere. Collective.
  private func checkpoint() throws -> RunCheckpoint? {
    let records = FrameGatherer(system: system).records()
    guard communicator.isRoot else { return nil }
    return RunCheckpoint(
      step: system.step, time: system.time, position: position, cell: system.domain.cell,
      referenceCell: system.domain.referenceCell, kinds: system.kinds, records: records, cuts: system.domain.cuts,
      parkedVelocities: parkedVelocities)
  }

  /// Root's parked velocities go back to the atoms, wherever they have moved. Collective.
  private func restoreVelocities() throws {
    let ids = communicator.broadcast(system.domain.gatherIdsToRoot())
    let velocities = communicator.broadcast(parkedVelocities ?? [])
    let atoms = system.domain.atoms
    for i in 0..<atoms.ownedCount {
      // Ids ascend: those without gaps say their place at once.
      let guess = Int(atoms.id[i] - ids[0])
      let place = guess < ids.count && ids[guess] == atoms.id[i] ? guess : ids.partitioningIndex { $0 >= atoms.id[i] }
      atoms.velocity[i] = SIMD4(velocities[place], 0)
    }
  }
}

extension Array {
  /// The first index at which `predicate` holds, which it does from there on.
  fileprivate func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
    var low = 0, high = count
    while low < high {
      let middle = (low + high) / 2
      if predicate(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
