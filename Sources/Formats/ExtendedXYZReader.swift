import Atomistics
import Diagnostics
import Numerics

/// Reads extended XYZ (ASE's and libAtoms's dialects) and plain XYZ, frame by frame.
///
/// A frame: the number of atoms; key-value pairs (`Lattice` rows a, b, c in Å, `pbc`, `Properties`, anything); one line
/// an atom. Velocities: columns `velocities`, `velocity`, `velo` or `vel` in Å/fs unless `velocity_units` says
/// otherwise, or ASE's `momenta` (amu Å per ASE's unit of time, sqrt(amu Å²/eV)). `stress` is ASE's, virial = −V ·
/// stress.
final class ExtendedXYZReader: SeekableParser {
  let source: ByteReader
  private var frame = 0

  init(_ source: ByteReader) { self.source = source }

  func next() throws -> Configuration? {
    guard let count = try readCount() else { return nil }
    frame += 1
    guard let comment = try source.nextLine() else { throw cutOffAfterCount }
    let place = source.place
    var header = Self.header(comment)
    let properties = header.take("Properties")
    let columns = try ExtendedXYZColumn.parse(properties ?? "species:S:1:pos:R:3", at: place)
    try readRows(of: columns, count: count, isExact: properties != nil)
    let cell = try ExtendedXYZCell.take(from: &header, at: place)
    var assembly = ExtendedXYZAssembly(columns: columns, header: header, frame: frame, place: place)
    return try assembly.configuration(in: cell)
  }

  func skip() throws -> FrameFacts? {
    guard let count = try readCount() else { return nil }
    frame += 1
    guard let comment = try source.nextLine() else { throw cutOffAfterCount }
    var header = Self.header(comment)
    let facts = FrameFacts(time: header.takeTime(), step: header.takeStep())
    guard try source.skipLines(count) else {
      throw Failure.input(
        "the file ends before the \(count) atoms of frame \(frame)", at: source.place,
        remedy: "the file is cut off: remove the last frame or correct its number")
    }
    return facts
  }

  func seek(to mark: FrameMark, frame index: Int) throws {
    try source.seek(to: mark.start)
    frame = index
  }

  private var cutOffAfterCount: Failure {
    .input(
      "frame \(frame) ends after its number of atoms", at: source.place,
      remedy: "the file is cut off: remove the last frame")
  }

  private func readCount() throws -> Int? {
    guard let line = try source.nextFilledLine() else { return nil }
    guard let count = parseInteger(line.trimmed), count >= 0 else {
      throw Failure.input(
        "frame \(frame + 1) starts with '\(line.trimmed.excerpt)', not the number of atoms", at: source.place,
        remedy: frame > 0 ? "check that frame \(frame) has as many atoms as it says" : "check that this is an XYZ file")
    }
    return count
  }

  /// Free text in a plain XYZ file is one comment, not a row of flags.
  private static func header(_ line: ByteSpan) -> ExtendedXYZHeader {
    guard !line.isBlank, !line.buffer.contains(0x3D) else { return ExtendedXYZHeader(line) }
    let text = PropertyValue.string(line.trimmed.string).extendedXYZText
    return "comment=\(text)".withSpan { ExtendedXYZHeader($0) }
  }

  private func readRows(of columns: [ExtendedXYZColumn], count: Int, isExact: Bool) throws {
    let plausible = source.plausible(count, bytesEach: 4)
    columns.forEach { $0.reserve(plausible) }
    for atom in 0..<count {
      guard let line = try source.nextLine() else {
        throw Failure.input(
          "frame \(frame) has \(atom) atoms, but says \(count)", at: source.place,
          remedy: "the file is cut off: remove the last frame or correct its number")
      }
      var rest = line
      var failed: ByteSpan?
      for column in columns where !column.appendRow(from: &rest, failed: &failed) {
        throw rowFailure(atom: atom, column: column, failed: failed?.excerpt, line: line)
      }
      if isExact, rest.nextWord() != nil {
        throw Failure.input(
          "frame \(frame), atom \(atom + 1) has \(line.words.count) values, but Properties announces "
            + "\(columns.reduce(0) { $0 + $1.width })", at: source.place,
          remedy: "make Properties and the columns agree")
      }
    }
  }

  private func rowFailure(atom: Int, column: ExtendedXYZColumn, failed: String?, line: ByteSpan) -> Failure {
    let subject = "frame \(frame), atom \(atom + 1)"
    guard let failed else {
      return .input(
        "\(subject): no value for column '\(column.name)'", at: source.place,
        remedy: "check the number of atoms and the Properties")
    }
    let expectation: String
    switch column.kind {
    case .element: return unknownElement(failed, in: subject, at: source.place)
    case .real: expectation = column.isPhysical ? "not a finite number" : "not a number"
    case .integer: expectation = "not an integer"
    case .logical: expectation = "neither T nor F"
    case .string: expectation = "not a word"
    }
    return .input(
      "\(subject): column '\(column.name)' has '\(failed)', \(expectation)", at: source.place,
      remedy: "correct the value")
  }
}

/// `Lattice` and `pbc`.
private enum ExtendedXYZCell {
  static func take(from header: inout ExtendedXYZHeader, at place: Place) throws -> Cell {
    let lattice = header.take("Lattice")
    let pbc = header.take("pbc")
    var cell = Cell.none
    if let lattice {
      guard let elements = PropertyValue(extendedXYZ: lattice).numbers, elements.count == 9,
        elements.allSatisfy(\.isFinite)
      else {
        throw Failure.input(
          "Lattice is '\(lattice.prefix(120))', not nine numbers", at: place,
          remedy: "give the vectors a, b, c one after another")
      }
      cell = Cell(vectors: Matrix3(elements: elements), periodic: .all)
    }
    if let pbc {
      cell.periodic = try periodicity(pbc, at: place)
      if lattice == nil, cell.periodic != .none {
        throw Failure.input(
          "pbc is '\(pbc)', but there is no Lattice", at: place, remedy: "add Lattice or set pbc to F F F")
      }
    }
    return cell
  }

  private static func periodicity(_ text: String, at place: Place) throws -> Periodicity {
    switch PropertyValue(extendedXYZ: text) {
    case .logicals(let flags, _) where flags.count == 3: return Periodicity(flags[0], flags[1], flags[2])
    case .integers(let flags, _) where flags.count == 3 && flags.allSatisfy({ $0 == 0 || $0 == 1 }):
      return Periodicity(flags[0] == 1, flags[1] == 1, flags[2] == 1)
    case .logical(let flag): return flag ? .all : .none
    default:
      throw Failure.input("pbc is '\(text.prefix(40))'", at: place, remedy: "give three of T or F")
    }
  }
}
