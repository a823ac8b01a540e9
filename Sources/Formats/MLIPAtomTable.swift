import Atomistics
import Diagnostics
import Numerics

/// The table `AtomData:` of a text configuration: columns in any order.
struct MLIPAtomTable {
  private enum Column {
    case id, type, ghost
    /// Index into the table of numbers.
    case number(Int)
  }

  private let columns: [Column]
  private let names: [String]
  private let number: Int

  private static let realNames = [
    "cartes_x", "cartes_y", "cartes_z", "direct_x", "direct_y", "direct_z", "fx", "fy", "fz", "site_en", "charge",
    "magmom_x", "magmom_y", "magmom_z", "en_der_mx", "en_der_my", "en_der_mz", "nbh_grades",
  ]

  /// Throws on an unknown or repeated column.
  init(_ names: [String], number: Int, _ place: Place) throws {
    var columns: [Column] = []
    var reals = 0
    for name in names {
      switch name {
      case "id": columns.append(.id)
      case "type": columns.append(.type)
      case "ghost": columns.append(.ghost)
      case _ where Self.realNames.contains(name):
        columns.append(.number(reals))
        reals += 1
      default:
        let hint = nearestName(to: name, among: Self.realNames + ["id", "type"]).map { "did you mean \($0)? " } ?? ""
        throw Failure.input(
          "configuration \(number) has the unknown column '\(name)'", at: place, remedy: "\(hint)use MLIP's names")
      }
    }
    guard Set(names).count == names.count else {
      throw Failure.input("configuration \(number) has a column twice", at: place, remedy: "remove one of them")
    }
    self.columns = columns
    self.names = names
    self.number = number
  }

  /// Reads the rows into `frame`. Throws on a missing size, a wrong number and on ids other than 1 to N.
  func read(_ source: ByteReader, _ frame: inout MLIPConfigurationFrame) throws {
    guard let count = frame.count else {
      throw Failure.input(
        "configuration \(number) has AtomData before Size", at: source.place, remedy: "put Size first")
    }
    let realNames = names.filter(Self.realNames.contains)
    var reals = [[Double]](repeating: [], count: realNames.count)
    var types: [Int] = []
    var ghosts: [Bool] = []
    for atom in 0..<count {
      guard let line = try source.nextFilledLine() else {
        throw Failure.input(
          "configuration \(number) has \(atom) atoms, but says \(count)", at: source.place,
          remedy: "the file is cut off: remove its last configuration")
      }
      var rest = line
      for (column, name) in zip(columns, names) {
        guard let word = rest.nextWord() else { throw failure(atom, name, "nothing", source) }
        var isGood = true
        switch column {
        case .id: isGood = parseInteger(word) == atom + 1
        case .type: if let type = parseInteger(word) { types.append(type) } else { isGood = false }
        case .ghost: if let ghost = parseLogical(word) { ghosts.append(ghost) } else { isGood = false }
        case .number(let index):
          if let value = parseDouble(word), value.isFinite { reals[index].append(value) } else { isGood = false }
        }
        if !isGood { throw failure(atom, name, "'\(word.excerpt)'", source) }
      }
      guard rest.nextWord() == nil else {
        throw failure(atom, names.last ?? "id", "more values behind it", source)
      }
    }
    if names.contains("type") { frame.types = types }
    try assign(Dictionary(uniqueKeysWithValues: zip(realNames, reals)), to: &frame, source.place)
    if names.contains("ghost") { frame.columns.append(AtomColumn(name: "ghost", width: 1, values: .logical(ghosts))) }
  }

  private func failure(_ atom: Int, _ column: String, _ found: String, _ source: ByteReader) -> Failure {
    let expected =
      column == "id"
      ? "\(atom + 1) (ids ascend from 1)"
      : column == "type"
        ? "a whole number"
        : column == "ghost" ? "true or false" : "a finite number"
    return .input(
      "configuration \(number), atom \(atom + 1): column '\(column)' has \(found), not \(expected)", at: source.place,
      remedy: "correct the row, or make Size and the rows agree")
  }

  private func assign(
    _ table: [String: [Double]], to frame: inout MLIPConfigurationFrame, _ place: Place
  ) throws {
    func vectors(_ names: String...) throws -> [Vector3]? {
      let parts = names.compactMap { table[$0] }
      if parts.isEmpty { return nil }
      guard parts.count == 3 else {
        throw Failure.input(
          "configuration \(number) has only some of the columns \(names.joined(separator: ", "))", at: place,
          remedy: "give all three")
      }
      return parts[0].indices.map { Vector3(parts[0][$0], parts[1][$0], parts[2][$0]) }
    }
    func flat(_ v: [Vector3]) -> AtomColumn.Values { .real(v.flatMap { [$0.x, $0.y, $0.z] }) }
    let cartesian = try vectors("cartes_x", "cartes_y", "cartes_z")
    let direct = try vectors("direct_x", "direct_y", "direct_z")
    guard let positions = cartesian ?? direct, cartesian == nil || direct == nil else {
      throw Failure.input(
        "configuration \(number) needs either cartes_x/y/z or direct_x/y/z", at: place,
        remedy: "name one set of positions")
    }
    frame.positions = positions
    frame.areDirect = cartesian == nil
    frame.forces = try vectors("fx", "fy", "fz")
    frame.energies = table["site_en"]
    frame.charges = table["charge"]
    frame.columns = []
    if let moments = try vectors("magmom_x", "magmom_y", "magmom_z") {
      frame.columns.append(AtomColumn(name: "magmom", width: 3, values: flat(moments)))
    }
    if let derivatives = try vectors("en_der_mx", "en_der_my", "en_der_mz") {
      frame.columns.append(AtomColumn(name: "en_der_m", width: 3, values: flat(derivatives)))
    }
    if let grades = table["nbh_grades"] {
      frame.columns.append(AtomColumn(name: "nbh_grades", width: 1, values: .real(grades)))
    }
  }
}
