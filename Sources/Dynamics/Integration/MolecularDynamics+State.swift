import Atomistics
import Diagnostics
import Numerics

extension MolecularDynamics {
  public var state: [Double] {
    let heats = system.domain.communicator.allGather(received)
    var parts = [[Double(stepsDone), elapsed, timestep], heats]
    parts += [fluxes.flatMap(\.elements)] + scalings.map(\.thermostat.state) + [barostat?.state ?? []]
    parts += watches.map(\.state)
    return parts.flatMap { [Double($0.count)] + $0 }
  }

  public func restore(_ state: [Double]) throws {
    var parts: [[Double]] = [], rest = state[...]
    while let count = rest.first.flatMap({ Int(exactly: $0) }), count >= 0, count < rest.count {
      parts.append(Array(rest.dropFirst().prefix(count)))
      rest = rest.dropFirst(count + 1)
    }
    guard rest.isEmpty, parts.count == 4 + scalings.count + watches.count, parts[0].count == 3,
      parts[2].count == 9 * measured.count,
      zip(scalings, parts[3...]).allSatisfy({ $0.thermostat.state.count == $1.count }),
      parts[3 + scalings.count].count == barostat?.state.count ?? 0,
      parts[(4 + scalings.count)...].allSatisfy({ $0.count == 3 })
    else {
      throw Failure.input(
        "the checkpoint does not fit the stage '\(settings.name)': thermostats, barostat or conditions were changed",
        remedy: "restore the input of the run, or begin a new run from its last configuration")
    }
    (stepsDone, elapsed, timestep) = (Int(parts[0][0]), parts[0][1], parts[0][2])
    received = heat(parts[1])
    for k in scalings.indices { scalings[k].thermostat.state = parts[3 + k] }
    barostat?.state = parts[3 + scalings.count]
    for k in watches.indices { watches[k].state = parts[4 + scalings.count + k] }
    try installExternalForces()
    measure()
    // The sums of the run, to the last bit: its velocities were scaled after they had been measured.
    fluxes = stride(from: 0, to: parts[2].count, by: 9).map { Matrix3(elements: Array(parts[2][$0..<$0 + 9])) }
  }

  /// This rank's share: as it was on the same number of ranks, else all of it on root.
  private func heat(_ heats: [Double]) -> Double {
    let communicator = system.domain.communicator
    if heats.count == communicator.size { return heats[communicator.rank] }
    return communicator.isRoot ? heats.reduce(0, +) : 0
  }

  public var conservedEnergy: Double? {
    let thermodynamics = thermodynamics
    let local = system.domain.communicator.sum([received, system.externalEnergy])
    let stored = scalings.reduce(0) { $0 + $1.thermostat.energy }
    return thermodynamics.total + local[1] - local[0] + stored
      + (barostat?.energy(cell: system.domain.cell.vectors) ?? 0)
  }

  public var thermodynamics: Thermodynamics { Thermodynamics(of: system, motion: motion) }

  /// Looks at the quantities that may end the stage.
  func watch() {
    guard !watches.isEmpty else { return }
    let thermodynamics = thermodynamics
    for k in watches.indices {
      let value: Double? =
        switch watches[k].condition.quantity {
        case .temperature: thermodynamics.temperature
        case .pressure: thermodynamics.pressure
        case .potentialEnergy: thermodynamics.potential
        case .volume: thermodynamics.volume
        case .density: thermodynamics.density
        case .largestForce: system.largestForce()
        case .time: elapsed
        }
      guard let value, let reason = watches[k].observe(value, timestep: timestep) else { continue }
      stopReason = stopReason ?? reason
    }
  }

  public var warnings: [String] { settings.warnings }

  public var summary: String {
    var parts = ["md"]
    switch settings.length {
    case .steps(let count): parts.append("\(count) steps of \(settings.timestep) fs")
    case .duration(let time): parts.append("\(time) fs in steps of \(settings.timestep) fs at most")
    case .open: parts.append("steps of \(settings.timestep) fs until a condition is met")
    }
    parts += settings.thermostats.map(\.summary)
    if let barostat = settings.barostat { parts.append(barostat.summary) }
    if settings.thermostats.isEmpty, barostat == nil { parts.append("constant energy") }
    if settings.strainRate != .zero { parts.append("the cell strained at a prescribed rate") }
    parts.append("\(Int(motion.degreesOfFreedom)) degrees of freedom")
    return parts.joined(separator: ", ")
  }
}

extension DynamicsSettings {
  /// Choices that run, and that give what most users do not want.
  var warnings: [String] {
    var found: [String] = []
    for thermostat in thermostats {
      if thermostat.kind == .berendsen {
        found.append("Berendsen's thermostat brings a system to its temperature, but samples no ensemble: use another to measure")
      }
      if thermostat.kind == .noseHoover(chain: 1) {
        found.append("a single Nosé-Hoover thermostat does not sample stiff solids: use a chain of 2 or more")
      }
      if thermostat.time < 10 * timestep {
        found.append("a thermostat's time of \(thermostat.time) fs is shorter than ten time steps: it cannot be integrated well")
      }
    }
    if let barostat, barostat.time < 50 * timestep {
      found.append("the barostat's time of \(barostat.time) fs is shorter than fifty time steps: the cell may ring")
    }
    return found
  }
}

extension ThermostatSettings {
  /// For the log.
  var summary: String {
    let kelvin = temperature.isConstant ? "\(temperature.from) K" : "\(temperature.from) to \(temperature.to) K"
    let name =
      switch kind {
      case .noseHoover(let chain): "Nosé–Hoover chain of \(chain)"
      case .langevin(let seed): "Langevin (BAOAB, seed \(seed))"
      case .stochasticRescaling(let seed): "stochastic velocity rescaling (seed \(seed))"
      case .berendsen: "Berendsen"
      }
    return "\(name) at \(kelvin), \(time) fs"
  }
}

extension BarostatSettings {
  /// For the log.
  var summary: String {
    let pressure = stress.pressure
    let bar = pressure.isConstant ? "\(pressure.from) bar" : "\(pressure.from) to \(pressure.to) bar"
    let name =
      switch kind {
      case .noseHoover(let chain): "Martyna–Tobias–Klein barostat with a chain of \(chain)"
      case .langevin(let seed): "Langevin piston (seed \(seed))"
      }
    let shape = "\(modes.count) degree\(modes.count == 1 ? "" : "s") of freedom of the cell"
    return "\(name) at \(bar)\(stress.isHydrostatic ? "" : " and a deviatoric stress"), \(time) fs, \(shape)"
  }
}
