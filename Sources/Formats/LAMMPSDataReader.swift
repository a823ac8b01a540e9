import Atomistics
import Diagnostics
import Numerics

/// Reads a LAMMPS data file in metal units: restricted and general triclinic boxes, styles atomic, charge, molecular
/// and full, image flags, masses, velocities (Å/ps, read as Å/fs without a rounding), type labels.
///
/// The cell has no origin in swmd: a box that starts elsewhere than at zero is moved there with its atoms. The file
/// does not tell its boundaries: they are periodic unless the caller says otherwise. Atoms stay in the file's order
/// with their ids. Elements: the caller's list, type labels, the comments of `Masses` (`1 6.94 # Li`), or the masses
/// themselves. Source: LAMMPS's documentation, `read_data`.
final class LAMMPSDataReader: FrameParser {
  private let source: ByteReader
  private let options: ReadOptions
  private var header = LAMMPSDataHeader()
  private var types: LAMMPSTypeNames
  private var atoms: LAMMPSAtomsSection?
  private var velocities: [Int: Vector3]?
  private var isDone = false

  init(_ source: ByteReader, options: ReadOptions) {
    self.source = source
    self.options = options
    types = LAMMPSTypeNames(species: options.species)
  }

  func next() throws -> Configuration? {
    // The first line is a title, whatever it says.
    guard !isDone, try source.nextLine() != nil else { return nil }
    isDone = true
    var section: String?
    while let line = try source.nextLine() {
      let (content, comment) = line.split(at: 0x23)
      guard !content.isBlank else { continue }
      if section == nil, try header.take(content, at: source.place) { continue }
      let title = content.trimmed
      // Sections that are not read consist of lines that start with a number.
      guard let first = title.first, isLetter(first) else { continue }
      section = title.excerpt
      try readSection(title.excerpt, style: comment?.trimmed.string)
    }
    return try assemble()
  }

  private func readSection(_ title: String, style: String?) throws {
    switch title {
    case "Masses":
      try eachLine(of: title, count: header.typeCount ?? 0) { try types.takeMass($0, comment: $1, at: $2) }
    case "Atom Type Labels":
      try eachLine(of: title, count: header.typeCount ?? 0) { line, _, place in try types.takeLabel(line, at: place) }
    case "Atoms":
      let count = try requireAtomCount()
      let named = style.flatMap(LAMMPSAtomStyle.init(rawValue:))
      if let style, named == nil, !style.isEmpty, options.atomStyle == nil {
        throw Failure.input(
          "the atom style '\(style.prefix(40))' is not known", at: source.place,
          remedy: "swmd reads \(LAMMPSAtomStyle.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      var section = LAMMPSAtomsSection(style: named ?? options.atomStyle)
      section.reserve(source.plausible(count, bytesEach: 10))
      try eachLine(of: title, count: count) { line, _, place in try section.take(line, types: types, at: place) }
      atoms = section
    case "Velocities": velocities = try readVelocities()
    default: break
    }
  }

  private func requireAtomCount() throws -> Int {
    guard let count = header.atomCount else {
      throw Failure.input(
        "the header does not give the number of atoms", at: source.place, remedy: "add a line such as '17 atoms'")
    }
    return count
  }

  /// Hands out `count` filled lines with their comments; throws if the section ends before.
  private func eachLine(
    of title: String, count: Int, _ body: (ByteSpan, ByteSpan?, Place) throws -> Void
  ) throws {
    for number in 0..<count {
      var found: (ByteSpan, ByteSpan?)?
      while found == nil, let line = try source.nextLine() {
        let parts = line.split(at: 0x23)
        if !parts.0.isBlank { found = parts }
      }
      guard let (content, comment) = found, content.trimmed.first.map(isLetter) == false else {
        throw Failure.input(
          "the section \(title) has \(number) lines, but the header says \(count)", at: source.place,
          remedy: "make the header and the section agree")
      }
      try body(content, comment, source.place)
    }
  }

  private func readVelocities() throws -> [Int: Vector3] {
    var found: [Int: Vector3] = [:]
    try eachLine(of: "Velocities", count: requireAtomCount()) { line, _, place in
      var rest = line
      var velocity = Vector3.zero
      let id = rest.nextWord().flatMap(parseInteger)
      var isWhole = id != nil
      for axis in 0..<3 where isWhole {
        // Å/ps to Å/fs.
        let value = rest.nextWord().flatMap { parseDouble($0, decimalShift: -3) }
        isWhole = value?.isFinite ?? false
        velocity[axis] = value ?? 0
      }
      guard isWhole, let id else {
        throw Failure.input(
          "'\(line.trimmed.excerpt)' is not an id and a finite velocity", at: place, remedy: "correct the line")
      }
      guard found.updateValue(velocity, forKey: id) == nil else {
        throw Failure.input("atom \(id) has two velocities", at: place, remedy: "remove one")
      }
    }
    return found
  }

  private func assemble() throws -> Configuration {
    let count = try requireAtomCount()
    let atoms = self.atoms ?? LAMMPSAtomsSection(style: .atomic)
    guard count == atoms.ids.count else {
      throw Failure.input("there is no section Atoms", at: source.place, remedy: "complete the file")
    }
    try requireDistinct(atoms.ids, subject: "the section Atoms", at: source.place)
    let vectors = try header.cellVectors(at: source.place)
    let origin = header.origin
    let cell = Cell(vectors: vectors, periodic: options.periodicity ?? .all)
    let elements = try atoms.types.map { try types.element(of: $0, at: source.place) }
    // A box at zero leaves every bit (also the sign of a zero) as it was.
    let positions = origin == .zero ? atoms.positions : atoms.positions.map { $0 - origin }
    var result = Configuration(cell: cell, elements: elements, positions: positions)
    if !atoms.ids.enumerated().allSatisfy({ $1 == $0 + 1 }) { result.ids = atoms.ids.map(Int64.init) }
    result.charges = atoms.charges.isEmpty ? nil : atoms.charges
    result.images = atoms.images.isEmpty ? nil : atoms.images
    result.masses = types.masses(of: atoms.types, elements)
    if !atoms.molecules.isEmpty {
      result.columns = [AtomColumn(name: "molecule", width: 1, values: .integer(atoms.molecules))]
    }
    if let velocities {
      result.velocities = try atoms.ids.map { id in
        guard let velocity = velocities[id] else {
          throw Failure.input("atom \(id) has no velocity", at: source.place, remedy: "complete the section Velocities")
        }
        return velocity
      }
    }
    return result
  }
}
