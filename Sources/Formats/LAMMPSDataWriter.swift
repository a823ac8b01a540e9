import Atomistics
import Diagnostics
import Numerics

/// Writes a LAMMPS data file in metal units, with the elements in the comments of `Masses`.
enum LAMMPSDataWriter {
  /// A cell that is not in LAMMPS's restricted form is rotated into it, positions and velocities alike. Boundaries are
  /// not in the file; non-periodic directions get a box around all atoms. Throws if the cell cannot be simulated or the
  /// style is one that is only read.
  static func encode(
    _ configuration: Configuration, species: [Element], style: LAMMPSAtomStyle?, at place: Place
  ) throws -> [UInt8] {
    let style = style ?? (configuration.charges == nil ? .atomic : .charge)
    guard !style.hasMolecule else {
      throw Failure.input(
        "the LAMMPS atom style '\(style.rawValue)' is only read", at: place, remedy: "write 'atomic' or 'charge'")
    }
    let box = try LAMMPSBox(of: configuration, at: place)
    let types = LAMMPSTypes(of: configuration, species: species)
    var text = TextBuffer()
    text.append("LAMMPS data file written by swmd, units = metal\n\n")
    text.append("\(configuration.count) atoms\n\(types.table.count) atom types\n\n")
    appendBox(box, to: &text)
    text.append("\nMasses\n\n")
    for (index, kind) in types.table.enumerated() { text.append("\(index + 1) \(kind.mass) # \(kind.element)\n") }
    text.append("\nAtoms # \(style.rawValue)\n\n")
    for atom in 0..<configuration.count {
      text.append(Self.id(of: atom, in: configuration))
      text.appendWord(types.ofAtom[atom])
      if style.hasCharge { text.appendWord(configuration.charges?[atom] ?? 0) }
      text.append(box.rotated(configuration.positions[atom]))
      if let image = configuration.images?[atom] { text.append(image) }
      text.newline()
    }
    if let velocities = configuration.velocities {
      text.append("\nVelocities\n\n")
      for atom in 0..<configuration.count {
        text.append(Self.id(of: atom, in: configuration))
        // Å/fs to Å/ps.
        text.append(box.rotated(velocities[atom]), decimalShift: 3)
        text.newline()
      }
    }
    return text.bytes
  }

  private static func appendBox(_ box: LAMMPSBox, to text: inout TextBuffer) {
    for axis in 0..<3 {
      let name = ["x", "y", "z"][axis]
      text.append("\(box.origin[axis]) \(box.origin[axis] + box.vectors[axis, axis]) \(name)lo \(name)hi\n")
    }
    guard box.isTriclinic else { return }
    text.append("\(box.vectors[1, 0]) \(box.vectors[2, 0]) \(box.vectors[2, 1]) xy xz yz\n")
  }

  private static func id(of atom: Int, in configuration: Configuration) -> Int {
    configuration.ids.map { Int($0[atom]) } ?? atom + 1
  }
}
