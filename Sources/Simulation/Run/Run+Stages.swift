import Atomistics
import Communication
import Diagnostics
import Dynamics
import Numerics

extension Run {
  /// Runs all stages from where the run stands and writes its outputs. Collective.
  /// - Returns: the exit status: 0, 3 where a monitor stopped the run, or 130/143 after a signal.
  public func execute() throws -> Int32 {
    if restart == nil { try communicator.onRoot { try directory.create() } }
    Signals.install()
    let log = try communicator.together { try RunLog(path: directory.log, isRoot: communicator.isRoot) }
    log.write(heading)
    let analyses = try RunAnalyses(
      analyses, directory: directory, source: input.path, system: system, records: restart?.analyses ?? [])
    let outputs = try RunOutputs(
      input.output, computes: computes, analyses: analyses, monitors: monitors, directory: directory, system: system,
      log: log, restart: restart)
    let start = monotonicSeconds(), firstStep = system.step
    timer.reset()
    var status: Int32?
    while status == nil, position.stage < input.stages.count {
      status = try runStage(outputs, log)
    }
    let performance = PerformanceSummary(
      system: system, timer: timer, steps: system.step - firstStep, seconds: monotonicSeconds() - start)
    if status == Self.stoppedByMonitor {
      // An earlier run's end is not this one's.
      try communicator.onRoot { try directory.removeFinal() }
    } else {
      try outputs.writeFinalConfiguration()
    }
    try communicator.onRoot { try performance.write(to: directory.performance) }
    for text in try outputs.analyses.writeReports() { log.write("\n" + text) }
    log.write("\n" + performance.text)
    return status ?? 0
  }

  /// One stage, from its start or from where a checkpoint left it. Returns an exit status if a signal or a monitor ends the run.
  private func runStage(_ outputs: RunOutputs, _ log: RunLog) throws -> Int32? {
    let stage = input.stages[position.stage]
    let process = try input.makeProcess(stage: position.stage, system: system)
    outputs.startMeasuringRate()
    let opening = ["\nstage \(stage.name): \(process.summary)"] + process.warnings.map { "warning: \($0)" }
    log.write((opening + ThermoTable.header).joined(separator: "\n"))
    if position.stepInStage == 0 {
      if let status = try begin(stage, process, outputs, log) { return status }
    } else {
      try restore(process)
    }
    var ending = try process.ending()
    while ending == nil {
      let isQuiet = process.stepLimit.map { position.stepInStage + 1 < $0 } ?? false
      system.forceField.wantsVirials = outputs.needsVirials(at: system.step + 1)
      system.forceField.wantsGrades = outputs.needsGrades(at: system.step + 1)
      let raised: Bool
      do {
        raised = try process.advance(
          flag: Signals.pending != .none, onlyForces: isQuiet && !outputs.needsEnergies(at: system.step + 1))
      } catch let failure as Failure where failure.kind == .runtime && lastGood != nil {
        return try stop(failure, outputs, log)
      }
      position.stepInStage += 1
      ending = try process.ending()
      if let status = try afterStep(stage, process, outputs, log, raised: raised, isLast: ending != nil) { return status }
    }
    log.write("stage \(stage.name): \(ending ?? "")")
    try end(process, outputs)
    return nil
  }

  /// Begins the stage and writes its first line, and the first stage's first samples. Returns an exit status if a monitor
  /// objects to what the run would start from.
  private func begin(
    _ stage: StageInput, _ process: any StageProcess, _ outputs: RunOutputs, _ log: RunLog
  ) throws -> Int32? {
    if position.stage == 0 {
      if let status = try look(stage, process, outputs, log, stepped: false) { return status }
      keepIfGood(nil, outputs)
    }
    try process.begin()
    position.initialEnergy = process.conservedEnergy ?? process.thermodynamics.total
    try outputs.logRow(sample(stage, process), stepsLeft: process.stepsLeft)
    guard position.stage == 0 else { return nil }
    try timer.measure(.output) { try outputs.writeSamples(stage: position.stage, atRest: !process.hasMotion) }
    return nil
  }

  /// Puts the process where the checkpoint left it.
  private func restore(_ process: any StageProcess) throws {
    for (name, field) in process.fields {
      let values = try communicator.onRoot { [restoredFields, input] in
        let values = restoredFields[name] ?? []
        guard values.count == field.width * system.atomCount else {
          throw Failure.input(
            "the checkpoint has no '\(name)' for stage '\(input.stages[position.stage].name)'",
            remedy: "restart with the stages that the run began with")
        }
        return values
      }
      system.domain.scatterFromRoot(values ?? [], width: field.width, to: field.pointer)
    }
    restoredFields = [:]
    guard hasNewPotentials else { return try process.restore(position.process) }
    // A minimizer's memory is of another energy surface, and conserved energies have another zero.
    if process.hasMotion { try process.restore(position.process) } else { try process.begin() }
    position.initialEnergy = process.conservedEnergy ?? process.thermodynamics.total
  }

  /// Outputs that are due, and signals. Returns an exit status if the run shall stop here.
  private func afterStep(
    _ stage: StageInput, _ process: any StageProcess, _ outputs: RunOutputs, _ log: RunLog, raised: Bool, isLast: Bool
  ) throws -> Int32? {
    let endsRun = isLast && position.stage == input.stages.count - 1
    outputs.showProgress(stage: stage.name, process)
    if let status = try look(stage, process, outputs, log, stepped: true) { return status }
    defer { keepIfGood(process, outputs) }
    return try timer.measure(.output) {
      if isLast || outputs.isLogStep(system.step) { try outputs.logRow(sample(stage, process), stepsLeft: process.stepsLeft) }
      try outputs.writeSamples(stage: position.stage, atRest: !process.hasMotion)
      let request = raised ? Signals.Request(rawValue: communicator.max(Signals.pending.rawValue)) ?? .none : .none
      if request != .none || endsRun || outputs.isCheckpointStep(system.step) {
        position.process = process.state
        try writeCheckpoint(process, outputs)
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

  /// Moves on to the next stage.
  ///
  /// The run's last checkpoint stands before this, inside the last stage: given more steps, a restart goes on with it.
  private func end(_ process: any StageProcess, _ outputs: RunOutputs) throws {
    try process.end()
    let tookSteps = position.stepInStage > 0
    position = RunPosition(stage: position.stage + 1)
    if position.stage == input.stages.count, !tookSteps { try writeCheckpoint(nil, outputs) }
  }

  func sample(_ stage: StageInput, _ process: any StageProcess) -> ThermoSample {
    let thermodynamics = process.thermodynamics
    let conserved = process.conservedEnergy
    return ThermoSample(
      stage: stage.name, step: system.step, time: system.time, thermodynamics: thermodynamics,
      conservedEnergy: conserved, cell: system.domain.cell,
      drift: ((conserved ?? thermodynamics.total) - position.initialEnergy) / Double(system.atomCount),
      largestForce: system.largestForce())
  }

  /// Writes a checkpoint of the present state. Collective.
  private func writeCheckpoint(_ process: (any StageProcess)?, _ outputs: RunOutputs) throws {
    let checkpoint = try checkpoint(process), analyses = try outputs.analyses.records()
    try communicator.onRoot {
      guard let checkpoint else { return }
      var ledger = outputs.ledger
      ledger.analyses = analyses
      try outputs.writeCheckpoint(checkpoint, ledger: ledger)
    }
    try outputs.analyses.writeReports()
  }

  /// Everything on root, nil elsewhere. Collective.
  private func checkpoint(_ process: (any StageProcess)?) throws -> RunCheckpoint? {
    let domain = system.domain
    let records = FrameGatherer(system: system).records()
    let fields = (process?.fields ?? []).map { name, field in
      (name: name, values: domain.gatherToRoot(UnsafePointer(field.pointer), width: field.width))
    }
    guard communicator.isRoot else { return nil }
    return RunCheckpoint(
      step: system.step, time: system.time, position: position, cell: domain.cell, referenceCell: domain.referenceCell,
      kinds: system.kinds, records: records, cuts: domain.cuts, fields: fields, potentials: potentials)
  }
}
