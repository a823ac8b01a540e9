import Atomistics
import Communication
import Diagnostics
import Dynamics
import Formats

/// One trajectory file of a run. Root writes; the other ranks bring their atoms.
final class TrajectoryOutput {
  let input: TrajectoryInput
  private let path: String
  private let gatherer: FrameGatherer
  /// On root, once opened.
  private var netCDF: NetCDFTrajectoryWriter?
  private var text: AppendFile?
  private let species: [Element]

  /// Creates the file, or goes on after `length` frames (NetCDF) or bytes (text). Collective.
  init(_ input: TrajectoryInput, directory: String, system: SystemState, continuingAt length: Int?) throws {
    self.input = input
    path = "\(directory)/\(input.file.value)"
    gatherer = FrameGatherer(system: system)
    species = Set(system.kinds.map(\.element)).sorted()
    let communicator = system.domain.communicator
    if input.format == .netCDF {
      let atoms = gatherer.trajectoryAtoms()
      let options = NetCDFTrajectoryWriter.Options(
        velocities: input.velocities, forces: input.forces, grades: input.grades, wrapped: input.wrapped,
        programVersion: programVersion)
      netCDF = try communicator.onRoot {
        if let length {
          try NetCDFTrajectoryWriter(continuing: path, after: length, atoms: atoms, options: options)
        } else {
          try NetCDFTrajectoryWriter(creating: path, atoms: atoms, options: options, overwriting: true)
        }
      }
    } else {
      text = try communicator.onRoot {
        if let length { try AppendFile(continuing: path, at: length) } else { try AppendFile(creating: path, overwriting: true) }
      }
    }
  }

  /// Appends the present frame. Collective.
  func write() throws {
    // The first step of a run follows no step that could have been told.
    if input.grades, !gatherer.system.forceField.hasGrades { try gatherer.system.computeForces(withGrades: true) }
    if input.format == .netCDF {
      try gatherer.withFrame(velocities: input.velocities, forces: input.forces, grades: input.grades) { try netCDF?.append($0) }
      return
    }
    let frame = gatherer.configuration(
      .init(
        velocities: input.velocities, forces: input.forces, energies: input.energies, grades: input.grades,
        wrapped: input.wrapped))
    try gatherer.system.domain.communicator.onRoot {
      guard let frame, let text else { return }
      try text.append(
        bytes: input.format == .extendedXYZ
          ? ExtendedXYZ.encode(frame)
          : LAMMPSDump.encode(frame, species: species, frame: 0, at: Place(file: path)))
      try text.flush()
    }
  }

  /// What a checkpoint stores: frames or bytes. Root only.
  var length: Int { netCDF?.frameCount ?? text?.offset ?? 0 }

  /// Waits until all frames are on the disk. Root only.
  func synchronize() throws {
    try netCDF?.synchronize()
    try text?.synchronize()
  }
}
