import ArgumentParser
import Diagnostics
import Formats
import Foundation

struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: "Convert a structure file or a trajectory into another format.",
    discussion: """
      Formats by name or ending: extxyz, poscar, lammps-data, cfg (read and written), lammps-dump (written), AMBER NetCDF .nc \
      (read and written).
      """)

  @Argument(help: "The file to read.")
  var source: String

  @Argument(help: "The file to write; it must not exist yet unless --overwrite is given.")
  var target: String

  @Option(help: "The source's format, where its name and content do not tell.")
  var from: String?

  @Option(help: "The target's format, where its name does not tell.")
  var to: String?

  @Option(help: "Elements of numeric types, such as Li,S, in the order of the types: when reading and when writing.")
  var species: String?

  @Option(help: "One frame only: 0 is the first, -1 the last.")
  var frame: Int?

  @Option(help: "LAMMPS data: the atom style to write, atomic or charge.")
  var atomStyle: String?

  @Flag(help: "Replace the target if it exists.")
  var overwrite = false

  func run() throws {
    let elements = try species.map(parseSpecies)
    guard overwrite || !FileManager.default.fileExists(atPath: target) else {
      throw Failure.input("'\(target)' exists", remedy: "use --overwrite to replace it, or name another file")
    }
    let style = try atomStyle.map { name in
      guard let style = LAMMPSAtomStyle(rawValue: name) else {
        throw Failure.input("--atom-style: there is no style '\(name)'", remedy: "use atomic or charge")
      }
      return style
    }
    try convertFrames(
      from: source, to: target,
      reading: ReadOptions(format: try from.map(StructureFormat.init(named:)), species: elements),
      writing: WriteOptions(format: try to.map(StructureFormat.init(named:)), species: elements, atomStyle: style),
      frame: frame)
  }
}
