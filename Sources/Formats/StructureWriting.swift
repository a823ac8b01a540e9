import Atomistics
import Diagnostics

/// How structures are written.
public struct WriteOptions: Sendable {
  /// nil: from the file's name.
  public var format: StructureFormat?
  /// The order of numeric types (MLIP, LAMMPS); nil: the elements that occur, by atomic number.
  public var species: [Element]?
  /// nil: `charge` if there are charges, otherwise `atomic`.
  public var atomStyle: LAMMPSAtomStyle?
  /// POSCAR: all atoms of an element together, as VASP's POTCAR likes them; otherwise the order stays.
  public var groupsElements: Bool
  /// Extended XYZ.
  public var velocities: ExtendedXYZ.VelocityColumn

  public init(
    format: StructureFormat? = nil, species: [Element]? = nil, atomStyle: LAMMPSAtomStyle? = nil,
    groupsElements: Bool = false, velocities: ExtendedXYZ.VelocityColumn = .velocities
  ) {
    self.format = format
    self.species = species
    self.atomStyle = atomStyle
    self.groupsElements = groupsElements
    self.velocities = velocities
  }
}

/// Writes frames one at a time into a file that appears, whole, at `finish()`; without it the target stays as it was.
///
/// Where a format has numeric types and no species are given, those of the first frame hold for the file. A NetCDF file
/// has the first frame's atoms, and velocities, forces and image counts if it has them.
public final class FrameWriter {
  public let format: StructureFormat
  /// Frames written so far.
  public private(set) var count = 0
  private let output: AtomicFile
  private var trajectory: NetCDFTrajectoryWriter?
  private var options: WriteOptions
  private let path: String

  /// Throws `Failure` if the format is unknown or the file cannot be made.
  public init(path: String, options: WriteOptions = WriteOptions()) throws {
    format = try StructureFormat(toWrite: path, named: options.format)
    output = try AtomicFile(replacing: path)
    guard format != .netCDF || output.isReplacement else {
      throw Failure.input(
        "NetCDF can only be written to a regular file", at: Place(file: path),
        remedy: "name one, or choose another format")
    }
    self.options = options
    self.path = path
  }

  /// Throws `Failure` if the format cannot hold the frame or the disk is full.
  public func append(_ configuration: Configuration) throws {
    guard count == 0 || format.holdsSeveralFrames else {
      throw Failure.input(
        "'\(path)' is to hold several frames, but a file in the format '\(format.rawValue)' holds one",
        remedy: "choose one frame or another format")
    }
    let species = options.species ?? Set(configuration.elements).sorted()
    options.species = species
    if format.hasNumericTypes { try requireKnown(configuration.elements, among: species) }
    try write(configuration, species: species)
    count += 1
  }

  /// Moves the file into place. Throws a runtime `Failure` if the disk is full.
  public func finish() throws { try output.finish() }

  private func write(_ configuration: Configuration, species: [Element]) throws {
    let (file, place) = (output.file, Place(file: path))
    switch format {
    case .extendedXYZ: try file.write(ExtendedXYZ.encode(configuration, velocities: options.velocities))
    case .poscar:
      try file.write(PoscarWriter.encode(configuration, groupsElements: options.groupsElements, at: place))
    case .lammpsData:
      try file.write(LAMMPSDataWriter.encode(configuration, species: species, style: options.atomStyle, at: place))
    case .mlipConfiguration:
      try file.write(MLIPConfigurationWriter.encode(configuration, species: species, at: place))
    case .xdatcar: preconditionFailure("refused when the writer was made")
    case .lammpsDump: try file.write(LAMMPSDump.encode(configuration, species: species, frame: count, at: place))
    case .netCDF:
      let trajectory = try trajectory ?? NetCDFTrajectoryWriter(into: file, likeFrame: configuration)
      self.trajectory = trajectory
      try trajectory.append(configuration)
    }
  }

  private func requireKnown(_ elements: [Element], among species: [Element]) throws {
    let known = Set(species)
    if let atom = elements.firstIndex(where: { !known.contains($0) }) {
      throw Failure.input(
        "frame \(count + 1), atom \(atom + 1) is \(elements[atom]), but the types are \(species.map(\.symbol))",
        at: Place(file: path), remedy: "name every element of the file in the list of species")
    }
  }
}

/// Writes all frames beside `path` and moves the file into place, so that nothing is lost on a full disk.
///
/// Throws `Failure`: no frames, an unknown format, a frame that the format cannot hold, a disk that is full.
public func writeStructures(
  _ configurations: [Configuration], to path: String, options: WriteOptions = WriteOptions()
) throws {
  guard !configurations.isEmpty else { throw Failure.input("there is no structure to write to '\(path)'") }
  var options = options
  if options.species == nil { options.species = Set(configurations.flatMap(\.elements)).sorted() }
  let writer = try FrameWriter(path: path, options: options)
  for configuration in configurations { try writer.append(configuration) }
  try writer.finish()
}
