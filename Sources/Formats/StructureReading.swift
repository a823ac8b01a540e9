import Atomistics
import Diagnostics

/// What a structure file does not say itself.
public struct ReadOptions: Sendable {
  /// nil: from the file's name, or else from its content.
  public var format: StructureFormat?
  /// The elements of numeric types, in the order of the types (MLIP's start at 0, LAMMPS's at 1; VASP 4's in order).
  public var species: [Element]?
  /// LAMMPS data without a style comment.
  public var atomStyle: LAMMPSAtomStyle?
  /// Boundaries of a LAMMPS data file, which cannot tell them; nil: periodic.
  public var periodicity: Periodicity?
  /// false: a NetCDF trajectory of velocities alone is read, too; its frames' positions are then zero.
  public var requiresPositions = true

  public init(
    format: StructureFormat? = nil, species: [Element]? = nil, atomStyle: LAMMPSAtomStyle? = nil,
    periodicity: Periodicity? = nil
  ) {
    self.format = format
    self.species = species
    self.atomStyle = atomStyle
    self.periodicity = periodicity
  }
}

/// One format's reader: the next frame, or nil after the last.
protocol FrameParser: AnyObject {
  func next() throws -> Configuration?
}

/// A reader that finds any frame without reading those before.
protocol IndexedFrames {
  var index: FrameIndex { get }
  var hasPositions: Bool { get }
  /// Frame `number`, from 0 to `index.frameCount` - 1.
  func frame(_ number: Int) throws -> Configuration
  /// The vectors of several frames, ascending; nil where the format has no way but frame by frame.
  func vectors(_ quantity: VectorQuantity, frames numbers: [Int]) throws -> FrameVectors?
}

/// Walks the frames of a structure file one at a time: memory for one frame, however long the file.
public final class FrameReader {
  public let format: StructureFormat
  /// Frames handed out so far.
  public private(set) var count = 0
  private let parser: FrameParser
  private let path: String

  /// Throws `Failure.input` if the file cannot be opened or its format is unknown.
  public convenience init(path: String, options: ReadOptions = ReadOptions()) throws {
    try self.init(ByteReader(path: path), options) { try InputFile(path) }
  }

  /// Reads from memory; `name` stands for the path, in messages and to tell the format.
  public convenience init(bytes: [UInt8], name: String, options: ReadOptions = ReadOptions()) throws {
    try self.init(ByteReader(bytes: bytes, name: name), options) { InputFile(bytes: bytes, name: name) }
  }

  /// `seekable` opens the same for formats that are not read from front to back.
  private init(_ source: ByteReader, _ options: ReadOptions, _ seekable: () throws -> InputFile) throws {
    path = source.path
    format = try StructureFormat(toRead: source, named: options.format)
    switch format {
    case .extendedXYZ: parser = ExtendedXYZReader(source)
    case .poscar: parser = PoscarReader(source, species: options.species)
    case .lammpsData: parser = LAMMPSDataReader(source, options: options)
    case .mlipConfiguration: parser = MLIPConfigurationReader(source, species: options.species)
    case .netCDF:
      parser = NetCDFFrameParser(
        try NetCDFTrajectoryReader(
          seekable(), species: options.species ?? [], requiresPositions: options.requiresPositions))
    case .lammpsDump: parser = LAMMPSDumpReader(source, options: options)
    case .xdatcar: parser = XdatcarReader(source, species: options.species)
    }
  }

  /// The next frame; nil after the last. Throws `Failure.input` that names file, line, frame and atom.
  public func next() throws -> Configuration? {
    guard let configuration = try parser.next() else { return nil }
    count += 1
    return configuration
  }

  /// Frame `wanted` from 0, or from the end if negative, of a reader that has handed out none yet.
  ///
  /// Throws `Failure.input` if there is no such frame.
  func frame(_ wanted: Int) throws -> Configuration {
    if let netCDF = parser as? NetCDFFrameParser {
      let frameCount = netCDF.reader.frameCount, index = wanted < 0 ? frameCount + wanted : wanted
      guard (0..<frameCount).contains(index) else { throw noFrame(wanted, of: frameCount) }
      return try netCDF.reader.frame(index)
    }
    // Counting from the end, as many frames are kept as might still be wanted.
    var kept: [Configuration] = []
    while let configuration = try next() {
      if wanted >= 0 {
        if count - 1 == wanted { return configuration }
      } else {
        kept.append(configuration)
        if kept.count > wanted.magnitude { kept.removeFirst() }
      }
    }
    guard wanted < 0, kept.count == wanted.magnitude, let found = kept.first else { throw noFrame(wanted, of: count) }
    return found
  }

  /// The frames by their number, of a reader that has handed out none yet.
  /// - Parameter index: what another reader of the same file found; nil: it is found here.
  func indexedFrames(_ index: FrameIndex?) throws -> any IndexedFrames {
    switch parser {
    case let netCDF as NetCDFFrameParser: try IndexedNetCDF(netCDF.reader, index: index)
    case let text as any SeekableParser: try IndexedText(text, index: index)
    default: try IndexedList(parser)
    }
  }

  private func noFrame(_ wanted: Int, of count: Int) -> Failure {
    guard count > 0 else { return emptyFile }
    return .input(
      "there is no frame \(wanted): the file has \(count)", at: Place(file: path),
      remedy: "choose one from 0 to \(count - 1), or from -\(count) to -1 counting from the end")
  }

  /// What to throw where at least one frame is needed.
  var emptyFile: Failure {
    .input(
      "the file holds no structure", at: Place(file: path), remedy: "check that it is the right file and not empty")
  }
}

/// Walks the frames of a NetCDF trajectory.
private final class NetCDFFrameParser: FrameParser {
  let reader: NetCDFTrajectoryReader
  private var index = 0

  init(_ reader: NetCDFTrajectoryReader) { self.reader = reader }

  func next() throws -> Configuration? {
    guard index < reader.frameCount else { return nil }
    defer { index += 1 }
    return try reader.frame(index)
  }
}

/// All frames of a file, at least one.
public func readStructures(at path: String, options: ReadOptions = ReadOptions()) throws -> [Configuration] {
  let reader = try FrameReader(path: path, options: options)
  var frames: [Configuration] = []
  while let frame = try reader.next() { frames.append(frame) }
  guard !frames.isEmpty else { throw reader.emptyFile }
  return frames
}

/// One frame of a file: number `frame` from 0, or from the end if negative; nil: the last (the only one of most files).
public func readStructure(
  at path: String, frame: Int? = nil, options: ReadOptions = ReadOptions()
) throws -> Configuration {
  try FrameReader(path: path, options: options).frame(frame ?? -1)
}
