import Atomistics
import Diagnostics
import Dynamics
import PotentialKit

/// `[monitor]` settled for a system.
struct MonitorPlan {
  let input: MonitorInput
  /// What each `[monitor.extrapolation]` judges, in their order.
  let watched: [WatchedAtoms]
  /// The elements in the order of the types of the potential that gives grades: MLIP knows types alone.
  let species: [Element]

  /// Steps from one look of all monitors that can stop the run to the next; nil where none can.
  let breakingPeriod: Int?
}

extension SimulationInput {
  /// - Throws: `Failure.input` at the place of a monitor that this system or its potentials cannot serve. Collective.
  func monitorPlan(for system: SystemState) throws -> MonitorPlan {
    let potentials = system.forceField.potentials
    for trajectory in output.trajectories where trajectory.grades {
      let grading = try requireGrades(potentials, what: "grades in a trajectory need", at: trajectory.file.place)
      if gradesConfigurations(grading) {
        throw Failure.input(
          "a trajectory holds grades of atoms, but the active set of \(grading.summary.file ?? "the potential") is one of "
            + "whole configurations", at: trajectory.file.place,
          remedy: "delete grades, or select an active set of neighborhoods")
      }
    }
    let watched = try monitor.extrapolation.map { table in
      let grading = try requireGrades(potentials, what: "a monitor of extrapolation needs", at: table.place)
      if gradesConfigurations(grading), let restriction = table.group?.place ?? table.species?.place {
        throw Failure.input(
          "this monitor judges some of the atoms, but the active set of \(grading.summary.file ?? "the potential") is one "
            + "of whole configurations", at: restriction,
          remedy: "delete this restriction, or select an active set of neighborhoods")
      }
      return try watchedAtoms(table, system)
    }
    if let pressure = monitor.pressure, !system.domain.cell.isFullyPeriodic {
      throw Failure.input(
        "there is no pressure to watch: the cell is not periodic in all directions", at: pressure.place,
        remedy: "delete [monitor.pressure]")
    }
    return MonitorPlan(
      input: monitor, watched: watched, species: potentials.first { $0.hasActiveSet }?.summary.elements ?? [],
      breakingPeriod: breakingPeriod)
  }

  /// The potential that gives grades; where there are several, all give those of atoms, or all that of the configuration.
  private func requireGrades(_ potentials: [any Potential], what: String, at place: Place) throws -> any Potential {
    let grading = potentials.filter(\.hasActiveSet)
    guard let first = grading.first else {
      let files = potentials.compactMap(\.summary.file)
      throw Failure.input(
        "\(what) a potential with an active set, but "
          + (files.isEmpty ? "none of the potentials can have one" : "\(files.joined(separator: ", ")) has none"),
        at: place, remedy: "give 'active_set', a potential file that holds one, or delete this")
    }
    guard grading.allSatisfy({ gradesConfigurations($0) == gradesConfigurations(first) }) else {
      throw Failure.input(
        "some of the potentials grade atoms, others whole configurations", at: place,
        remedy: "give them active sets of one kind")
    }
    return first
  }

  private func gradesConfigurations(_ potential: any Potential) -> Bool {
    (potential as? any ConfigurationGrading)?.gradesConfigurations ?? false
  }

  private func watchedAtoms(_ table: ExtrapolationMonitorInput, _ system: SystemState) throws -> WatchedAtoms {
    let elements = system.kinds.map(\.element)
    if let list = table.species {
      for element in list.value where !elements.contains(element) {
        throw Failure.input(
          "there is no \(element) in the structure to watch", at: list.place,
          remedy: "its elements are: " + Set(elements).sorted().map(\.symbol).joined(separator: ", "))
      }
    }
    let watched = WatchedAtoms(
      groups: try table.group.map { GroupSelection(any: try groupBit(named: $0)) } ?? .all,
      kinds: elements.map { table.species?.value.contains($0) ?? true })
    guard watched.count(in: system) > 0 else {
      throw Failure.input(
        "\(table.title) watches no atom", at: table.place, remedy: "change its group or its species")
    }
    return watched
  }

  /// The least common multiple of the intervals: at its multiples every monitor that can stop the run has had its look.
  private var breakingPeriod: Int? {
    var intervals = monitor.bounds.filter(\.bounds.breaks).map(\.every)
    intervals += monitor.extrapolation.map(\.every)
    guard var period = intervals.first else { return nil }
    for interval in intervals.dropFirst() {
      var (a, b) = (period, interval)
      while b != 0 { (a, b) = (b, a % b) }
      period *= interval / a
    }
    return period
  }
}

/// A monitor of a bounded quantity, whatever it is.
struct BoundMonitor {
  enum Quantity { case temperature, pressure, drift, distance, force, loneAtoms }

  var quantity: Quantity
  var name: String
  var unit: String
  var every: Int
  var bounds: MonitorBounds

  init<Q: MonitoredQuantity>(_ quantity: Quantity, _ input: BoundMonitorInput<Q>) {
    (self.quantity, name, unit, every, bounds) = (quantity, Q.name, Q.unit, input.every, input.bounds)
  }
}

extension MonitorInput {
  /// Those that the input asks for.
  var bounds: [BoundMonitor] {
    [
      temperature.map { BoundMonitor(.temperature, $0) }, pressure.map { BoundMonitor(.pressure, $0) },
      drift.map { BoundMonitor(.drift, $0) }, distance.map { BoundMonitor(.distance, $0) },
      force.map { BoundMonitor(.force, $0) }, loneAtoms.map { BoundMonitor(.loneAtoms, $0) },
    ].compactMap { $0 }
  }
}
