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

/// Walks the frames of a structure file one at a time: memory for one frame, however long the file.
public final class FrameReader {
  public let format: StructureFormat
  /// Frames handed out so far.
  public private(set) var count = 0
  private let parser: FrameParser

  /// Throws `Failure.input` if the file cannot be opened or its format is unknown.
  public convenience init(path: String, options: ReadOptions = ReadOptions()) throws {
    try self.init(ByteReader(path: path), options)
  }

  /// Reads from memory; `name` stands for the path, in messages and to tell the format.
  public convenience init(bytes: [UInt8], name: String, options: ReadOptions = ReadOptions()) throws {
    try self.init(ByteReader(bytes: bytes, name: name), options)
  }

  private init(_ source: ByteReader, _ options: ReadOptions) throws {
    format = try StructureFormat(toRead: source, named: options.format)
    switch format {
    case .extendedXYZ: parser = ExtendedXYZReader(source)
    case .poscar: parser = PoscarReader(source, species: options.species)
    case .lammpsData: parser = LAMMPSDataReader(source, options: options)
    case .mlipConfiguration: parser = MLIPConfigurationReader(source, species: options.species)
    case .lammpsDump: throw Failure.input("LAMMPS dumps are only written")
    }
  }

  /// The next frame; nil after the last. Throws `Failure.input` that names file, line, frame and atom.
  public func next() throws -> Configuration? {
    guard let configuration = try parser.next() else { return nil }
    count += 1
    return configuration
  }
}

/// All frames of a file, at least one.
public func readStructures(at path: String, options: ReadOptions = ReadOptions()) throws -> [Configuration] {
  let reader = try FrameReader(path: path, options: options)
  var frames: [Configuration] = []
  while let frame = try reader.next() { frames.append(frame) }
  guard !frames.isEmpty else { throw noFrames(path) }
  return frames
}

/// One frame of a file: number `frame` from 0, or from the end if negative; nil: the last (the only one of most files).
public func readStructure(
  at path: String, frame: Int? = nil, options: ReadOptions = ReadOptions()
) throws -> Configuration {
  let reader = try FrameReader(path: path, options: options)
  let wanted = frame ?? -1
  // Counting from the end, as many frames are kept as might still be wanted.
  var kept: [Configuration] = []
  while let configuration = try reader.next() {
    if wanted >= 0 {
      if reader.count - 1 == wanted { return configuration }
    } else {
      kept.append(configuration)
      if kept.count > wanted.magnitude { kept.removeFirst() }
    }
  }
  guard reader.count > 0 else { throw noFrames(path) }
  guard wanted < 0, kept.count == wanted.magnitude, let found = kept.first else {
    throw Failure.input(
      "there is no frame \(wanted) in '\(path)'", remedy: "choose one from 0 to \(reader.count - 1)")
  }
  return found
}

private func noFrames(_ path: String) -> Failure {
  .input("'\(path)' holds no structure", remedy: "check that it is the right file and not empty")
}
