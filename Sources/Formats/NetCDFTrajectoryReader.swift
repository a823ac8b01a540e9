import Atomistics
import Diagnostics
import Numerics

/// Reads trajectories in the AMBER NetCDF convention: swmd's own, and those of AMBER, ASE, MDAnalysis and LAMMPS.
///
/// Frames of swmd come back in the user's orientation of the cell. Where a file has a per-frame `id` (LAMMPS, whose
/// order changes from frame to frame), atoms are given in the order of their ids. Units other than the convention's are
/// converted; one that is not known is an error.
public final class NetCDFTrajectoryReader {
  public let path: String
  public let frameCount: Int
  public let atomCount: Int
  /// The program that wrote the file, if it says so.
  public let program: String?

  let file: ClassicNetCDFFile
  /// nil: a file of velocities alone.
  let coordinates: TrajectoryVariable?
  let velocities: TrajectoryVariable?
  let forces: TrajectoryVariable?
  let time: TrajectoryVariable?
  let species: TrajectorySpecies

  /// - Parameters:
  ///   - species: the elements of the file's atom types 1, 2, ... (or of its atoms, one each, or of all of them), for files
  ///     that name none; others go by their own names.
  ///   - requiresPositions: false: a file of velocities alone will do.
  /// - Throws: `Failure.input` if this is no such trajectory, is cut short, or names no elements and `species` does not
  ///   help.
  public convenience init(_ path: String, species: [Element] = [], requiresPositions: Bool = true) throws {
    try self.init(InputFile(path), species: species, requiresPositions: requiresPositions)
  }

  init(_ input: InputFile, species: [Element], requiresPositions: Bool = true) throws {
    path = input.path
    file = try ClassicNetCDFFile(input)
    program = file.text(attribute: "program")
    let coordinates = try Self.vectors("coordinates", in: file), velocities = try Self.vectors("velocities", in: file)
    guard let vectors = coordinates ?? velocities else {
      throw Failure.input(
        "this is no AMBER trajectory: it has no variable coordinates (frame, atom, spatial)", at: Place(file: path))
    }
    guard coordinates != nil || !requiresPositions else { throw Self.noCoordinates(in: path) }
    (frameCount, atomCount) = (vectors.dimensions[0].length, vectors.dimensions[1].length)
    let units = TrajectoryUnits(file: file, isASE: program == "ASE")
    self.coordinates = try coordinates.map { try units.variable($0, .length) }
    self.velocities = try velocities.map { try units.variable($0, .velocity) }
    forces = try Self.vectors("forces", in: file).map { try units.variable($0, .force) }
    time = try file.variable("time").map { try units.variable($0, .time) }
    self.species = try TrajectorySpecies(
      file: file, given: species, atomCount: atomCount, typesAreAtomicNumbers: program == "ASE" || program == "swmd")
  }

  private static func vectors(_ name: String, in file: ClassicNetCDFFile) throws -> ClassicNetCDFFile.Variable? {
    guard let variable = file.variable(name) else { return nil }
    guard variable.shape.prefix(2) == ["frame", "atom"], variable.dimensions.count == 3,
      variable.dimensions[2].length == 3
    else {
      throw Failure.input(
        "variable \"\(name)\" has not the shape (frame, atom, spatial)", at: Place(file: file.path))
    }
    return variable
  }

  static func noCoordinates(in path: String) -> Failure {
    .input(
      "the trajectory has velocities but no coordinates", at: Place(file: path),
      remedy: "write it with coordinates; analyses of velocities alone (Green-Kubo) need none")
  }

  /// Frame `index`, from 0; its positions are zero if the file has none and none are required.
  /// - Throws: `Failure.input` if there is no such frame or its numbers make no sense.
  public func frame(_ index: Int) throws -> Configuration {
    guard (0..<frameCount).contains(index) else {
      throw Failure.input(
        "there is no frame \(index): the file has \(frameCount)", at: Place(file: path),
        remedy: frameCount > 0 ? "give one from 0 to \(frameCount - 1)" : nil)
    }
    let (cell, unrotated) = try cell(index)
    var configuration = Configuration(
      cell: cell, elements: try species.elements(frame: index),
      positions: try coordinates.map { try vectors($0, index, unrotated) }
        ?? [Vector3](repeating: .zero, count: atomCount))
    configuration.velocities = try velocities.map { try vectors($0, index, unrotated) }
    configuration.forces = try forces.map { try vectors($0, index, unrotated) }
    configuration.images = try images(index)
    configuration.masses = try constants("masses")
    configuration.time = try time.flatMap { try scalar($0, index) }
    configuration.step = try file.variable("step").flatMap {
      try scalar(TrajectoryVariable(variable: $0, factor: 1), index).flatMap { Int(exactly: $0) }
    }
    if let grades = file.variable("grades"), grades.shape == ["frame", "atom"], !grades.isText {
      let values = try file.numbers(grades, frame: index)
      configuration.columns = [AtomColumn(name: "grades", width: 1, values: .real(values))]
    }
    configuration.ids = try constants("identifier")?.map { Int64(exactly: $0) ?? 0 }
    return try orderedByID(configuration, index)
  }
}

extension NetCDFTrajectoryReader {
  /// Atoms read at a time: what a reader holds beyond the frame itself.
  private static let pieceSize = 65_536

  private func vectors(_ variable: TrajectoryVariable, _ frame: Int, _ unrotated: Matrix3?) throws -> [Vector3] {
    var result: [Vector3] = []
    result.reserveCapacity(atomCount)
    let factor = variable.factor
    for start in stride(from: 0, to: atomCount, by: Self.pieceSize) {
      let count = min(Self.pieceSize, atomCount - start)
      let piece = try file.numbers(variable.variable, frame: frame, range: 3 * start..<3 * (start + count))
      for i in 0..<count {
        let vector = factor * Vector3(piece[3 * i], piece[3 * i + 1], piece[3 * i + 2])
        result.append(unrotated.map { vector * $0 } ?? vector)
      }
    }
    return result
  }

  private func images(_ frame: Int) throws -> [SIMD3<Int32>]? {
    guard let variable = try Self.vectors("image_counts", in: file) else { return nil }
    return try vectors(TrajectoryVariable(variable: variable, factor: 1), frame, nil).map { counts in
      guard let x = Int32(exactly: counts.x), let y = Int32(exactly: counts.y), let z = Int32(exactly: counts.z) else {
        throw Failure.input("frame \(frame) has an image count that is no 32-bit integer", at: Place(file: path))
      }
      return SIMD3(x, y, z)
    }
  }

  private func scalar(_ variable: TrajectoryVariable, _ frame: Int) throws -> Double? {
    guard variable.variable.shape == ["frame"] else { return nil }
    return try variable.factor * file.numbers(variable.variable, frame: frame)[0]
  }

  /// A variable (atom), or nil where there is none of that shape.
  private func constants(_ name: String) throws -> [Double]? {
    guard let variable = file.variable(name), variable.shape == ["atom"], !variable.isText
    else { return nil }
    return try file.numbers(variable)
  }

  /// The cell, and the matrix that turns the file's vectors into the user's orientation (nil: they are in it).
  func cell(_ frame: Int) throws -> (cell: Cell, unrotated: Matrix3?) {
    guard let lengths = try triple("cell_lengths", frame), let angles = try triple("cell_angles", frame) else {
      return (.none, nil)
    }
    let factor = try TrajectoryUnits(file: file, isASE: false).variable(lengths.variable, .length).factor
    guard let standard = AmberCell.cell(lengths: factor * lengths.values, angles: angles.values) else {
      throw Failure.input(
        "frame \(frame) has impossible cell lengths \(lengths.values) or angles \(angles.values)",
        at: Place(file: path))
    }
    guard let variable = file.variable("cell_vectors"), variable.dimensions.map(\.length).dropFirst() == [3, 3],
      variable.dimensions.first?.name == "frame"
    else { return (standard, nil) }
    let cell = Cell(vectors: Matrix3(elements: try file.numbers(variable, frame: frame)), periodic: standard.periodic)
    if cell.periodic != .none { try cell.validate(at: Place(file: path)) }
    let rotation = AmberCell(cell).rotation
    return (cell, rotation == .identity ? nil : rotation.transpose)
  }

  private func triple(_ name: String, _ frame: Int) throws -> (variable: ClassicNetCDFFile.Variable, values: Vector3)? {
    guard let variable = file.variable(name), variable.dimensions.count == 2, variable.dimensions[1].length == 3,
      variable.dimensions[0].name == "frame"
    else { return nil }
    let values = try file.numbers(variable, frame: frame)
    return (variable, Vector3(values[0], values[1], values[2]))
  }

  /// Sorts the atoms by the frame's own `id`, if there is one.
  private func orderedByID(_ configuration: Configuration, _ frame: Int) throws -> Configuration {
    guard let variable = file.variable("id"), variable.shape == ["frame", "atom"],
      !variable.isText
    else { return configuration }
    let ids = try file.numbers(variable, frame: frame).map { value in
      guard let id = Int64(exactly: value) else {
        throw Failure.input("frame \(frame) has an atom id that is no integer", at: Place(file: path))
      }
      return id
    }
    let order = ids.indices.sorted { ids[$0] < ids[$1] }
    var sorted = Configuration(
      cell: configuration.cell, elements: order.map { configuration.elements[$0] },
      positions: order.map { configuration.positions[$0] })
    sorted.velocities = configuration.velocities.map { all in order.map { all[$0] } }
    sorted.forces = configuration.forces.map { all in order.map { all[$0] } }
    sorted.images = configuration.images.map { all in order.map { all[$0] } }
    sorted.masses = configuration.masses.map { all in order.map { all[$0] } }
    sorted.columns = configuration.columns.map { column in
      guard case .real(let values) = column.values else { return column }
      return AtomColumn(name: column.name, width: 1, values: .real(order.map { values[$0] }))
    }
    sorted.ids = order.map { ids[$0] }
    (sorted.step, sorted.time) = (configuration.step, configuration.time)
    return sorted
  }
}
