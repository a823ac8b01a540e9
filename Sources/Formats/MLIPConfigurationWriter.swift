import Atomistics
import Diagnostics
import Numerics

/// Writes MLIP's text configurations with every digit, and the elements of the types in `Feature species`.
public enum MLIPConfigurationWriter {
  /// MLIP wants periodic directions first: a cell that is periodic along other ones is written with its vectors in
  /// cyclic order, which changes no position. Throws if a periodic direction has no vector.
  /// - Parameter labels: what the file calls the species, in their order: MLIP-3's potentials may have others than 0, 1, ...
  public static func encode(
    _ configuration: Configuration, species: [Element], labels: [Int]? = nil, at place: Place
  ) throws -> [UInt8] {
    let cell = configuration.cell
    guard (0..<3).allSatisfy({ !cell.periodic[$0] || cell.vectors[$0] != .zero }) else {
      throw Failure.input(
        "a periodic direction has no cell vector", at: place, remedy: "give the vector or declare the direction open")
    }
    var text = TextBuffer()
    text.append("BEGIN_CFG\n Size\n    \(configuration.count)\n")
    let rows = periodicRows(of: cell)
    if !rows.isEmpty { text.append(" Supercell\n") }
    for row in rows {
      text.append("   ")
      text.append(row)
      text.newline()
    }
    appendAtoms(of: configuration, species, labels ?? Array(species.indices), to: &text)
    if let energy = configuration.energy { text.append(" Energy\n    \(energy)\n") }
    if let w = configuration.virial {
      text.append(" PlusStress:  xx yy zz yz xz xy\n   ")
      for value in [w[0, 0], w[1, 1], w[2, 2], w[1, 2], w[0, 2], w[0, 1]] { text.appendWord(value) }
      text.newline()
    }
    appendFeature("species", species.map(\.symbol).joined(separator: " "), to: &text)
    for (key, value) in configuration.properties where key != "species" && !key.isEmpty {
      appendFeature(key, value.featureText, to: &text)
    }
    text.append("END_CFG\n\n")
    return text.bytes
  }

  /// At most two directions are open, so that one cyclic order has the periodic ones in front.
  private static func periodicRows(of cell: Cell) -> [Vector3] {
    let count = cell.periodic.flags.count { $0 }
    let shift = (0..<3).first { shift in (0..<count).allSatisfy { cell.periodic[(shift + $0) % 3] } } ?? 0
    return (0..<count).map { cell.vectors[(shift + $0) % 3] }
  }

  private static func appendAtoms(
    of configuration: Configuration, _ species: [Element], _ labels: [Int], to text: inout TextBuffer
  ) {
    let type = Dictionary(zip(species, labels)) { first, _ in first }
    let columns = configuration.columns.filter {
      mlipNames[$0.name]?.count == $0.width && $0.hasRows(configuration.count)
    }
    text.append(" AtomData:  id type cartes_x cartes_y cartes_z")
    if configuration.forces != nil { text.append(" fx fy fz") }
    if configuration.energies != nil { text.append(" site_en") }
    if configuration.charges != nil { text.append(" charge") }
    for column in columns { text.append(" " + (mlipNames[column.name] ?? []).joined(separator: " ")) }
    text.newline()
    for atom in 0..<configuration.count {
      text.append("   ")
      text.appendWord(atom + 1)
      text.appendWord(type[configuration.elements[atom]] ?? 0)
      text.append(configuration.positions[atom])
      if let force = configuration.forces?[atom] { text.append(force) }
      if let energy = configuration.energies?[atom] { text.appendWord(energy) }
      if let charge = configuration.charges?[atom] { text.appendWord(charge) }
      for column in columns { append(column, atom: atom, to: &text) }
      text.newline()
    }
  }

  /// The further columns that MLIP knows, and what it calls their parts.
  private static let mlipNames = [
    "magmom": ["magmom_x", "magmom_y", "magmom_z"], "en_der_m": ["en_der_mx", "en_der_my", "en_der_mz"],
    "ghost": ["ghost"], "nbh_grades": ["nbh_grades"],
  ]

  private static func append(_ column: AtomColumn, atom: Int, to text: inout TextBuffer) {
    for i in (atom * column.width)..<((atom + 1) * column.width) {
      switch column.values {
      case .real(let values): text.appendWord(values[i])
      case .integer(let values): text.appendWord(values[i])
      case .logical(let values): text.append(values[i] ? " true" : " false")
      case .string(let values): text.append(" \(values[i])")
      }
    }
  }

  /// A line break in the value is a repeated key, as MLIP reads it.
  private static func appendFeature(_ key: String, _ value: String, to text: inout TextBuffer) {
    for line in value.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      text.append(" Feature   \(MLIPFeatureKey.escaped(key))\t\(line)\n")
    }
  }
}
