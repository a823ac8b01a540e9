import Atomistics
import Decomposition
import Diagnostics
import Dynamics
import Formats
import Numerics

/// Brings the atoms to root in order of ids, in the forms that output files want.
struct FrameGatherer {
  let system: SystemState

  private var domain: Domain { system.domain }

  /// All that the atoms carry, on root; empty elsewhere. Collective.
  func records() -> [AtomRecord] { domain.gatherToRoot(domain.records()) }

  /// A vector of each owned atom, on root without the fourth lane; empty elsewhere. Collective.
  func vectors(_ owned: UnsafeMutablePointer<SIMD4<Double>>) -> [Vector3] {
    domain.gatherToRoot(UnsafePointer(owned)).map { Vector3($0.x, $0.y, $0.z) }
  }

  /// The atoms of a trajectory's header; empty but on root. Collective.
  func trajectoryAtoms() -> TrajectoryAtoms {
    let kinds = domain.gatherToRoot(UnsafePointer(domain.atoms.kind))
    return TrajectoryAtoms(
      elements: kinds.map { system.kinds[Int($0)].element }, masses: kinds.map { system.kinds[Int($0)].mass },
      ids: domain.gatherIdsToRoot())
  }

  /// Calls `use` on root with a frame that lives as long as the call. Collective; throws everywhere what `use` throws.
  func withFrame(velocities: Bool, forces: Bool, grades: Bool, _ use: (TrajectoryFrame) throws -> Void) throws {
    let atoms = domain.atoms
    let positions = domain.gatherToRoot(UnsafePointer(atoms.position))
    let images = domain.gatherToRoot(UnsafePointer(atoms.image))
    let velocityValues = velocities ? domain.gatherToRoot(UnsafePointer(atoms.velocity)) : []
    let forceValues = forces ? domain.gatherToRoot(UnsafePointer(atoms.force)) : []
    let gradeValues = grades ? domain.gatherToRoot(UnsafePointer(system.forceField.grades)) : []
    try domain.communicator.onRoot {
      try positions.withUnsafeBufferPointer { p in
        try images.withUnsafeBufferPointer { i in
          try velocityValues.withUnsafeBufferPointer { v in
            try forceValues.withUnsafeBufferPointer { f in
              try gradeValues.withUnsafeBufferPointer { g in
                try use(
                  TrajectoryFrame(
                    step: system.step, time: system.time, cell: domain.cell, positions: p, images: i,
                    velocities: velocities ? v : nil, forces: forces ? f : nil, grades: grades ? g : nil))
              }
            }
          }
        }
      }
    }
  }

  /// What a configuration shall hold besides positions.
  struct Contents {
    var velocities = false
    var forces = false
    var energies = false
    /// Of the atoms, or the one of the configuration, whichever there are.
    var grades = false
    /// Positions in the cell with image counts, instead of unwrapped positions.
    var wrapped = false
  }

  /// All atoms as a configuration on root, nil elsewhere. Collective.
  func configuration(_ contents: Contents) -> Configuration? {
    let atoms = domain.atoms, force = system.forceField
    let kinds = domain.gatherToRoot(UnsafePointer(atoms.kind)), positions = vectors(atoms.position)
    let images = domain.gatherToRoot(UnsafePointer(atoms.image)).map { SIMD3($0.x, $0.y, $0.z) }
    let velocities = contents.velocities ? vectors(atoms.velocity) : nil
    let forces = contents.forces ? vectors(atoms.force) : nil
    let energies = contents.energies ? domain.gatherToRoot(UnsafePointer(force.energies)) : nil
    let grades = contents.grades && force.hasAtomGrades ? domain.gatherToRoot(UnsafePointer(force.grades)) : nil
    let total = domain.communicator.sum(force.potentialEnergy)
    let virial = Matrix3(elements: domain.communicator.sum(force.virial.elements))
    let ids = domain.gatherIdsToRoot()
    guard domain.communicator.isRoot else { return nil }

    var frame = Configuration(
      cell: domain.cell, elements: kinds.map { system.kinds[Int($0)].element }, positions: positions)
    let masses = kinds.map { system.kinds[Int($0)].mass }
    if zip(masses, frame.elements).contains(where: { $0 != $1.mass }) { frame.masses = masses }
    if ids != (0..<Int64(ids.count)).map({ $0 + 1 }) { frame.ids = ids }
    if contents.wrapped {
      frame.images = images
    } else {
      let cell = domain.cell.vectors
      for (i, n) in images.enumerated() { frame.positions[i] += Vector3(Double(n.x), Double(n.y), Double(n.z)) * cell }
    }
    (frame.velocities, frame.forces, frame.energies) = (velocities, forces, energies)
    if let grades { frame.columns.append(AtomColumn(name: "grades", width: 1, values: .real(grades))) }
    if contents.grades, let grade = force.configurationGrade { frame.properties.append((key: "grade", value: .real(grade))) }
    (frame.energy, frame.virial) = (total, virial)
    (frame.step, frame.time) = (system.step, system.time)
    return frame
  }
}
