import Atomistics
import Diagnostics
import Dynamics

/// What watches a run: looks at the state after each step and says whether it must stop. The same on every rank.
final class RunMonitors {
  /// In the order of the input.
  let extrapolation: [ExtrapolationWatch]
  private let plan: MonitorPlan
  private let system: SystemState
  private let log: RunLog
  private let bounds: [BoundMonitor]
  /// Whether the last look of each of `bounds` was a reason to warn.
  private var hasWarned: [Bool]

  /// Collective.
  init(_ plan: MonitorPlan, directory: String, system: SystemState, log: RunLog, restart: RestartFacts?) throws {
    (self.plan, self.system, self.log) = (plan, system, log)
    bounds = plan.input.bounds
    hasWarned = bounds.map { _ in false }
    extrapolation = try zip(plan.input.extrapolation, plan.watched).map { input, watched in
      try ExtrapolationWatch(
        input, watched: watched, species: plan.species, directory: directory, system: system, log: log,
        lengths: restart?.outputs ?? [:], state: restart?.monitors[input.historyFile] ?? [])
    }
  }

  /// The present lengths of the files of configurations to label, by name. Root only.
  var selectionLengths: [String: Int] {
    Dictionary(extrapolation.map { ($0.input.selectionFile, $0.selectionLength) }, uniquingKeysWith: { $1 })
  }

  func needsGrades(at step: Int) -> Bool { extrapolation.contains { $0.isDue(at: step) } }

  func needsEnergies(at step: Int) -> Bool {
    bounds.contains { ($0.quantity == .pressure || $0.quantity == .drift) && step % $0.every == 0 }
  }

  /// Whether the state of `step`, if no monitor objects, is one to go back to: all that can stop the run have looked at it.
  func vouches(for step: Int) -> Bool { plan.breakingPeriod.map { step % $0 == 0 } ?? false }

  /// Looks at what is due at this step. Collective.
  /// - Parameter drift: of the conserved energy since the stage's start, eV/atom; nil where nothing is conserved.
  func look(_ process: any StageProcess, drift: () -> Double?) throws -> Breach? {
    // Broken numbers first: what the others would say of them is noise.
    if system.step % plan.input.finite.every == 0, let atom = system.brokenAtom() {
      return Breach(
        sentence: "the position, the velocity or the force of atom \(atom) is not a number", atoms: .notFinite)
    }
    if needsGrades(at: system.step) {
      if !system.forceField.hasGrades { try system.computeForces(withGrades: true) }
      // All that are due look, whichever stops the run: their histories are whole.
      let breaches = try extrapolation.filter { $0.isDue(at: system.step) }.compactMap { try $0.look() }
      if let breach = Breach.joined(breaches) { return breach }
    }
    if needsEnergies(at: system.step), !system.forceField.hasEnergies {
      try system.computeForces(withGrades: system.forceField.hasGrades)
    }
    for index in bounds.indices where system.step % bounds[index].every == 0 {
      guard let found = measure(bounds[index].quantity, process, drift: drift) else { continue }
      if let breach = judge(index, found) { return breach }
    }
    return nil
  }

  /// A quantity with the atoms that it tells of; nil where it means nothing now. Collective.
  private func measure(
    _ quantity: BoundMonitor.Quantity, _ process: any StageProcess, drift: () -> Double?
  ) -> (value: Double, of: [Int64])? {
    switch quantity {
    case .temperature: return process.hasMotion ? (process.thermodynamics.temperature, []) : nil
    case .pressure: return process.thermodynamics.pressure.map { ($0, []) }
    case .drift: return process.hasMotion ? drift().map { (abs($0), []) } : nil
    case .distance:
      let contacts = Contacts(of: system)
      return contacts.shortest.map { ($0, [contacts.pair.0, contacts.pair.1]) }
    case .force:
      let most = system.mostPulledAtom()
      return (most.force, [most.atom])
    case .loneAtoms:
      let contacts = Contacts(of: system)
      return (Double(contacts.loneCount), contacts.loneAtom.map { [$0] } ?? [])
    }
  }

  private func judge(_ index: Int, _ found: (value: Double, of: [Int64])) -> Breach? {
    let monitor = bounds[index]
    let atoms = found.of.isEmpty ? "" : " of atom\(found.of.count > 1 ? "s" : "") "
      + found.of.map { "\($0)" }.joined(separator: " and ")
    func sentence(_ bound: Double, _ isAbove: Bool) -> String {
      "the monitor of \(monitor.name): \(Float(found.value)) \(monitor.unit)\(atoms) is \(isAbove ? "above" : "below") \(bound)"
    }
    switch monitor.bounds.verdict(on: found.value) {
    case .fine: hasWarned[index] = false
    case .warns(let bound, let isAbove):
      if !hasWarned[index] { log.write("warning: step \(system.step), " + sentence(bound, isAbove)) }
      hasWarned[index] = true
    case .breaks(let bound, let isAbove):
      return Breach(
        sentence: sentence(bound, isAbove), atoms: monitor.quantity == .force ? .forces(above: bound) : .listed(found.of))
    }
    return nil
  }
}
