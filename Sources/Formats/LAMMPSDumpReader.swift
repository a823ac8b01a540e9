import Atomistics
import Diagnostics
import Numerics

/// Reads LAMMPS's text dumps (`dump custom`, `dump atom`) in metal or real units: orthogonal, triclinic and general boxes;
/// positions as they are, scaled, unwrapped or both; velocities, forces, charges, masses and image counts.
///
/// Atoms come in the order of their ids, which LAMMPS does not keep: a second frame without ids is refused. The cell has no
/// origin in swmd: a box that starts elsewhere than at zero is moved there with its atoms. Elements: of the types 1, 2, ...
/// where the caller names them, else the column `element`, else the masses. Unwrapped positions have image counts of zero.
/// The first frame says the units for all; without a word they are metal. Source: LAMMPS's documentation, `dump`.
final class LAMMPSDumpReader: SeekableParser {
  let source: ByteReader
  private let species: [Element]?
  private var headers: LAMMPSDumpHeaderReader
  private var frame = 0

  init(_ source: ByteReader, options: ReadOptions) {
    self.source = source
    species = options.species
    headers = LAMMPSDumpHeaderReader(source, periodicity: options.periodicity)
  }

  func next() throws -> Configuration? {
    guard let header = try headers.next(frame: frame) else { return nil }
    var table = try LAMMPSDumpTable(header, units: headers.units, frame: frame, at: source.place)
    try table.read(header.atomCount, from: source)
    guard frame == 0 || table.hasIDs else {
      throw Failure.input(
        "frame \(frame) has no column id, and LAMMPS changes the order of atoms from frame to frame", at: source.place,
        remedy: "write the dump with the column id")
    }
    frame += 1
    return try table.configuration(species: species, at: source.place)
  }

  func skip() throws -> FrameFacts? {
    guard let header = try headers.next(frame: frame) else { return nil }
    guard try source.skipLines(header.atomCount) else {
      throw LAMMPSDumpTable.cutOff(frame: frame, count: header.atomCount, at: source.place)
    }
    frame += 1
    return FrameFacts(time: header.time, step: header.step, header: headers.unitsPlace)
  }

  func seek(to mark: FrameMark, frame index: Int) throws {
    if let place = mark.header, place != headers.unitsPlace {
      try source.seek(to: place)
      _ = try headers.next(frame: index)
    }
    try source.seek(to: mark.start)
    frame = index
  }
}
