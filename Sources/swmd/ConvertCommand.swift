import ArgumentParser
import Diagnostics
import Formats

struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: "Convert a structure file or a trajectory into another format.",
    discussion: """
      swmd convert run/trajectory.nc out.extxyz               all frames
      swmd convert run/trajectory.nc POSCAR --frame -1        the last one
      swmd convert in.data out.extxyz --species Li,S          types 1, 2: Li, S
      swmd convert in.cfg /dev/stdout --to extxyz | head

      Formats: extxyz (.xyz, .extxyz), poscar (POSCAR*, CONTCAR*, .vasp), lammps-data (.data, .lmp), \
      cfg (MLIP's, .cfg), netcdf (AMBER's trajectories, .nc, .ncdf), lammps-dump (.dump, .lammpstrj); read only: \
      xdatcar (XDATCAR*). \
      Where the target holds one frame and none is chosen, it is the last.
      """)

  @Argument(help: "The file to read.")
  var source: String

  @Argument(help: "The file to write, or /dev/stdout.")
  var target: String

  @Option(help: "The source's format, where its name and content do not tell.")
  var from: String?

  @Option(help: "The target's format, where its name does not tell.")
  var to: String?

  @Option(help: "Elements of numeric types, such as Li,S, in the order of the types: when reading and when writing.")
  var species: String?

  // Unconditional: "-1" is a value here, not an option.
  @Option(parsing: .unconditional, help: "One frame only: 0 is the first, -1 the last.")
  var frame: Int?

  @Option(help: "LAMMPS data: the atom style to write, atomic or charge.")
  var atomStyle: String?

  @Option(help: "LAMMPS data: the atom style of a source that does not tell it: atomic, charge, molecular, full.")
  var sourceAtomStyle: String?

  @Flag(help: "Replace the target if it exists.")
  var overwrite = false

  func run() throws {
    if !overwrite {
      try AtomicFile.requireAbsent(target, remedy: "use --overwrite to replace it, or name another file")
    }
    let elements = try species.map(parseSpecies)
    let style = try atomStyle.map { try Self.parseAtomStyle($0, "--atom-style") }
    let sourceStyle = try sourceAtomStyle.map { try Self.parseAtomStyle($0, "--source-atom-style") }
    let format = try to.map(StructureFormat.init(named:))
    guard format != nil || StructureFormat(fileName: target) != nil else {
      throw Failure.input(
        "the name '\(target)' does not tell its format", remedy: "use --to with one of \(StructureFormat.list { $0.canWrite })")
    }
    try convertFrames(
      from: source, to: target,
      reading: ReadOptions(
        format: try from.map(StructureFormat.init(named:)), species: elements, atomStyle: sourceStyle),
      writing: WriteOptions(format: format, species: elements, atomStyle: style), frame: frame)
  }

  private static func parseAtomStyle(_ name: String, _ option: String) throws -> LAMMPSAtomStyle {
    guard let style = LAMMPSAtomStyle(rawValue: name) else {
      let names = LAMMPSAtomStyle.allCases.map(\.rawValue)
      throw Failure.input(
        "\(option): there is no style '\(name)'", remedy: "use one of \(names.joined(separator: ", "))")
    }
    return style
  }
}
