import Communication
import Diagnostics
import Dynamics
import Formats
import Foundation

/// The time series of one `[[compute]]`. Root writes; the other ranks bring their sums.
final class ComputeOutput {
  let plan: ComputePlan
  private let system: SystemState
  private let grid: SlabGrid?
  /// Root only.
  private let file: AppendFile?
  /// The last samples, those that the next row is averaged over; root only, of slabs only.
  private var history: [ProfileMeasurement] = []

  /// Creates the file, or goes on where a checkpoint says. Collective.
  /// - Parameters:
  ///   - length: bytes of the file at the checkpoint; nil, also where the checkpoint knows no such file: a new one.
  ///   - state: what `state` was at the checkpoint; root only.
  init(_ plan: ComputePlan, directory: String, system: SystemState, continuingAt length: Int?, state: [Double]) throws {
    self.plan = plan
    self.system = system
    let communicator = system.domain.communicator
    let quantities = plan.input.quantities
    let header = ComputeTable.header(quantities, hasSlabs: plan.grid != nil), path = "\(directory)/\(plan.input.file)"
    file = try communicator.onRoot { () -> AppendFile in
      if let length {
        try Self.checkHeader(header, of: path, at: plan.input.name.place)
        return try AppendFile(continuing: path, at: length)
      }
      let file = try AppendFile(creating: path, overwriting: true)
      try file.append(line: header)
      try file.flush()
      return file
    }
    // The cell may have changed since the slabs were counted: they stay as many.
    let known = communicator.broadcast(state.first.map { [$0] } ?? []).first.map { Int($0) }
    grid = plan.grid.map { SlabGrid(axis: $0.axis, count: plan.input.slabs?.value.count ?? known ?? $0.count) }
    if let grid, known == grid.count {
      let width = ProfileMeasurement.width(slabs: grid.count)
      history = stride(from: 1, to: state.count, by: width).map { ProfileMeasurement(numbers: state[$0..<($0 + width)]) }
    }
  }

  /// Rows of other columns would go unnoticed.
  private static func checkHeader(_ header: String, of path: String, at place: Place) throws {
    let expected = Array((header + "\n").utf8)
    let found = try? FileHandle(forReadingAtPath: path)?.read(upToCount: expected.count)
    guard let found, Array(found) != expected else { return }
    throw Failure.input(
      "'\(path)' has other columns than this compute", at: place,
      remedy: "restore its quantities and slabs, or give it another name")
  }

  /// Appends the rows of the present step. Collective.
  /// - Parameter atRest: velocities wait for dynamics while a minimizer moves the atoms.
  func write(atRest: Bool) throws {
    // The first step of a run follows no step that could have been told.
    if plan.needsVirials, !system.forceField.hasVirials { try system.computeForces(withVirials: true) }
    if plan.needsEnergies, !system.forceField.hasEnergies { try system.computeForces() }
    let rows = grid.map { profileRows($0, atRest: atRest) } ?? [groupRow(atRest: atRest)]
    try system.domain.communicator.onRoot {
      guard let file else { return }
      for row in rows { try file.append(line: row) }
      try file.flush()
    }
  }

  private func groupRow(atRest: Bool) -> String {
    let all = plan.group == .all ? Thermodynamics.degreesOfFreedom(system.atomCount) : nil
    let group = GroupMeasurement(
      of: system, group: plan.group, degreesOfFreedom: plan.input.degreesOfFreedom ?? all,
      withStress: plan.group == .all || plan.needsVirials, atRest: atRest)
    return ComputeTable.row(
      step: system.step, time: system.time, plan.input.quantities.flatMap { ComputeTable.values($0, of: group) })
  }

  private func profileRows(_ grid: SlabGrid, atRest: Bool) -> [String] {
    let sample = ProfileMeasurement(
      of: system, grid: grid, group: plan.group, withoutFlow: plan.input.slabs?.value.removesFlow ?? false,
      withStress: plan.needsVirials, atRest: atRest)
    guard file != nil else { return [] }
    history = history.suffix(plan.input.average - 1) + [sample]
    let mean = ProfileMeasurement(mean: history)
    return mean.slabs.indices.map { slab in
      ComputeTable.row(
        step: system.step, time: system.time, slab: (slab, mean.center(of: slab)),
        plan.input.quantities.flatMap { ComputeTable.values($0, of: mean, slab: slab) })
    }
  }

  /// What a checkpoint keeps for the rows to come: the number of slabs and the samples that they are averaged over. Root only.
  var state: [Double] {
    guard let grid else { return [] }
    return [Double(grid.count)] + history.suffix(plan.input.average - 1).flatMap(\.numbers)
  }

  /// Bytes. Root only.
  var length: Int { file?.offset ?? 0 }

  /// Waits until all rows are on the disk. Root only.
  func synchronize() throws { try file?.synchronize() }
}
