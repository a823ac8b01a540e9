import Atomistics
import Numerics

/// Writes extended XYZ in ASE's dialect.
public enum ExtendedXYZ {
  /// How velocities are written.
  public enum VelocityColumn: Sendable {
    /// `velocities`, Å/fs, with `velocity_units=angstrom/fs` in the header: exact; ASE shows it as an array of that
    /// name.
    case velocities
    /// ASE's `momenta` (amu Å per ASE's unit of time): `atoms.get_velocities()` works; rounded once.
    case momenta
  }

  /// One frame as text, ready to be appended to a file. Every double is written with the fewest digits that read back
  /// to the same bits; blanks in names and words of columns become underscores, which is all that the format cannot
  /// say.
  public static func encode(_ configuration: Configuration, velocities: VelocityColumn = .velocities) -> [UInt8] {
    var text = TextBuffer()
    text.append(configuration.count)
    text.newline()
    let columns = columns(of: configuration, velocities: velocities)
    appendHeader(of: configuration, columns, velocities, to: &text)
    for atom in 0..<configuration.count {
      text.append(configuration.elements[atom].symbol)
      text.append(configuration.positions[atom])
      for column in columns { append(column.values, width: column.width, atom: atom, to: &text) }
      text.newline()
    }
    return text.bytes
  }

  private static func appendHeader(
    of configuration: Configuration, _ columns: [AtomColumn], _ velocities: VelocityColumn, to text: inout TextBuffer
  ) {
    let cell = configuration.cell
    if cell.vectors != .zero { text.append("Lattice=\(quoted(cell.vectors.elements)) ") }
    text.append("Properties=species:S:1:pos:R:3")
    for column in columns { text.append(":\(word(column.name)):\(column.values.letter):\(column.width)") }
    text.append(" pbc=\"\(cell.periodic.flags.map { $0 ? "T" : "F" }.joined(separator: " "))\"")
    if configuration.velocities != nil, velocities == .velocities { text.append(" velocity_units=angstrom/fs") }
    if let energy = configuration.energy { text.append(" energy=\(energy)") }
    if let virial = configuration.virial { text.append(" virial=\(quoted(virial.transpose.elements))") }
    if let stress = configuration.stress { text.append(" stress=\(quoted(stress.transpose.elements))") }
    if let step = configuration.step { text.append(" step=\(step)") }
    if let time = configuration.time { text.append(" time=\(time)") }
    for (key, value) in configuration.properties where !key.isEmpty {
      text.append(" \(PropertyValue.quoted(key))=\(value.extendedXYZText)")
    }
    text.newline()
  }

  /// The columns after `species` and `pos`, in the order in which they are written.
  private static func columns(of configuration: Configuration, velocities: VelocityColumn) -> [AtomColumn] {
    var columns: [AtomColumn] = []
    func add(_ name: String, _ vectors: [Vector3]?) {
      guard let vectors else { return }
      columns.append(AtomColumn(name: name, width: 3, values: .real(vectors.flatMap { [$0.x, $0.y, $0.z] })))
    }
    func add(_ name: String, _ scalars: [Double]?) {
      if let scalars { columns.append(AtomColumn(name: name, width: 1, values: .real(scalars))) }
    }
    switch velocities {
    case .velocities: add("velocities", configuration.velocities)
    case .momenta: add("momenta", momenta(of: configuration))
    }
    add("forces", configuration.forces)
    add("energies", configuration.energies)
    add("masses", configuration.masses)
    add("initial_charges", configuration.charges)
    if let ids = configuration.ids {
      columns.append(AtomColumn(name: "id", width: 1, values: .integer(ids.map(Int.init))))
    }
    if let images = configuration.images {
      let flat = images.flatMap { [Int($0.x), Int($0.y), Int($0.z)] }
      columns.append(AtomColumn(name: "images", width: 3, values: .integer(flat)))
    }
    let known = Set(columns.map(\.name) + ["species", "pos"])
    return columns + configuration.columns.filter { !known.contains($0.name) && $0.hasRows(configuration.count) }
  }

  private static func momenta(of configuration: Configuration) -> [Vector3]? {
    let masses = configuration.masses ?? configuration.elements.map(\.mass)
    let scale = 1 / Units.accelerationPerForce.squareRoot()
    return configuration.velocities.map { velocities in zip(velocities, masses).map { scale * $1 * $0 } }
  }

  private static func append(_ values: AtomColumn.Values, width: Int, atom: Int, to text: inout TextBuffer) {
    for i in (atom * width)..<((atom + 1) * width) {
      switch values {
      case .real(let reals): text.appendWord(reals[i])
      case .integer(let integers): text.appendWord(integers[i])
      case .logical(let logicals): text.append(logicals[i] ? " T" : " F")
      case .string(let strings): text.append(" " + word(strings[i]))
      }
    }
  }

  private static func word(_ text: String) -> String {
    if text.isEmpty { return "_" }
    guard text.utf8.contains(where: { ByteSpan.isBlank($0) || $0 == 0x3A }) else { return text }
    return String(decoding: text.utf8.map { ByteSpan.isBlank($0) || $0 == 0x3A ? 0x5F : $0 }, as: UTF8.self)
  }

  private static func quoted(_ values: [Double]) -> String {
    "\"\(values.map(\.description).joined(separator: " "))\""
  }
}

extension AtomColumn {
  /// Whether there are `width` values for each of `count` atoms.
  func hasRows(_ count: Int) -> Bool {
    let total =
      switch values {
      case .real(let values): values.count
      case .integer(let values): values.count
      case .logical(let values): values.count
      case .string(let values): values.count
      }
    return width > 0 && total == width * count
  }
}

extension AtomColumn.Values {
  /// Extended XYZ's letter of the type.
  fileprivate var letter: String {
    switch self {
    case .real: "R"
    case .integer: "I"
    case .logical: "L"
    case .string: "S"
    }
  }
}

extension PropertyValue {
  /// As ASE writes it: scalars bare, rows of numbers in quotes, everything else as `_JSON`, which ASE reads too.
  var extendedXYZText: String {
    switch self {
    case .real(let value): value.description
    case .integer(let value): String(value)
    case .logical(let value): value ? "T" : "F"
    case .string(let text): Self.text(of: text)
    case .reals(let values, let shape): Self.array(values.map(\.description), values.map(Self.json), shape)
    case .integers(let values, let shape): Self.array(values.map(String.init), values.map(String.init), shape)
    case .logicals(let values, let shape): Self.array(values.map { $0 ? "T" : "F" }, values.map(\.description), shape)
    case .strings(let values):
      Self.quoted("_JSON [\(values.map(JSONScalar.encode).joined(separator: ", "))]", always: true)
    }
  }

  private static func json(_ value: Double) -> String {
    value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : value.description
  }

  private static func array(_ words: [String], _ json: [String], _ shape: [Int]) -> String {
    if shape.count == 2, shape[0] > 0, shape[1] > 0, shape[0] * shape[1] == json.count {
      let rows = (0..<shape[0]).map { "[\(json[($0 * shape[1])..<(($0 + 1) * shape[1])].joined(separator: ", "))]" }
      return quoted("_JSON [\(rows.joined(separator: ", "))]", always: true)
    }
    // One word in quotes would come back as a scalar.
    if words.count == 1 { return quoted("_JSON [\(json[0])]", always: true) }
    return quoted(words.joined(separator: " "), always: true)
  }

  /// A string that would come back as something else is written as a JSON literal.
  private static func text(of string: String) -> String {
    // What is read from `_JSON ...` and has no type here is kept as text, and goes back as it came.
    if string.hasPrefix("_JSON "), case .string(string) = PropertyValue(extendedXYZ: string) { return quoted(string) }
    let hasControls = string.utf8.contains { $0 < 0x20 || $0 == 0x7F }
    if !hasControls, !string.hasPrefix("_JSON "), case .string(string) = PropertyValue(extendedXYZ: string) {
      return quoted(string)
    }
    return quoted("_JSON \(JSONScalar.encode(string))", always: true)
  }

  fileprivate static func quoted(_ text: String, always: Bool = false) -> String {
    let special: Set<UInt8> = [0x20, 0x22, 0x27, 0x7B, 0x7D, 0x5B, 0x5D, 0x3D, 0x5C, 0x2C]
    guard always || text.isEmpty || text.utf8.contains(where: { special.contains($0) || $0 < 0x20 }) else {
      return text
    }
    let escaped = text.utf8.flatMap { byte -> [UInt8] in
      // A line break would end the header.
      if byte == 0x0A || byte == 0x0D { return [0x20] }
      return byte == 0x22 || byte == 0x5C ? [0x5C, byte] : [byte]
    }
    return "\"\(String(decoding: escaped, as: UTF8.self))\""
  }
}
