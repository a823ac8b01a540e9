import Atomistics
import Diagnostics
import Numerics

/// Reads VASP's POSCAR and CONTCAR: VASP 5 (names) and 4 (the caller names the elements), one or three scaling factors
/// or a volume, direct or Cartesian, selective dynamics (column `move_mask`, T = may move, as in ASE), velocities
/// (Å/fs).
///
/// The first line is kept as the property `comment`. Source: VASP's wiki, "POSCAR".
final class PoscarReader: FrameParser {
  private let source: ByteReader
  private let species: [Element]?
  private var isDone = false

  init(_ source: ByteReader, species: [Element]?) {
    self.source = source
    self.species = species
  }

  func next() throws -> Configuration? {
    guard !isDone else { return nil }
    isDone = true
    guard let header = try PoscarHeader(source, species: species) else { return nil }
    let hasFlags = try readMode(startingWith: "s")
    let isCartesian = try readCoordinateMode()
    let (coordinates, flags) = try readCoordinates(count: header.atomCount, hasFlags: hasFlags)
    let positions = coordinates.map { isCartesian ? header.scale.apply($0) : $0 * header.vectors }
    guard positions.allSatisfy({ $0.x.isFinite && $0.y.isFinite && $0.z.isFinite }) else {
      throw Failure.input("the scaled positions are not finite", at: source.place, remedy: "check the scaling factor")
    }
    var result = Configuration(
      cell: Cell(vectors: header.vectors, periodic: .all), elements: header.elements, positions: positions)
    if let flags { result.columns = [AtomColumn(name: "move_mask", width: 3, values: .logical(flags))] }
    result.velocities = try readVelocities(count: header.atomCount)
    if !header.title.isEmpty { result.properties = [("comment", .string(header.title))] }
    return result
  }

  /// Consumes the line if its first letter is the given one, in either case.
  private func readMode(startingWith letter: Character) throws -> Bool {
    let mode = try source.poscarLine("Direct or Cartesian").trimmed
    if mode.string.lowercased().first == letter { return true }
    source.unreadLine()
    return false
  }

  private func readCoordinateMode() throws -> Bool {
    let mode = try source.poscarLine("Direct or Cartesian").trimmed
    switch mode.string.lowercased().first {
    case "c", "k": return true
    case "d": return false
    default:
      throw Failure.input(
        "the kind of coordinates is '\(mode.excerpt)'", at: source.place, remedy: "write Direct or Cartesian")
    }
  }

  private func readCoordinates(count: Int, hasFlags: Bool) throws -> ([Vector3], [Bool]?) {
    var coordinates: [Vector3] = []
    var flags: [Bool] = []
    for atom in 0..<count {
      let line = try source.poscarLine("atom \(atom + 1) of \(count)")
      var rest = line
      guard let vector = parseVector(&rest) else {
        throw Failure.input(
          "atom \(atom + 1): '\(line.trimmed.excerpt)' is not three finite coordinates", at: source.place,
          remedy: "correct the line or the number of atoms")
      }
      coordinates.append(vector)
      guard hasFlags else { continue }
      for _ in 0..<3 {
        guard let flag = rest.nextWord().flatMap(Self.parseFlag) else {
          throw Failure.input(
            "atom \(atom + 1) lacks its flags of selective dynamics", at: source.place, remedy: "give three of T or F")
        }
        flags.append(flag)
      }
    }
    return (coordinates, hasFlags ? flags : nil)
  }

  /// Fortran's logicals: T, .TRUE., F, .FALSE.
  private static func parseFlag(_ word: ByteSpan) -> Bool? {
    switch word.buffer.first(where: { $0 != 0x2E }).map({ $0 | 0x20 }) {
    case 0x74: true
    case 0x66: false
    default: nil
    }
  }

  /// The block after the positions: a blank line or a mode, then one line an atom. What follows (VASP's predictor) is
  /// ignored.
  private func readVelocities(count: Int) throws -> [Vector3]? {
    guard count > 0, let separator = try source.nextLine()?.trimmed else { return nil }
    let mode = separator.string.lowercased().first
    // VASP 6 may put the velocities of the lattice first; they have no place here, and a further header follows.
    if mode == "l" { try skipLatticeVelocities() }
    var velocities: [Vector3] = []
    for atom in 0..<count {
      guard let line = try source.nextLine(), !line.isBlank else {
        if atom == 0 { return nil }
        throw Failure.input(
          "the velocities end after atom \(atom) of \(count)", at: source.place, remedy: "complete the block")
      }
      var rest = line
      guard let vector = parseVector(&rest) else {
        throw Failure.input(
          "the velocity of atom \(atom + 1) is '\(line.trimmed.excerpt)', not three finite numbers", at: source.place,
          remedy: "correct it or delete the block of velocities")
      }
      velocities.append(vector)
    }
    guard mode != "d" || velocities.allSatisfy({ $0 == .zero }) else {
      throw Failure.input(
        "the velocities are in direct coordinates per time step, and the file does not tell the step", at: source.place,
        remedy: "give them as Cartesian, in Å/fs")
    }
    return velocities
  }

  private func skipLatticeVelocities() throws {
    for _ in 0..<8 { _ = try source.poscarLine("the lattice velocities") }
  }
}

/// Three finite numbers off the front of a line; nil if they are not there.
func parseVector(_ rest: inout ByteSpan) -> Vector3? {
  var vector = Vector3.zero
  for axis in 0..<3 {
    guard let word = rest.nextWord(), let value = parseDouble(word), value.isFinite else { return nil }
    vector[axis] = value
  }
  return vector
}
