import Atomistics
import Decomposition
import Diagnostics
import Numerics

/// Molecular dynamics in any ensemble, as one symmetric factorisation of a step:
///
///     cell's chain (½) · scaling thermostats (½) · cell (½) · kick (½) · drift (½) · noise · drift (½) · forces
///     · kick (½) · cell (½) · scaling thermostats (½) · cell's chain (½)
///
/// Without thermostats and barostat this is velocity Verlet (W. C. Swope et al., J. Chem. Phys. 76, 637 (1982),
/// doi:10.1063/1.442716), with a Langevin thermostat BAOAB, with chains the integrators of Martyna and Tuckerman; see the
/// thermostats and the barostat. One evaluation of the forces a step.
public final class MolecularDynamics: StageProcess {
  public let settings: DynamicsSettings
  let system: SystemState
  var motion = Thermodynamics.Motion(degreesOfFreedom: 0)
  var scalings: [Scaling] = []
  var langevins: [LangevinThermostat] = []
  var barostat: Barostat?
  /// The selections whose momentum flux is kept: each scaling thermostat's, then, with a barostat, that of all atoms.
  var measured: [GroupSelection] = []
  /// Σ m v ⊗ v of `measured`, of all ranks, at the end of the last step, eV.
  var fluxes: [Matrix3] = []
  /// W of all ranks at the end of the last step, where a barostat wants it, eV.
  var virial = Matrix3.zero
  /// What this rank's atoms took from Langevin thermostats, from what holds them to prescribed velocities, and from a
  /// prescribed strain, eV.
  var received = 0.0
  var watches: [StopWatch] = []
  var stopReason: String?
  public internal(set) var stepsDone = 0
  /// fs since the stage began.
  var elapsed = 0.0
  /// fs, of the step under way or the last one.
  var timestep: Double

  /// A scaling thermostat, the place of its atoms in `measured`, and what it holds them to.
  struct Scaling {
    var thermostat: any ScalingThermostat
    var temperature: Ramp
    var selection: GroupSelection
  }

  /// Takes over the system; `begin` or `restore` comes next. Registers external forces. Collective.
  /// - Throws: `Failure.input` for a thermostat without atoms, atoms with two thermostats, a barostat on an open
  ///   direction.
  public init(_ settings: DynamicsSettings, system: SystemState) throws {
    self.settings = settings
    self.system = system
    timestep = settings.timestep
    watches = settings.conditions.map(StopWatch.init)
    try makeParts()
  }

  var updates: AtomUpdates {
    AtomUpdates(atoms: system.domain.atoms, masses: system.masses, mobility: settings.mobility)
  }

  // MARK: Stage

  public func begin() throws {
    settings.mobility.setVelocities(system.domain.atoms)
    if settings.removesDriftAtStart { removeDrift() }
    try installExternalForces()
    measure()
  }

  public func end() throws {
    guard !system.externalForces.isEmpty else { return }
    system.externalForces = []
    try system.computeForces()
  }

  func installExternalForces() throws {
    system.externalForces = settings.externalForces
    if !settings.externalForces.isEmpty || settings.needsVirial { try system.computeForces() }
  }

  public var fields: [(name: String, field: AtomField)] { [] }
  public var needsVirial: Bool { settings.needsVirial }
  public var hasMotion: Bool { true }

  public var stepLimit: Int? {
    if case .steps(let count) = settings.length { count } else { nil }
  }

  public var progress: Double {
    switch settings.length {
    case .steps(let count): Double(stepsDone) / Double(max(count, 1))
    case .duration(let time): min(1, elapsed / time)
    case .open: 0
    }
  }

  public func ending() throws -> String? {
    if let stopReason { return stopReason }
    switch settings.length {
    case .steps(let count): return stepsDone >= count ? "all \(count) steps done" : nil
    case .duration(let time):
      // A remainder of a millionth of a step is rounding.
      return elapsed >= time - 1e-6 * settings.timestep ? "\(time) fs done in \(stepsDone) steps" : nil
    case .open: return nil
    }
  }

  // MARK: Step

  public func advance(flag: Bool, onlyForces: Bool) throws -> Bool {
    timestep = chooseTimestep()
    let progress = progressAtMidstep
    system.timer.measure(.integration) { firstHalf(progress) }
    let raised = try system.followPositions(flag: flag)
    try system.computeForces(onlyForces: onlyForces && !needsVirial)
    system.timer.measure(.integration) { secondHalf(progress) }
    stepsDone += 1
    elapsed += timestep
    system.step += 1
    system.time += timestep
    if settings.driftRemovalInterval > 0, stepsDone % settings.driftRemovalInterval == 0 {
      removeDrift()
      measure()
    }
    watch()
    return raised
  }

  /// Where ramps are evaluated.
  private var progressAtMidstep: Double {
    switch settings.length {
    case .steps(let count): min(1, (Double(stepsDone) + 0.5) / Double(max(count, 1)))
    case .duration(let time): min(1, (elapsed + 0.5 * timestep) / time)
    case .open: 0
    }
  }

  private func firstHalf(_ progress: Double) {
    let half = HalfStep(duration: 0.5 * timestep, step: system.step, isSecond: false)
    let domain = system.domain
    barostat?.setStress(at: progress, cell: domain.cell.vectors)
    barostat?.propagateChain(progress: progress, duration: half.duration)
    scaleVelocities(progress, half)
    pushCell(half.duration)
    if barostat == nil, langevins.isEmpty, settings.mobility.isFull {
      updates.kickAndDrift(kick: half.duration, drift: timestep)
    } else {
      kick(half.duration)
      if langevins.isEmpty, barostat?.isNoisy != true {
        drift(timestep)
      } else {
        drift(half.duration)
        applyNoise(progress)
        drift(half.duration)
      }
    }
    deform()
  }

  private func secondHalf(_ progress: Double) {
    let half = HalfStep(duration: 0.5 * timestep, step: system.step, isSecond: true)
    finishDeformation()
    kick(half.duration)
    measure()
    pushCell(half.duration)
    scaleVelocities(progress, half)
    barostat?.propagateChain(progress: progress, duration: half.duration)
  }

  private func kick(_ duration: Double) {
    if let barostat {
      updates.kick(AffineUpdate(rate: -1 * barostat.drag, duration: duration))
    } else if settings.mobility.isFull {
      updates.kick(duration)
    } else {
      received += updates.kickMobile(duration)
    }
  }

  /// Atoms, and the cell with them where it moves.
  private func drift(_ duration: Double) {
    guard let barostat else { return updates.drift(duration) }
    let update = AffineUpdate(rate: barostat.strainRate, duration: duration)
    updates.drift(update)
    var cell = system.domain.cell
    cell.vectors = cell.vectors * update.map
    system.domain.setCell(cell)
  }

  private func applyNoise(_ progress: Double) {
    barostat?.applyNoise(progress: progress, duration: timestep, step: system.step)
    for langevin in langevins {
      received += langevin.apply(
        to: system.domain.atoms, masses: system.masses, mobility: settings.mobility,
        temperature: langevin.settings.temperature.value(at: progress), duration: timestep, step: system.step)
    }
  }

  private func pushCell(_ duration: Double) {
    guard barostat != nil, let flux = fluxes.last else { return }
    barostat?.push(momentumFlux: flux, virial: virial, cell: system.domain.cell.vectors, duration: duration)
  }

  private func scaleVelocities(_ progress: Double, _ half: HalfStep) {
    for k in scalings.indices {
      let flux = fluxes[k]
      let factor = scalings[k].thermostat.factor(
        kinetic: 0.5 * flux.trace, temperature: scalings[k].temperature.value(at: progress), half: half)
      updates.scale(factor, scalings[k].selection)
      fluxes[k] = factor * factor * flux
      if barostat != nil { fluxes[fluxes.count - 1] += (factor * factor - 1) * flux }
    }
  }
}
