import Atomistics
import Diagnostics
import Numerics

/// Writes trajectories in the AMBER NetCDF convention 1.0, which ASE, MDAnalysis, OVITO, VMD and cpptraj read.
///
/// Variables of the convention: time (ps), coordinates (float32, Å), cell_lengths, cell_angles, velocities (float32,
/// Å/ps), forces (float32, kcal/mol/Å: the only unit that its readers accept), without scale factors, which some
/// readers ignore. Ours: step; grades (extrapolation grades of the atoms); cell_vectors (the cell in the user's orientation, Å); image_counts; and, once for all
/// frames, element, atom_types (atomic numbers), masses (amu), identifier.
///
/// Coordinates are wrapped into the cell by default, which keeps float32 good to 4e-6 Å in a cell of 10 nm over any
/// length of run, and which viewers expect; unwrapped = coordinates + image_counts · cell. Other programs rebuild the
/// cell with a along x and b in the xy plane: coordinates, velocities and forces of a cell in another orientation are
/// rotated with it. The lengths of non-periodic directions are 0, as the convention has it; ASE and OVITO then take the
/// atoms' extent, MDAnalysis (2.11) cannot open files in which no direction is periodic.
///
/// ASE converts no units: there forces stay in kcal/mol/Å and velocities in Å/ps.
/// At any instant the file holds whole frames only: a frame counts once all of it is there.
/// Source: https://ambermd.org/netcdf/nctraj.xhtml
public final class NetCDFTrajectoryWriter {
  public struct Options: Equatable, Sendable {
    public var velocities: Bool
    public var forces: Bool
    public var grades: Bool
    /// Coordinates lie in the cell and image_counts tell where they come from; false: unwrapped coordinates alone.
    public var wrapped: Bool
    /// The file's `programVersion`.
    public var programVersion: String

    public init(
      velocities: Bool = false, forces: Bool = false, grades: Bool = false, wrapped: Bool = true,
      programVersion: String = "0.1"
    ) {
      self.velocities = velocities
      self.forces = forces
      self.grades = grades
      self.wrapped = wrapped
      self.programVersion = programVersion
    }
  }

  public var atomCount: Int { atoms.count }
  /// In the order of the atoms' ids, the same in all frames.
  public let atoms: TrajectoryAtoms
  public let options: Options
  /// Frames in the file.
  public private(set) var frameCount: Int
  public var path: String { file.path }

  private let file: OutputFile
  private let recordsOffset: Int
  private let recordSize: Int

  /// Creates the file with its header and atoms, and no frame.
  /// - Throws: `Failure.input` if the file exists and `overwriting` is false, cannot be created, or cannot hold so many
  ///   atoms.
  public init(
    creating path: String, atoms: TrajectoryAtoms, options: Options = Options(), overwriting: Bool = false
  ) throws {
    let layout = try NetCDFTrajectoryLayout(atoms: atoms, options: options, path: path)
    if !overwriting { try AtomicFile.requireAbsent(path) }
    try AtomicFile.replace(path) { try $0.write(layout.head) }
    file = try OutputFile(path, .existing)
    self.atoms = atoms
    self.options = options
    frameCount = 0
    recordsOffset = layout.head.count
    recordSize = layout.recordSize
  }

  /// Writes the header and the atoms into `file`, which is new and which the caller closes.
  init(into file: OutputFile, atoms: TrajectoryAtoms, options: Options) throws {
    let layout = try NetCDFTrajectoryLayout(atoms: atoms, options: options, path: file.path)
    try file.write(layout.head)
    self.file = file
    self.atoms = atoms
    self.options = options
    frameCount = 0
    recordsOffset = layout.head.count
    recordSize = layout.recordSize
  }

  /// Opens a file that a run with the same atoms and options wrote, to go on after its first `frameCount` frames; later
  /// ones are cut off, to the byte.
  /// - Throws: `Failure.input` if the file is missing, has fewer frames, or differs in anything but its frames.
  public init(
    continuing path: String, after frameCount: Int, atoms: TrajectoryAtoms, options: Options = Options()
  ) throws {
    let existing = try ClassicNetCDFFile(path)
    var options = options
    // A newer swmd may go on with the file of an older one.
    options.programVersion = existing.text(attribute: "programVersion") ?? options.programVersion
    let layout = try NetCDFTrajectoryLayout(atoms: atoms, options: options, path: path)
    recordsOffset = layout.head.count
    recordSize = layout.recordSize
    let found = try layout.frameCount(of: existing)
    guard frameCount >= 0, found >= frameCount else {
      throw Failure.input(
        "the trajectory has \(found) frames but the checkpoint continues it after frame \(frameCount)",
        at: Place(file: path), remedy: "restore the file of the run that wrote the checkpoint, or start a new run")
    }
    file = try OutputFile(path, .existing)
    self.atoms = atoms
    self.options = options
    self.frameCount = frameCount
    // The count first: a kill in between leaves bytes that nobody counts.
    try storeFrameCount(frameCount)
    try file.truncate(to: recordsOffset + frameCount * recordSize)
  }

  /// Appends a frame and hands it to the system: from then on it survives a kill of this process.
  ///
  /// - Throws: `Failure.runtime` if the disk is full (earlier frames stay readable) or a position is not finite;
  ///   `Failure.input` if the cell is flat or left-handed. `frame` must have `atomCount` atoms and all that `options`
  ///   promise.
  public func append(_ frame: TrajectoryFrame) throws {
    precondition(frame.positions.count == atomCount)
    precondition(frame.images.map { $0.count == atomCount } ?? true)
    precondition(!options.velocities || frame.velocities?.count == atomCount)
    precondition(!options.forces || frame.forces?.count == atomCount)
    precondition(!options.grades || frame.grades?.count == atomCount)
    if frame.cell.periodic != .none { try frame.cell.validate(at: Place(file: path)) }
    guard frameCount < ClassicNetCDFLayout.largestRecordCount else {
      throw Failure.runtime("the file is full: it has \(frameCount) frames", at: Place(file: path))
    }
    do {
      try NetCDFTrajectoryEncoder(frame: frame, options: options, file: file).encode()
      try file.flush()
      try storeFrameCount(frameCount + 1)
      frameCount += 1
    } catch {
      // The file's own count still excludes the frame; the space that it took is given back.
      try? file.truncate(to: recordsOffset + frameCount * recordSize)
      throw error
    }
  }

  /// Waits until all frames are on the disk; call it before the checkpoint that stores `frameCount` is written.
  public func synchronize() throws { try file.synchronize() }

  public func close() throws { try file.close() }

  private func storeFrameCount(_ count: Int) throws {
    try file.overwrite(bigEndianBytes(UInt32(count)), at: ClassicNetCDFLayout.recordCountOffset)
  }
}
