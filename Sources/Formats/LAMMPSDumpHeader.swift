import Atomistics
import Diagnostics
import Numerics

/// The unit styles of LAMMPS that have a meaning in Å and eV.
enum LAMMPSUnits: String, CaseIterable {
  case metal, real

  /// fs are so many powers of ten of the unit of time (ps, fs).
  var timeShift: Int { self == .metal ? 3 : 0 }
  /// Å/fs, of the unit of velocity (Å/ps, Å/fs).
  var velocityShift: Int { -timeShift }
  /// eV/Å.
  var force: Double { self == .metal ? 1 : kilocaloriePerMole }
}

/// What stands above the atoms of a frame.
struct LAMMPSDumpHeader {
  var step: Int?
  /// fs.
  var time: Double?
  var atomCount = 0
  var cell = Cell.none
  var origin = Vector3.zero
  /// Names of the columns.
  var columns: [String] = []
}

/// Reads the `ITEM:`s of a dump's frames up to their atoms.
struct LAMMPSDumpHeaderReader {
  let source: ByteReader
  /// Boundaries where the box does not tell them, as dumps of old do not.
  let periodicity: Periodicity
  private(set) var units = LAMMPSUnits.metal
  /// The frame that said them, for itself and those that follow.
  private(set) var unitsPlace: TextPlace?

  init(_ source: ByteReader, periodicity: Periodicity?) {
    (self.source, self.periodicity) = (source, periodicity ?? .all)
  }

  /// nil at the end of the file.
  mutating func next(frame: Int) throws -> LAMMPSDumpHeader? {
    guard try source.nextFilledLine() != nil else { return nil }
    source.unreadLine()
    let place = source.nextPlace
    var header = LAMMPSDumpHeader(), hasCount = false, hasBox = false
    while true {
      let item = try line("an ITEM", frame).trimmed
      var words = item
      guard let mark = words.nextWord(), mark.equals("ITEM:") else {
        throw Failure.input(
          "frame \(frame) has '\(item.excerpt)' where an ITEM: should be", at: source.place,
          remedy: frame > 0
            ? "check that frame \(frame - 1) has as many atoms as it says" : "check that this is a LAMMPS dump")
      }
      switch words.trimmed.string {
      case "UNITS":
        try readUnits(frame)
        unitsPlace = place
      case "TIME": header.time = try number("the time", frame, decimalShift: units.timeShift)
      case "TIMESTEP": header.step = try integer("the time step", frame)
      case "NUMBER OF ATOMS":
        header.atomCount = try integer("the number of atoms", frame)
        hasCount = true
      case let title where title.hasPrefix("BOX BOUNDS"):
        try readBox(title.split(separator: " ").dropFirst(2).map(String.init), frame, into: &header)
        hasBox = true
      case let title where title.hasPrefix("ATOMS"):
        header.columns = title.split(separator: " ").dropFirst().map(String.init)
        guard hasCount, hasBox else {
          throw failure(frame, "lacks its number of atoms or its box before the atoms", "complete the file")
        }
        return header
      // "ITEM: LABEL" and what later versions may add: one line each.
      default: _ = try line("a value", frame)
      }
    }
  }

  private func failure(_ frame: Int, _ what: String, _ remedy: String) -> Failure {
    .input("frame \(frame) \(what)", at: source.place, remedy: remedy)
  }

  private func line(_ subject: String, _ frame: Int) throws -> ByteSpan {
    guard let line = try source.nextLine() else {
      throw failure(frame, "ends where \(subject) should be", "the file is cut off: remove its last frame")
    }
    return line
  }

  private func integer(_ subject: String, _ frame: Int) throws -> Int {
    let line = try line(subject, frame).trimmed
    guard let value = parseInteger(line), value >= 0 else {
      throw failure(frame, "has '\(line.excerpt)' for \(subject)", "give a whole number")
    }
    return value
  }

  private func number(_ subject: String, _ frame: Int, decimalShift: Int) throws -> Double {
    let line = try line(subject, frame).trimmed
    guard let value = parseDouble(line, decimalShift: decimalShift), value.isFinite else {
      throw failure(frame, "has '\(line.excerpt)' for \(subject)", "give a finite number")
    }
    return value
  }

  private mutating func readUnits(_ frame: Int) throws {
    let name = try line("the unit style", frame).trimmed
    guard let found = LAMMPSUnits(rawValue: name.excerpt) else {
      throw failure(
        frame, "is in the units '\(name.excerpt)'", "swmd reads dumps in the units metal and real: convert the file")
    }
    units = found
  }

  /// Bounds of an orthogonal box, of the box around a restricted triclinic one, or vectors and origin of a general one.
  private func readBox(_ words: [String], _ frame: Int, into header: inout LAMMPSDumpHeader) throws {
    let isTriclinic = words.starts(with: ["xy", "xz", "yz"]), isGeneral = words.starts(with: ["abc", "origin"])
    let width = isGeneral ? 4 : isTriclinic ? 3 : 2
    var rows: [[Double]] = []
    for _ in 0..<3 {
      let line = try line("the box", frame)
      let values = line.words.prefix(width).compactMap { parseDouble($0) }
      guard values.count == width, values.allSatisfy(\.isFinite) else {
        throw failure(frame, "has the box '\(line.trimmed.excerpt)'", "give \(width) finite numbers a line")
      }
      rows.append(values)
    }
    let flags = words.dropFirst(isGeneral ? 2 : isTriclinic ? 3 : 0)
    let periodic = flags.map { $0.hasPrefix("p") }
    header.cell.periodic = periodic.count == 3 ? Periodicity(periodic[0], periodic[1], periodic[2]) : periodicity
    if isGeneral {
      header.cell.vectors = Matrix3(elements: rows.flatMap { $0.prefix(3) })
      header.origin = Vector3(rows[0][3], rows[1][3], rows[2][3])
    } else {
      setRestrictedBox(rows, into: &header)
    }
    guard header.cell.vectors.determinant > 0, header.cell.vectors.determinant.isFinite else {
      throw failure(frame, "has a flat or left-handed box", "correct the bounds")
    }
  }

  private func setRestrictedBox(_ rows: [[Double]], into header: inout LAMMPSDumpHeader) {
    let (xy, xz, yz) = rows[0].count == 3 ? (rows[0][2], rows[1][2], rows[2][2]) : (0, 0, 0)
    let shear = [0, xy, xz, xy + xz]
    let low = Vector3(rows[0][0] - shear.min()!, rows[1][0] - min(0, yz), rows[2][0])
    let high = Vector3(rows[0][1] - shear.max()!, rows[1][1] - max(0, yz), rows[2][1])
    let size = high - low
    header.cell.vectors = Matrix3(rows: Vector3(size.x, 0, 0), Vector3(xy, size.y, 0), Vector3(xz, yz, size.z))
    header.origin = low
  }
}
