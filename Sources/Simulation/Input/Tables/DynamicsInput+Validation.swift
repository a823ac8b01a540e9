import Diagnostics
import Dynamics

/// What no single key of a stage of molecular dynamics can tell.
extension DynamicsInput {
  /// Fills in the defaults that depend on other keys, and throws where keys do not go together.
  mutating func complete(_ node: InputNode) throws {
    try checkLength(node)
    try completeEnsemble(node)
    try checkRamps(node)
    try checkThermostats()
    try checkDrivenGroups()
    try checkWalls()
    try checkDeformation(node)
    if let adaptive, adaptive.smallest > timestep {
      throw Failure.input(
        "'\(node.name).adaptive.smallest' is longer than the time step", at: node["adaptive"]?["smallest"]?.place
          ?? node["adaptive"]?.place, remedy: "'timestep' is the longest step: give a shorter 'smallest'")
    }
  }

  private func checkLength(_ node: InputNode) throws {
    guard let length else {
      guard until.isEmpty else { return }
      throw Failure.input("'\(node.name)' needs 'duration', 'steps' or 'until'", at: node.place)
    }
    let count =
      switch length {
      case .steps(let steps): Double(steps)
      case .duration(let duration): duration / timestep
      }
    guard count <= Double(Self.mostSteps) else {
      throw Failure.input(
        "'\(node.name)' takes more than 10^12 steps", at: (node["steps"] ?? node["duration"])?.place,
        remedy: "give a shorter duration or a longer time step")
    }
    guard count >= 0.5 else {
      throw Failure.input(
        "'\(node.name).duration' is shorter than the time step", at: node["duration"]?.place,
        remedy: "give a longer duration or steps = 1")
    }
  }

  private mutating func completeEnsemble(_ node: InputNode) throws {
    guard ensemble != .nve else { return }
    if thermostats.isEmpty { thermostats = [ThermostatInput(place: node.place)] }
    guard temperature != nil || (ensemble == .nvt && thermostats.allSatisfy { $0.temperature != nil }) else {
      throw Failure.input(
        "'\(node.name)' has ensemble = \(quoted(ensemble.rawValue)) but no 'temperature'", at: node["ensemble"]?.place,
        remedy: "add temperature = \"300 K\", or [start, end] for a ramp")
    }
    guard ensemble == .npt else { return }
    guard var barostat else {
      throw Failure.input(
        "'\(node.name)' has ensemble = \"npt\" but no 'barostat'", at: node["ensemble"]?.place,
        remedy: "add barostat = { pressure = \"1 bar\" }")
    }
    try barostat.complete(node["barostat"], isStochastic: thermostats.contains { $0.kind == .langevin })
    self.barostat = barostat
  }

  /// A ramp goes over the length of its stage, so there must be one.
  private func checkRamps(_ node: InputNode) throws {
    guard length == nil else { return }
    func isRamp(_ ramp: Ramp?) -> Bool { ramp.map { $0.from != $0.to } ?? false }
    let barostatNode = node["barostat"]
    let found =
      isRamp(temperature) ? node["temperature"]?.place
      : isRamp(barostat?.pressure) ? barostatNode?["pressure"]?.place
      : barostat?.stress?.values.contains(where: isRamp) ?? false ? barostatNode?["stress"]?.place
      : thermostats.first { isRamp($0.temperature) }?.place
    guard let found else { return }
    throw Failure.input(
      "'\(node.name)' has a ramp but no length for it to go over", at: found,
      remedy: "add 'duration' or 'steps'; 'until' may still end the stage before")
  }

  private func checkThermostats() throws {
    var seen: Set<String?> = []
    for thermostat in thermostats where !seen.insert(thermostat.group?.value).inserted {
      if let group = thermostat.group {
        throw Failure.input(
          "two thermostats are on the group \(quoted(group.value))", at: group.place, remedy: "delete one of them")
      }
      throw Failure.input(
        "two thermostats have no group", at: thermostat.place, remedy: "give 'group' to all of them, or to all but one")
    }
  }

  /// Each group is driven in one way.
  private func checkDrivenGroups() throws {
    var seen = Set(frozen.map(\.value))
    for group in moves.map(\.group) where !seen.insert(group.value).inserted {
      let isFrozen = frozen.contains { $0.value == group.value }
      throw Failure.input(
        "the group \(quoted(group.value)) is \(isFrozen ? "frozen and moved" : "moved twice")", at: group.place,
        remedy: isFrozen ? "delete it from 'freeze' or from 'move'" : "give all components of its velocity in one table")
    }
  }

  /// Walls on the same atoms leave room between them.
  private func checkWalls() throws {
    for (index, wall) in walls.enumerated() {
      for other in walls[..<index] where other.axis == wall.axis && other.group?.value == wall.group?.value {
        let (low, high) = wall.side == .low ? (wall, other) : (other, wall)
        guard low.side == .low, high.side == .high, low.position >= high.position else { continue }
        throw Failure.input(
          "no atom fits between the walls along \(wall.axis.rawValue): the low one is not below the high one",
          at: wall.place, remedy: "exchange their sides or their positions")
      }
    }
  }

  private func checkDeformation(_ node: InputNode) throws {
    guard let deformation, let barostat else { return }
    let moving = Set(barostat.coupledComponents.joined())
    guard let both = CellComponent.allCases.first(where: { deformation.rate[$0] != nil && moving.contains($0) }) else {
      return
    }
    throw Failure.input(
      "the barostat and 'deform' both move the cell's component \(both.rawValue)", at: node["deform"]?.place,
      remedy: "name the barostat's components without it, or delete one of the two")
  }
}

extension BarostatInput {
  /// Chooses the kind that goes with the thermostats, if none is given.
  /// - Parameter isStochastic: whether a thermostat of the stage is Langevin's.
  fileprivate mutating func complete(_ node: InputNode?, isStochastic: Bool) throws {
    guard givenKind == nil else { return }
    givenKind = isStochastic ? .langevin : .noseHoover
    let idle = isStochastic ? "chain" : "seed"
    guard let child = node?[idle] else { return }
    throw Failure.input(
      "'\(child.name)' is for kind = \(quoted(isStochastic ? "nose-hoover" : "langevin")) only", at: child.keyPlace,
      remedy: "delete it, or choose that")
  }
}
