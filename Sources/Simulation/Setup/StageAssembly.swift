import Atomistics
import Diagnostics
import Dynamics
import Numerics

extension SimulationInput {
  /// What the stage at `index` does to the system. Collective.
  /// - Throws: `Failure.input`, on every rank the same, with the stage's place where the system does not suit it.
  func makeProcess(stage index: Int, system: SystemState) throws -> any StageProcess {
    let stage = stages[index]
    do {
      switch stage.kind {
      case .dynamics(let table):
        return try MolecularDynamics(try dynamicsSettings(table, name: stage.name), system: system)
      case .minimize(let table):
        var options = table.options
        if !table.frozen.isEmpty {
          options.frozen = GroupSelection(any: try table.frozen.reduce(0) { $0 | (try groupBit(named: $1)) })
        }
        return switch table.algorithm {
        case .fire: try FIREMinimizer(system, options: options)
        case .lbfgs: try LBFGSMinimizer(system, options: options)
        }
      }
    } catch var failure as Failure where failure.place == nil {
      failure.place = stage.place
      throw failure
    }
  }

  private func dynamicsSettings(_ table: DynamicsInput, name: String) throws -> DynamicsSettings {
    var settings = DynamicsSettings(name: name, timestep: table.timestep, length: table.schedule)
    settings.thermostats = try thermostats(of: table)
    if let barostat = table.barostat {
      settings.barostat = barostat.settings(temperature: table.temperature ?? settings.thermostats[0].temperature)
    }
    settings.mobility = Mobility(
      Mobility.frozen(try table.frozen.map(groupBit)).entries
        + (try table.moves.map { Mobility.Entry(group: try groupBit(named: $0.group), velocity: $0.velocity) }))
    settings.externalForces =
      try table.forces.map { ConstantForce(selection: try selection(of: $0.group), force: $0.force) }
      + table.walls.map { try wall($0) }
    if let rate = table.deformation?.rate { settings.strainRate = rate.symmetricMatrix }
    settings.driftRemovalInterval = table.driftRemoval
    settings.adaptiveTimestep = table.adaptive.map { .init(displacement: $0.displacement, smallest: $0.smallest) }
    settings.conditions = table.until.map(\.condition)
    return settings
  }

  /// A thermostat without a group has the atoms that no other one has.
  private func thermostats(of table: DynamicsInput) throws -> [ThermostatSettings] {
    let named = try table.thermostats.compactMap(\.group).reduce(UInt32(0)) { $0 | (try groupBit(named: $1)) }
    return try table.thermostats.map { thermostat in
      ThermostatSettings(
        kind: thermostat.settingsKind, time: thermostat.time,
        temperature: thermostat.temperature ?? table.temperature ?? Ramp(0),
        selection: try thermostat.group.map { try selection(of: $0) } ?? GroupSelection(none: named))
    }
  }

  private func wall(_ table: WallInput) throws -> Wall {
    let shape: Wall.Shape =
      switch table.kind {
      case .harmonic(let wall): .harmonic(stiffness: wall.stiffness)
      case .lennardJones93(let wall): .lj93(epsilon: wall.epsilon, sigma: wall.sigma, cutoff: wall.cutoff)
      }
    return Wall(
      selection: try table.group.map { try selection(of: $0) } ?? .all, axis: table.axis.index,
      position: table.position, isFloor: table.side == .low, shape: shape)
  }

  func selection(of group: Located<String>) throws -> GroupSelection {
    GroupSelection(any: try groupBit(named: group))
  }
}

extension MinimizeInput {
  fileprivate var options: MinimizerOptions {
    MinimizerOptions(
      forceTolerance: forceTolerance, maximumSteps: maximumSteps, maximumDisplacement: maximumDisplacement,
      cell: cell.relaxation, pressure: pressure, stressTolerance: stressTolerance)
  }
}

extension MinimizeInput.CellFreedom {
  fileprivate var relaxation: CellRelaxation {
    switch self {
    case .fixed: .fixed
    case .hydrostatic: .hydrostatic
    case .full: .full
    }
  }
}

extension DynamicsInput {
  fileprivate var schedule: DynamicsSettings.Length {
    if let duration, adaptive != nil { return .duration(duration) }
    return stepCount.map(DynamicsSettings.Length.steps) ?? .open
  }
}

extension ThermostatInput {
  fileprivate var settingsKind: ThermostatSettings.Kind {
    switch kind {
    case .noseHoover: .noseHoover(chain: chain)
    case .langevin: .langevin(seed: seed)
    case .bussi: .stochasticRescaling(seed: seed)
    case .berendsen: .berendsen
    }
  }
}

extension BarostatInput {
  fileprivate func settings(temperature: Ramp) -> BarostatSettings {
    let modes = coupledComponents.map { CellMode($0.map { SIMD2($0.indices.row, $0.indices.column) }) }
    var stress = ExternalStress(pressure: pressure ?? Ramp(0))
    if let components = self.stress {
      stress = ExternalStress(
        from: components.mapValues(\.from).symmetricMatrix, to: components.mapValues(\.to).symmetricMatrix, modes: modes)
    }
    return BarostatSettings(
      kind: kind == .langevin ? .langevin(seed: seed) : .noseHoover(chain: chain), time: time, temperature: temperature,
      stress: stress, modes: modes)
  }
}

extension ConditionInput {
  fileprivate var condition: StopCondition {
    let kind: StopCondition.Quantity =
      switch quantity {
      case .temperature: .temperature
      case .pressure: .pressure
      case .potentialEnergy: .potentialEnergy
      case .volume: .volume
      case .density: .density
      case .largestForce: .largestForce
      case .time: .time
      }
    return StopCondition(
      quantity: kind, threshold: above ?? below ?? 0, isAbove: above != nil, averagingTime: average ?? 0)
  }
}

extension [CellComponent: Double] {
  /// Components that are not named are 0.
  fileprivate var symmetricMatrix: Matrix3 {
    reduce(into: Matrix3.zero) { matrix, entry in
      let (row, column) = entry.key.indices
      matrix[row, column] = entry.value
      matrix[column, row] = entry.value
    }
  }
}
