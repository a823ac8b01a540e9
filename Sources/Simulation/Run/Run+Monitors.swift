import Atomistics
import Communication
import Diagnostics
import Dynamics
import Formats
import Numerics

extension Run {
  /// The exit status of a run that a monitor stopped.
  static let stoppedByMonitor: Int32 = 3

  /// Looks at the present state; returns an exit status if a monitor stops the run here. Collective.
  /// - Parameter stepped: whether a step has been made: before the first nothing has drifted.
  func look(_ stage: StageInput, _ process: any StageProcess, _ outputs: RunOutputs, _ log: RunLog, stepped: Bool) throws
    -> Int32?
  {
    let breach = try timer.measure(.output) {
      try outputs.monitors.look(process) { [self] in
        guard stepped, let conserved = process.conservedEnergy else { return nil }
        return (conserved - position.initialEnergy) / Double(system.atomCount)
      }
    }
    guard let breach else { return nil }
    if stepped {
      if !system.forceField.hasEnergies { try system.computeForces(withGrades: system.forceField.hasGrades) }
      try outputs.logRow(sample(stage, process), stepsLeft: process.stepsLeft)
    }
    return try stop(breach, outputs, log)
  }

  /// Remembers the present state as the last good one, if all monitors that could have stopped the run have seen it. Collective.
  /// - Parameter process: nil: before the stage begins.
  func keepIfGood(_ process: (any StageProcess)?, _ outputs: RunOutputs) {
    guard outputs.monitors.vouches(for: system.step) else { return }
    timer.measure(.output) {
      position.process = process?.state ?? []
      let ledger = communicator.isRoot ? outputs.ledger : OutputLedger()
      var state = lastGood?.state ?? StateSnapshot(of: system)
      lastGood = nil
      state.take(system, fields: process?.fields ?? [])
      lastGood = RunSnapshot(
        state: state, position: position, ledger: ledger, analyses: outputs.analyses.snapshot())
    }
  }

  /// Writes the breaking configuration, the last good one and its checkpoint, and says in the log what happened. Collective.
  private func stop(_ breach: Breach, _ outputs: RunOutputs, _ log: RunLog) throws -> Int32 {
    log.write("\nstopped at step \(system.step) by \(breach.sentence)")
    let forceField = system.forceField
    let frame = FrameGatherer(system: system).configuration(
      .init(velocities: true, forces: true, energies: forceField.hasEnergies, grades: forceField.hasGrades, wrapped: true))
    try communicator.onRoot { [directory] in
      guard let frame else { return }
      try writeStructures([frame], to: directory.breaking, options: WriteOptions(format: .extendedXYZ))
      for line in breach.lines(frame) { log.write(line) }
    }
    log.write("the configuration is in breaking.extxyz")
    try returnToLastGood(outputs, log)
    return Self.stoppedByMonitor
  }

  /// Ends a run whose step failed: the last good configuration and its checkpoint are written. Collective.
  func stop(_ failure: Failure, _ outputs: RunOutputs, _ log: RunLog) throws -> Int32 {
    log.write("\nstopped after step \(system.step): \(failure.message)")
    try returnToLastGood(outputs, log)
    return Self.stoppedByMonitor
  }

  private func returnToLastGood(_ outputs: RunOutputs, _ log: RunLog) throws {
    guard let lastGood else {
      log.write("no state was found good by all monitors: go on from an earlier checkpoint by --restart, if there is one")
      return
    }
    let state = lastGood.state, atoms = state.gathered(communicator)
    try communicator.together { try outputs.analyses.restore(lastGood.analyses) }
    let analyses = try outputs.analyses.records()
    try outputs.analyses.writeReports()
    try communicator.onRoot { [directory, system] in
      guard let atoms else { return }
      let frame = configuration(atoms, state)
      try writeStructures([frame], to: directory.lastGood, options: WriteOptions(format: .extendedXYZ))
      var ledger = lastGood.ledger
      ledger.analyses = analyses
      // What was found worth labelling since stays: nothing finds it again once the potential has learned it.
      let kept = outputs.monitors.selectionLengths
      for (index, output) in ledger.outputs.enumerated() {
        ledger.outputs[index].length = kept[output.file] ?? output.length
      }
      try outputs.writeCheckpoint(
        RunCheckpoint(
          step: state.step, time: state.time, position: lastGood.position, cell: state.cell,
          referenceCell: state.referenceCell, kinds: system.kinds, records: atoms.records, cuts: state.cuts,
          fields: atoms.fields, potentials: potentials),
        ledger: ledger)
    }
    log.write(
      "the last good state is that of step \(state.step): last-good.extxyz and a checkpoint, from which --restart goes on, "
        + "also with another potential")
  }

  private func configuration(_ atoms: StateSnapshot.Gathered, _ state: StateSnapshot) -> Configuration {
    let kinds = atoms.records.map { system.kinds[Int($0.kind)] }
    var frame = Configuration(cell: state.cell, elements: kinds.map(\.element), positions: atoms.records.map(\.position))
    if kinds.contains(where: { $0.mass != $0.element.mass }) { frame.masses = kinds.map(\.mass) }
    let ids = atoms.records.map(\.id)
    if ids != (0..<Int64(ids.count)).map({ $0 + 1 }) { frame.ids = ids }
    (frame.velocities, frame.images) = (atoms.records.map(\.velocity), atoms.records.map(\.image))
    if let grade = atoms.configurationGrade { frame.properties = [(key: "grade", value: .real(grade))] }
    if let grades = atoms.grades { frame.columns = [AtomColumn(name: "grades", width: 1, values: .real(grades))] }
    (frame.step, frame.time) = (state.step, state.time)
    return frame
  }
}
