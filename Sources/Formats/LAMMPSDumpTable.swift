import Atomistics
import Diagnostics
import Numerics

/// The atoms of one frame of a dump, column by column as the file names them.
struct LAMMPSDumpTable {
  /// What a column of numbers goes into: 3 × atoms, or atoms.
  private enum Target {
    case id, type, element, other(Int)
    /// Index of the quantity in `vectors`, and the axis.
    case vector(Int, Int)
    case scalar(Int)
  }

  private struct Column {
    let name: String
    let target: Target
    var shift = 0
  }

  private static let scalarNames = ["mass", "q", "energy"]
  /// Image counts are read as vectors, too: a double holds every 32-bit integer.
  private static let vectorNames: [[String]] = [
    ["x", "y", "z"], ["xs", "ys", "zs"], ["xu", "yu", "zu"], ["xsu", "ysu", "zsu"], ["vx", "vy", "vz"],
    ["fx", "fy", "fz"], ["ix", "iy", "iz"],
  ]
  private static let (plain, scaled, unwrapped, scaledUnwrapped, velocity, force, image) = (0, 1, 2, 3, 4, 5, 6)

  private let header: LAMMPSDumpHeader
  private let units: LAMMPSUnits
  private let frame: Int
  private let columns: [Column]
  private var ids: [Int] = []
  private var types: [Int] = []
  private var elements: [Element] = []
  private var vectors = [[Vector3]](repeating: [], count: vectorNames.count)
  private var scalars = [[Double]](repeating: [], count: scalarNames.count)
  /// Columns without a meaning here: kept if they are numbers.
  private var others: [(name: String, values: [Double], isNumeric: Bool)] = []

  var hasIDs: Bool { columns.contains { if case .id = $0.target { true } else { false } } }

  init(_ header: LAMMPSDumpHeader, units: LAMMPSUnits, frame: Int, at place: Place) throws {
    (self.header, self.units, self.frame) = (header, units, frame)
    var columns: [Column] = [], others: [(String, [Double], Bool)] = []
    for name in header.columns {
      guard !columns.contains(where: { $0.name == name }) else {
        throw Failure.input("frame \(frame) has two columns '\(name)'", at: place, remedy: "remove one")
      }
      let known = Self.target(of: name)
      if known == nil { others.append((name, [], true)) }
      columns.append(
        Column(
          name: name, target: known ?? .other(others.count - 1),
          shift: ["vx", "vy", "vz"].contains(name) ? units.velocityShift : 0))
    }
    (self.columns, self.others) = (columns, others)
    for names in Self.vectorNames {
      let present = names.filter(header.columns.contains)
      guard present.isEmpty || present.count == 3 else {
        throw Failure.input(
          "frame \(frame) has the column '\(present[0])' but not all of \(names.joined(separator: ", "))", at: place,
          remedy: "write all three")
      }
    }
    guard [Self.plain, Self.scaled, Self.unwrapped, Self.scaledUnwrapped].contains(where: has) else {
      throw Failure.input(
        "frame \(frame) has no positions", at: place,
        remedy: "write the dump with x y z, xs ys zs, xu yu zu or xsu ysu zsu")
    }
  }

  private func has(_ quantity: Int) -> Bool { header.columns.contains(Self.vectorNames[quantity][0]) }

  private static func target(of name: String) -> Target? {
    switch name {
    case "id": return .id
    case "type": return .type
    case "element": return .element
    default: break
    }
    if let scalar = scalarNames.firstIndex(of: name) { return .scalar(scalar) }
    for (quantity, names) in vectorNames.enumerated() {
      if let axis = names.firstIndex(of: name) { return .vector(quantity, axis) }
    }
    return nil
  }

  static func cutOff(frame: Int, count: Int, at place: Place) -> Failure {
    .input(
      "the file ends before the \(count) atoms of frame \(frame)", at: place,
      remedy: "the file is cut off: remove its last frame")
  }

  mutating func read(_ count: Int, from source: ByteReader) throws {
    reserve(source.plausible(count, bytesEach: 2 * columns.count))
    for atom in 0..<count {
      guard let line = try source.nextLine() else { throw Self.cutOff(frame: frame, count: count, at: source.place) }
      for quantity in vectors.indices where has(quantity) { vectors[quantity].append(.zero) }
      var rest = line
      for column in columns {
        guard let word = rest.nextWord(), try take(word, column, atom, at: source.place) else {
          throw Failure.input(
            "frame \(frame), line of atom \(atom + 1): '\(line.trimmed.excerpt)' has no proper value for '\(column.name)'",
            at: source.place, remedy: "check the columns, and that the frame has as many atoms as it says")
        }
      }
    }
  }

  private mutating func reserve(_ count: Int) {
    ids.reserveCapacity(count)
    for quantity in vectors.indices where has(quantity) { vectors[quantity].reserveCapacity(count) }
  }

  /// false where the word is no such value.
  private mutating func take(_ word: ByteSpan, _ column: Column, _ atom: Int, at place: Place) throws -> Bool {
    switch column.target {
    case .vector(let quantity, let axis):
      guard let value = parseDouble(word, decimalShift: column.shift), value.isFinite else { return false }
      vectors[quantity][atom][axis] = value
    case .id:
      guard let id = parseInteger(word) else { return false }
      ids.append(id)
    case .type:
      guard let type = parseInteger(word) else { return false }
      types.append(type)
    case .element:
      // A name that is none counts only where nothing else tells the elements.
      if let element = parseElement(word), elements.count == atom { elements.append(element) }
    case .scalar(let scalar):
      guard let value = parseDouble(word), value.isFinite else { return false }
      scalars[scalar].append(value)
    case .other(let index):
      guard others[index].isNumeric else { return true }
      if let value = parseDouble(word) { others[index].values.append(value) } else { others[index].isNumeric = false }
    }
    return true
  }
}

extension LAMMPSDumpTable {
  /// The frame, its atoms in the order of their ids.
  func configuration(species: [Element]?, at place: Place) throws -> Configuration {
    try requireDistinct(ids, subject: "frame \(frame)", at: place)
    var result = Configuration(
      cell: header.cell, elements: try elements(species, at: place), positions: try positions(at: place))
    result.images = try images(at: place)
    (result.step, result.time) = (header.step, header.time)
    if has(Self.velocity) { result.velocities = vectors[Self.velocity] }
    if has(Self.force) { result.forces = vectors[Self.force].map { units.force * $0 } }
    let (masses, charges, energies) = (scalars[0], scalars[1], scalars[2])
    if masses.contains(where: { $0 <= 0 }) {
      throw Failure.input("frame \(frame) has a mass that is not positive", at: place, remedy: "correct it")
    }
    if zip(masses, result.elements).contains(where: { $0 != $1.mass }) { result.masses = masses }
    if !charges.isEmpty { result.charges = charges }
    if !energies.isEmpty { result.energies = energies }
    result.columns = others.filter(\.isNumeric).map { AtomColumn(name: $0.name, width: 1, values: .real($0.values)) }
    guard hasIDs else { return result }
    return result.ordered(byID: ids)
  }

  /// Wrapped ones with their image counts where both are there: they need no trust in the unwrapped ones' digits.
  private func positions(at place: Place) throws -> [Vector3] {
    let quantity = [Self.plain, Self.scaled, Self.unwrapped, Self.scaledUnwrapped].first(where: has) ?? Self.plain
    let isScaled = quantity == Self.scaled || quantity == Self.scaledUnwrapped
    let cell = header.cell.vectors, origin = header.origin
    let found =
      isScaled
      ? vectors[quantity].map { $0 * cell }
      // A box at zero leaves every bit (also the sign of a zero) as it was.
      : origin == .zero ? vectors[quantity] : vectors[quantity].map { $0 - origin }
    guard found.allSatisfy({ $0.x.isFinite && $0.y.isFinite && $0.z.isFinite }) else {
      throw Failure.input("frame \(frame) has positions that are too far away", at: place, remedy: "correct them")
    }
    return found
  }

  /// Positions that were never wrapped lie in their own image.
  private func images(at place: Place) throws -> [SIMD3<Int32>]? {
    let isWrapped = has(Self.plain) || has(Self.scaled)
    guard isWrapped else { return [SIMD3<Int32>](repeating: .zero, count: header.atomCount) }
    guard has(Self.image) else { return nil }
    return try vectors[Self.image].map { counts in
      guard let x = Int32(exactly: counts.x), let y = Int32(exactly: counts.y), let z = Int32(exactly: counts.z) else {
        throw Failure.input(
          "frame \(frame) has an image count that is no 32-bit integer", at: place, remedy: "correct ix, iy and iz")
      }
      return SIMD3(x, y, z)
    }
  }

  /// The file's own names go first, unless they are those that LAMMPS writes without being told any: C for every type.
  private func elements(_ species: [Element]?, at place: Place) throws -> [Element] {
    let isNamed = elements.count == header.atomCount && header.columns.contains("element")
    if isNamed, species == nil || !isUntold { return elements }
    if let species, types.count == header.atomCount {
      return try types.map {
        try element(ofType: $0, firstType: 1, among: species, subject: "frame \(frame)", at: place)
      }
    }
    if let species, species.count == header.atomCount {
      guard hasIDs else { return species }
      var result = species
      for (element, atom) in zip(species, ids.indices.sorted { ids[$0] < ids[$1] }) { result[atom] = element }
      return result
    }
    let found = scalars[0].compactMap { Formats.element(ofMass: $0) }
    guard found.count == header.atomCount else {
      throw Failure.input(
        "frame \(frame) does not tell which elements its atoms are", at: place,
        remedy: "name the elements of the types in their order (--species), or write the dump with the column element")
    }
    return found
  }

  private var isUntold: Bool {
    elements.allSatisfy { $0.atomicNumber == 6 } && types.contains { $0 != types[0] }
  }
}

extension Configuration {
  /// The same atoms in ascending order of ids, which stay unsaid where they are 1 to N.
  fileprivate func ordered(byID ids: [Int]) -> Configuration {
    let order = zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 } ? nil : ids.indices.sorted { ids[$0] < ids[$1] }
    func sort<T>(_ values: [T]) -> [T] { order.map { $0.map { values[$0] } } ?? values }
    var result = self
    result.elements = sort(elements)
    result.positions = sort(positions)
    result.velocities = velocities.map(sort)
    result.forces = forces.map(sort)
    result.energies = energies.map(sort)
    result.masses = masses.map(sort)
    result.charges = charges.map(sort)
    result.images = images.map(sort)
    result.columns = columns.map { column in
      guard case .real(let values) = column.values else { return column }
      return AtomColumn(name: column.name, width: 1, values: .real(sort(values)))
    }
    let sorted = sort(ids)
    result.ids = sorted.indices.allSatisfy { sorted[$0] == $0 + 1 } ? nil : sorted.map(Int64.init)
    return result
  }
}
