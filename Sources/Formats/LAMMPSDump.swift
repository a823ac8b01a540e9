import Atomistics
import Diagnostics
import Numerics

/// Writes LAMMPS's text dumps (`dump custom`, metal units), which ASE, OVITO and MDAnalysis read.
///
/// Columns: id type element x y z, and where known q, vx vy vz (Å/ps), fx fy fz (eV/Å), ix iy iz, energy (eV) and columns of
/// one number an atom (grades) under their names. A cell that is not in
/// LAMMPS's restricted form is rotated into it with all vectors. Source: LAMMPS's documentation, `dump`.
public enum LAMMPSDump {
  /// `frame` (from 0) stands for the time step where the frame does not tell it.
  public static func encode(
    _ configuration: Configuration, species: [Element], frame: Int, at place: Place
  ) throws -> [UInt8] {
    let box = try LAMMPSBox(of: configuration, at: place)
    let types = LAMMPSTypes(of: configuration, species: species)
    var text = TextBuffer()
    text.append("ITEM: TIMESTEP\n\(configuration.step ?? frame)\nITEM: NUMBER OF ATOMS\n\(configuration.count)\n")
    appendBounds(of: box, to: &text)
    text.append("ITEM: ATOMS id type element x y z")
    if configuration.charges != nil { text.append(" q") }
    if configuration.velocities != nil { text.append(" vx vy vz") }
    if configuration.forces != nil { text.append(" fx fy fz") }
    if configuration.images != nil { text.append(" ix iy iz") }
    if configuration.energies != nil { text.append(" energy") }
    let columns = scalarColumns(of: configuration)
    for column in columns { text.append(" " + column.name) }
    text.newline()
    for atom in 0..<configuration.count {
      text.append(configuration.ids.map { Int($0[atom]) } ?? atom + 1)
      text.appendWord(types.ofAtom[atom])
      text.append(byte: 0x20)
      text.append(configuration.elements[atom].symbol)
      text.append(box.rotated(configuration.positions[atom]))
      if let charge = configuration.charges?[atom] { text.appendWord(charge) }
      if let velocity = configuration.velocities?[atom] { text.append(box.rotated(velocity), decimalShift: 3) }
      if let force = configuration.forces?[atom] { text.append(box.rotated(force)) }
      if let image = configuration.images?[atom] { text.append(image) }
      if let energy = configuration.energies?[atom] { text.appendWord(energy) }
      for column in columns { text.appendWord(column.values[atom]) }
      text.newline()
    }
    return text.bytes
  }

  /// Columns of one real number an atom whose names are single words.
  private static func scalarColumns(of configuration: Configuration) -> [(name: String, values: [Double])] {
    configuration.columns.compactMap { column in
      guard case .real(let values) = column.values, column.width == 1, values.count == configuration.count,
        !column.name.isEmpty, !column.name.contains(where: \.isWhitespace)
      else { return nil }
      return (column.name, values)
    }
  }

  /// The bounds of a triclinic box are those of the box around it.
  private static func appendBounds(of box: LAMMPSBox, to text: inout TextBuffer) {
    let flags = box.periodic.flags.map { $0 ? "pp" : "ff" }.joined(separator: " ")
    let (xy, xz, yz) = (box.vectors[1, 0], box.vectors[2, 0], box.vectors[2, 1])
    let low = box.origin
    let high = box.origin + Vector3(box.vectors[0, 0], box.vectors[1, 1], box.vectors[2, 2])
    guard box.isTriclinic else {
      text.append("ITEM: BOX BOUNDS \(flags)\n")
      for axis in 0..<3 { text.append("\(low[axis]) \(high[axis])\n") }
      return
    }
    let corners = [0, xy, xz, xy + xz]
    text.append("ITEM: BOX BOUNDS xy xz yz \(flags)\n")
    text.append("\(low.x + (corners.min() ?? 0)) \(high.x + (corners.max() ?? 0)) \(xy)\n")
    text.append("\(low.y + min(0, yz)) \(high.y + max(0, yz)) \(xz)\n\(low.z) \(high.z) \(yz)\n")
  }
}
