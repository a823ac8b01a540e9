import Atomistics
import Diagnostics

/// The header and the per-atom constants of a trajectory file of ours: all that comes before its frames.
struct NetCDFTrajectoryLayout {
  /// The bytes of a file without frames.
  let head: [UInt8]
  /// Bytes of each frame.
  let recordSize: Int
  private let atomCount: Int
  private let variableNames: [String]

  init(atoms: TrajectoryAtoms, options: NetCDFTrajectoryWriter.Options, path: String) throws {
    let ids = try Self.checkedIDs(atoms, path: path)
    guard atoms.count > 0, atoms.count <= ClassicNetCDFLayout.largestVariable / 12 else {
      throw Failure.input(
        "a NetCDF trajectory cannot hold \(atoms.count) atoms", at: Place(file: path),
        remedy: atoms.count > 0 ? "write another format" : nil)
    }
    let layout = Self.layout(atomCount: atoms.count, hasIDs: ids != nil, options: options)
    head = layout.header + Self.constants(atoms, ids: ids)
    recordSize = layout.recordSize
    atomCount = atoms.count
    variableNames = layout.variables.map(\.name)
  }

  private static func checkedIDs(_ atoms: TrajectoryAtoms, path: String) throws -> [Int32]? {
    guard let ids = atoms.ids else { return nil }
    return try ids.map { id in
      guard let short = Int32(exactly: id) else {
        throw Failure.input(
          "atom id \(id) does not fit the 32-bit integers of a NetCDF trajectory", at: Place(file: path),
          remedy: "renumber the atoms")
      }
      return short
    }
  }

  private static func layout(
    atomCount: Int, hasIDs: Bool, options: NetCDFTrajectoryWriter.Options
  ) -> ClassicNetCDFLayout {
    typealias Variable = ClassicNetCDFLayout.Variable
    let dimensions: [ClassicNetCDFLayout.Dimension] = [
      .init(name: "frame", length: 0), .init(name: "spatial", length: 3), .init(name: "atom", length: atomCount),
      .init(name: "cell_spatial", length: 3), .init(name: "cell_angular", length: 3), .init(name: "label", length: 5),
      .init(name: "symbol", length: 2),
    ]
    let (frame, spatial, atom, cellSpatial, cellAngular, label, symbol) = (0, 1, 2, 3, 4, 5, 6)
    let perAtom = [frame, atom, spatial]
    var variables = [
      Variable(name: "spatial", type: .character, dimensions: [spatial]),
      Variable(name: "cell_spatial", type: .character, dimensions: [cellSpatial]),
      Variable(name: "cell_angular", type: .character, dimensions: [cellAngular, label]),
      Variable(name: "element", type: .character, dimensions: [atom, symbol]),
      Variable(name: "atom_types", type: .integer, dimensions: [atom], attributes: [("comment", "atomic numbers")]),
      Variable(name: "masses", type: .double, dimensions: [atom], attributes: [("units", "amu")]),
    ]
    if hasIDs { variables.append(Variable(name: "identifier", type: .integer, dimensions: [atom])) }
    variables += [
      Variable(name: "time", type: .double, dimensions: [frame], attributes: [("units", "picosecond")]),
      Variable(name: "step", type: .double, dimensions: [frame]),
      Variable(
        name: "cell_lengths", type: .double, dimensions: [frame, cellSpatial], attributes: [("units", "angstrom")]),
      Variable(
        name: "cell_angles", type: .double, dimensions: [frame, cellAngular], attributes: [("units", "degree")]),
      Variable(
        name: "cell_vectors", type: .double, dimensions: [frame, cellSpatial, spatial],
        attributes: [
          ("units", "angstrom"),
          (
            "comment",
            "lattice vectors as rows, in the orientation of the input; coordinates, velocities and forces are rotated "
              + "so that a lies along x and b in the xy plane"
          ),
        ]),
      Variable(name: "coordinates", type: .float, dimensions: perAtom, attributes: [("units", "angstrom")]),
    ]
    if options.wrapped {
      variables.append(
        Variable(
          name: "image_counts", type: .integer, dimensions: perAtom,
          attributes: [("comment", "unwrapped coordinates = coordinates + image_counts * lattice vectors")]))
    }
    if options.velocities {
      variables.append(
        Variable(name: "velocities", type: .float, dimensions: perAtom, attributes: [("units", "angstrom/picosecond")]))
    }
    if options.forces {
      variables.append(
        Variable(
          name: "forces", type: .float, dimensions: perAtom, attributes: [("units", "kilocalorie/mole/angstrom")]))
    }
    if options.grades {
      variables.append(
        Variable(
          name: "grades", type: .float, dimensions: [frame, atom], attributes: [("comment", "extrapolation grades")]))
    }
    return ClassicNetCDFLayout(
      dimensions: dimensions,
      attributes: [
        ("title", "swmd trajectory"), ("application", "swmd"), ("program", "swmd"),
        ("programVersion", options.programVersion), ("Conventions", "AMBER"), ("ConventionVersion", "1.0"),
      ],
      variables: variables)
  }

  /// The fixed variables' values, in the layout's order.
  private static func constants(_ atoms: TrajectoryAtoms, ids: [Int32]?) -> [UInt8] {
    var bytes: [UInt8] = Array("xyz\0abc\0alphabeta gamma\0".utf8)
    bytes.reserveCapacity(bytes.count + 20 * atoms.count)
    for element in atoms.elements { bytes += (Array(element.symbol.utf8) + [0]).prefix(2) }
    bytes += [UInt8](repeating: 0, count: -2 * atoms.count & 3)
    for element in atoms.elements { bytes += bigEndianBytes(Int32(element.atomicNumber)) }
    for mass in atoms.masses { bytes += bigEndianBytes(mass.bitPattern) }
    for id in ids ?? [] { bytes += bigEndianBytes(id) }
    return bytes
  }
}

extension NetCDFTrajectoryLayout {
  /// How many whole frames the file has, if all but its frames is what this layout says.
  /// - Throws: `Failure.input` that says what differs.
  func frameCount(of existing: ClassicNetCDFFile) throws -> Int {
    let file = try InputFile(existing.path)
    let countRange = ClassicNetCDFLayout.recordCountOffset..<ClassicNetCDFLayout.recordCountOffset + 4
    guard var found = try file.read(head.count) else { throw mismatch(existing) }
    let counted = found[countRange].reduce(0) { $0 << 8 | Int($1) }
    found.replaceSubrange(countRange, with: [0, 0, 0, 0])
    guard found == head else { throw mismatch(existing) }
    guard file.remaining / recordSize >= counted else {
      throw Failure.input(
        "the trajectory is cut short: it counts \(counted) frames and has \(file.remaining / recordSize)",
        at: Place(file: file.path), remedy: "restore the file, or start a new run")
    }
    return counted
  }

  private func mismatch(_ existing: ClassicNetCDFFile) -> Failure {
    var what = "its atoms or variables are not those of this run"
    if let count = existing.dimension("atom"), count != atomCount {
      what = "it has \(count) atoms where this run has \(atomCount)"
    } else if let missing = variableNames.first(where: { existing.variable($0) == nil }) {
      what = "it has no variable \"\(missing)\", which this run writes"
    }
    return Failure.input(
      "the trajectory cannot be continued: \(what)", at: Place(file: existing.path),
      remedy: "name another trajectory file, or restart with the input that the file was written with")
  }
}
