import Diagnostics

/// One `trajectory = { ... }`.
public struct TrajectoryInput: Sendable {
  public enum Format: String, CaseIterable, Sendable {
    case netCDF = "nc"
    case extendedXYZ = "extxyz"
    case lammpsDump = "dump"
  }

  /// Within the output directory.
  public var file = Located("trajectory.nc", at: Place(file: ""))
  /// Steps.
  public var every = 1000
  public var velocities = false
  public var forces = false
  /// Each atom's potential energy.
  public var energies = false
  /// Each atom's extrapolation grade.
  public var grades = false
  /// Positions inside the cell instead of unwrapped ones.
  public var wrapped = false

  /// By the file's extension; a decoded table has a known one.
  public var format: Format { Self.format(of: file.value) ?? .netCDF }

  static func format(of file: String) -> Format? {
    file.split(separator: ".", omittingEmptySubsequences: false).last.flatMap { Format(rawValue: String($0)) }
  }
}

extension TrajectoryInput: InputTable {
  static let schema = Schema<TrajectoryInput>(
    sentence: "A trajectory file.",
    fields: [
      Field(
        "file", \.file, .located(.path),
        "Its name in the output directory; .nc (AMBER's NetCDF), .extxyz or .dump (LAMMPS) chooses the format."),
      Field("every", \.every, .integer.atLeast(1), "Steps between frames."),
      Field("velocities", \.velocities, .boolean, "Whether velocities are written."),
      Field("forces", \.forces, .boolean, "Whether forces are written."),
      Field("energies", \.energies, .boolean, "Whether the atoms' energies are written (.extxyz and .dump)."),
      Field("grades", \.grades, .boolean, "Whether the atoms' extrapolation grades are written."),
      Field("wrapped", \.wrapped, .boolean, "Whether atoms are put back into the cell; else they are unwrapped."),
    ],
    finish: { trajectory, node in
      let name = trajectory.file.value
      guard let format = format(of: name) else {
        throw Failure.input(
          "'\(node.name).file': the ending of '\(name)' is no trajectory format", at: trajectory.file.place,
          remedy: "end it in one of .nc, .extxyz, .dump")
      }
      if name.contains("/") {
        throw Failure.input(
          "'\(node.name).file' is a name in the output directory, but '\(name)' is a path",
          at: trajectory.file.place, remedy: "set 'output.directory' instead")
      }
      if format == .netCDF, trajectory.energies {
        throw Failure.input(
          "a NetCDF trajectory has no energies of atoms", at: node["energies"]?.keyPlace,
          remedy: "write an .extxyz or .dump file for them")
      }
    })
}
