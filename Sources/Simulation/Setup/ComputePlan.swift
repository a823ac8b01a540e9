import Atomistics
import Diagnostics
import Dynamics
import PotentialKit

/// A `[[compute]]` with its group and slabs settled for a system.
struct ComputePlan {
  let input: ComputeInput
  let group: GroupSelection
  /// nil: one set of all atoms of the group.
  let grid: SlabGrid?

  /// Whether it needs the virial of parts of the system.
  var needsVirials: Bool {
    (grid != nil || group != .all) && !Set(input.quantities).isDisjoint(with: [.pressure, .stress, .stressVolume])
  }

  /// Whether it needs energies or the virial.
  var needsEnergies: Bool {
    !Set(input.quantities).isDisjoint(with: [.potentialEnergy, .pressure, .stress, .stressVolume])
  }

  func isDue(at step: Int) -> Bool { step % input.every == 0 }
}

extension SimulationInput {
  /// - Throws: `Failure.input` at the place of a group that is not defined, of slabs across a direction without a cell vector, and
  ///   of a stress where a potential has no per-atom virials.
  func computePlans(for system: SystemState) throws -> [ComputePlan] {
    try computes.map { compute in
      let plan = ComputePlan(
        input: compute, group: try compute.group.map { GroupSelection(any: try groupBit(named: $0)) } ?? .all,
        grid: try compute.slabs.map { try grid($0, system.domain.cell) })
      let silent = system.forceField.potentials.first { !$0.givesVirials }
      if plan.needsVirials, let silent {
        let summary = silent.summary
        throw Failure.input(
          "the potential \(summary.family)" + (summary.file.map { " (\($0))" } ?? "")
            + " gives no per-atom virials, which the stress of "
            + (plan.grid == nil ? "a group" : "slabs") + " needs", at: compute.name.place,
          remedy: "delete pressure, stress and stress_volume from the quantities")
      }
      return plan
    }
  }

  private func grid(_ slabs: Located<SlabsInput>, _ cell: Cell) throws -> SlabGrid {
    let axis = slabs.value.axis.index
    guard cell.vectors[axis] != .zero else {
      throw Failure.input(
        "there are no slabs along \(slabs.value.axis.rawValue): the cell has no vector there", at: slabs.place,
        remedy: "give the structure one, or choose another axis")
    }
    let grid = slabs.value.count.map { SlabGrid(axis: axis, count: $0) }
      ?? SlabGrid(axis: axis, width: slabs.value.width ?? cell.heights[axis], in: cell)
    guard grid.count <= SlabsInput.mostSlabs else {
      throw Failure.input(
        "that makes \(grid.count) slabs, more than \(SlabsInput.mostSlabs)", at: slabs.place, remedy: "make them wider")
    }
    return grid
  }
}
