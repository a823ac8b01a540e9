import Diagnostics

/// The structure files that swmd knows; the raw value is the name that the user writes.
public enum StructureFormat: String, CaseIterable, Sendable {
  case extendedXYZ = "extxyz"
  case poscar
  case lammpsData = "lammps-data"
  case mlipConfiguration = "cfg"
  /// AMBER's trajectories.
  case netCDF = "netcdf"
  case lammpsDump = "lammps-dump"
  /// VASP's trajectories; only read.
  case xdatcar

  public var canWrite: Bool { self != .xdatcar }

  /// Whether a file of this format can hold several frames.
  public var holdsSeveralFrames: Bool { self != .poscar && self != .lammpsData }

  /// Whether atoms are of numeric types in the file, so that a list of species gives them their order.
  var hasNumericTypes: Bool { self == .lammpsData || self == .mlipConfiguration || self == .lammpsDump }

  private var suffixes: [String] {
    switch self {
    case .extendedXYZ: ["xyz", "extxyz"]
    case .poscar: ["poscar", "vasp", "contcar"]
    case .lammpsData: ["data", "lmp", "lammps-data"]
    case .mlipConfiguration: ["cfg"]
    case .netCDF: ["nc", "ncdf"]
    case .lammpsDump: ["dump", "lammpstrj"]
    case .xdatcar: ["xdatcar"]
    }
  }

  /// From a file's name alone: its suffix, or a customary beginning (POSCAR, CONTCAR, XDATCAR, data.); nil if it tells
  /// nothing.
  public init?(fileName path: String) {
    let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
    let suffix = name.split(separator: ".").last.map(String.init) ?? ""
    if name.contains("."), let format = Self.allCases.first(where: { $0.suffixes.contains(suffix) }) {
      self = format
    } else if name.hasPrefix("poscar") || name.hasPrefix("contcar") {
      self = .poscar
    } else if name.hasPrefix("xdatcar") {
      self = .xdatcar
    } else if name.hasPrefix("data.") {
      self = .lammpsData
    } else {
      return nil
    }
  }

  /// From the name that a user writes ("extxyz", "poscar", ...); throws naming the nearest and all the others.
  public init(named name: String) throws {
    guard let format = StructureFormat(rawValue: name.lowercased()) else {
      let hint = nearestName(to: name, among: Self.allCases.map(\.rawValue)).map { "did you mean '\($0)'? " } ?? ""
      throw Failure.input("'\(name)' is not a structure format", remedy: "\(hint)the formats are \(Self.list())")
    }
    self = format
  }

  /// The format to write `path` in: the named one, or from the name.
  init(toWrite path: String, named format: StructureFormat?) throws {
    guard let chosen = format ?? StructureFormat(fileName: path) else {
      throw Failure.input(
        "the name '\(path)' does not tell its format",
        remedy: "use a customary suffix or name one of \(Self.list { $0.canWrite })")
    }
    guard chosen.canWrite else {
      throw Failure.input(
        "'\(path)' would be in the format '\(chosen.rawValue)', which swmd only reads",
        remedy: "choose one of \(Self.list { $0.canWrite })")
    }
    self = chosen
  }

  /// The format to read: the named one, or from the name, or from the content.
  init(toRead source: ByteReader, named format: StructureFormat?) throws {
    guard let chosen = try format ?? StructureFormat(fileName: source.path) ?? Self.guess(from: source) else {
      throw Failure.input(
        "'\(source.path)' is in no format that swmd recognizes",
        remedy: "name its format if it is one of \(Self.list())")
    }
    self = chosen
  }

  /// The names of formats, for messages.
  public static func list(where isIncluded: (StructureFormat) -> Bool = { _ in true }) -> String {
    allCases.filter(isIncluded).map(\.rawValue).joined(separator: ", ")
  }

  /// From the first lines.
  private static func guess(from source: ByteReader) throws -> StructureFormat? {
    let preview = try source.preview(8192)
    // Classic NetCDF, and NetCDF-4, whose reader says what to do about it.
    if preview.buffer.starts(with: [0x43, 0x44, 0x46]) || preview.buffer.starts(with: [0x89, 0x48, 0x44, 0x46]) {
      return .netCDF
    }
    if MLIPBinaryReader.isBinary(preview) { return .mlipConfiguration }
    let lines = preview.buffer.split(separator: 0x0A, maxSplits: 20, omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
    func words(_ line: Int) -> [Substring] {
      lines.indices.contains(line) ? lines[line].split(whereSeparator: \.isWhitespace) : []
    }
    func areNumbers(_ line: Int, atLeast count: Int) -> Bool {
      words(line).count >= count && words(line).prefix(count).allSatisfy { Double($0) != nil }
    }
    guard let filled = lines.indices.first(where: { !words($0).isEmpty }) else { return nil }
    if words(filled).first == "BEGIN_CFG" { return .mlipConfiguration }
    if lines[filled].hasPrefix("ITEM:") { return .lammpsDump }
    if words(filled).count == 1, Int(words(filled)[0]) != nil, !areNumbers(filled + 1, atLeast: 3) {
      return .extendedXYZ
    }
    // LAMMPS takes its first line for a title; a POSCAR's title may well be "17 atoms".
    func countsAtoms(_ line: Int) -> Bool {
      words(line).count >= 2 && words(line)[1] == "atoms" && Int(words(line)[0]) != nil
    }
    if lines.indices.dropFirst().contains(where: countsAtoms) { return .lammpsData }
    if lines.contains(where: { $0.lowercased().hasPrefix("direct configuration=") }) { return .xdatcar }
    if areNumbers(1, atLeast: 1), (2...4).allSatisfy({ areNumbers($0, atLeast: 3) }) { return .poscar }
    return nil
  }
}
