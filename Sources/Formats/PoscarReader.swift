import Atomistics
import Diagnostics
import Glibc
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
    guard let title = try source.nextLine()?.trimmed.string else { return nil }
    let factors = try readScalingFactors()
    let given = Matrix3(rows: try readVector("a"), try readVector("b"), try readVector("c"))
    let scale = try Self.scale(factors, of: given, at: source.place)
    let vectors = Matrix3(rows: scale.apply(given[0]), scale.apply(given[1]), scale.apply(given[2]))
    let runs = try readElements()
    let hasFlags = try readMode(startingWith: "s")
    let isCartesian = try readCoordinateMode()
    let (coordinates, flags) = try readCoordinates(count: runs.reduce(0) { $0 + $1.count }, hasFlags: hasFlags)
    let elements = runs.flatMap { Array(repeating: $0.element, count: $0.count) }
    let positions = coordinates.map { isCartesian ? scale.apply($0) : $0 * vectors }
    guard positions.allSatisfy({ $0.x.isFinite && $0.y.isFinite && $0.z.isFinite }) else {
      throw Failure.input("the scaled positions are not finite", at: source.place, remedy: "check the scaling factor")
    }
    var result = Configuration(cell: Cell(vectors: vectors, periodic: .all), elements: elements, positions: positions)
    if let flags { result.columns = [AtomColumn(name: "move_mask", width: 3, values: .logical(flags))] }
    result.velocities = try readVelocities(count: elements.count)
    if !title.isEmpty { result.properties = [("comment", .string(title))] }
    return result
  }

  /// Three factors act on x, y and z; a negative one is the volume that the cell shall have.
  private enum Scale {
    case none
    case components(Vector3)

    func apply(_ v: Vector3) -> Vector3 {
      switch self {
      case .none: v
      case .components(let factors): factors * v
      }
    }
  }

  private static func scale(_ factors: [Double], of cell: Matrix3, at place: Place) throws -> Scale {
    let remedy = "give one positive factor, three, or minus the volume"
    if factors.count == 3 {
      guard factors.allSatisfy({ $0 > 0 }) else {
        throw Failure.input("three scaling factors must be positive", at: place, remedy: remedy)
      }
      return .components(Vector3(factors[0], factors[1], factors[2]))
    }
    guard factors[0] < 0 else { return factors[0] == 1 ? .none : .components(Vector3(repeating: factors[0])) }
    let volume = abs(cell.determinant)
    guard volume > 0, volume.isFinite else {
      throw Failure.input(
        "a flat cell cannot be scaled to a volume", at: place, remedy: "give three independent cell vectors")
    }
    return .components(Vector3(repeating: cbrt(-factors[0] / volume)))
  }

  private func line(_ subject: String) throws -> ByteSpan {
    guard let line = try source.nextLine() else {
      throw Failure.input("the file ends where \(subject) should be", at: source.place, remedy: "complete the file")
    }
    return line
  }

  private func readScalingFactors() throws -> [Double] {
    let line = try line("the scaling factor")
    var factors: [Double] = []
    for word in line.words.prefix(3) {
      guard let factor = parseDouble(word), factor.isFinite else { break }
      factors.append(factor)
    }
    guard factors.count == 1 || factors.count == 3, !factors.contains(0) else {
      throw Failure.input(
        "the scaling factor is '\(line.trimmed.excerpt)'", at: source.place,
        remedy: "give one number (usually 1.0) or three")
    }
    return factors
  }

  private func readVector(_ name: String) throws -> Vector3 {
    let line = try line("cell vector \(name)")
    var rest = line
    guard let vector = parseVector(&rest) else {
      throw Failure.input(
        "cell vector \(name) is '\(line.trimmed.excerpt)', not three finite numbers", at: source.place,
        remedy: "correct it")
    }
    return vector
  }

  /// The elements and how many atoms of each follow.
  private func readElements() throws -> [(element: Element, count: Int)] {
    var names: [Element]?
    var line = try line("the number of atoms of each element")
    if let first = line.trimmed.first, isLetter(first) {
      names = try line.words.map { word in
        // VASP 6 writes the pseudopotential behind the symbol: Li_sv/8b6e7a.
        let symbol = word.split(at: 0x2F).0.split(at: 0x5F).0
        guard let element = parseElement(symbol) else {
          throw unknownElement(symbol.excerpt, in: "the line of elements", at: source.place)
        }
        return element
      }
      line = try self.line("the number of atoms of each element")
    }
    var counts: [Int] = []
    for word in line.words {
      guard let count = parseInteger(word), count >= 0 else { break }
      counts.append(count)
    }
    guard let order = names ?? species else {
      throw Failure.input(
        "the file (VASP 4's format) does not name its elements", at: source.place,
        remedy: "insert a line with their symbols above this one, or give the list of species")
    }
    guard counts.count == order.count, !counts.isEmpty else {
      throw Failure.input(
        "there are \(order.count) elements but \(counts.count) numbers of atoms", at: source.place,
        remedy: "give one number for each element")
    }
    var total = 0
    for count in counts {
      let (sum, overflow) = total.addingReportingOverflow(count)
      guard !overflow else {
        throw Failure.input("the numbers of atoms are too large", at: source.place, remedy: "correct them")
      }
      total = sum
    }
    return zip(order, counts).map { ($0, $1) }
  }

  /// Consumes the line if its first letter is the given one, in either case.
  private func readMode(startingWith letter: Character) throws -> Bool {
    let mode = try line("Direct or Cartesian").trimmed
    if mode.string.lowercased().first == letter { return true }
    source.unreadLine()
    return false
  }

  private func readCoordinateMode() throws -> Bool {
    let mode = try line("Direct or Cartesian").trimmed
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
      let line = try line("atom \(atom + 1) of \(count)")
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
    for _ in 0..<8 { _ = try line("the lattice velocities") }
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
