import Atomistics
import Diagnostics

/// `[system]`: the atoms that a run starts from.
public struct SystemInput: Sendable {
  /// The structure file's path as it is written; `SimulationInput.resolve` finds it.
  public var structure = Located("", at: Place(file: ""))
  /// Which frame of the file: 0 is the first, -1 the last.
  public var frame = -1
  /// The elements of numeric types 1, 2, ... of a file that names no elements.
  public var species: Located<[Element]>?
  /// Overrides what the file says; nil: as in the file.
  public var periodic: Located<Periodicity>?
  /// How many copies along a, b, c.
  public var replicate = [1, 1, 1]
  /// nil: as in the file, or at rest.
  public var velocities: VelocitiesInput?
  /// amu; elements that are not named keep the file's masses or their standard weights.
  public var masses: [Element: Double] = [:]
}

/// `velocities = { ... }`: Maxwell's distribution with zero total momentum.
public struct VelocitiesInput: Equatable, Sendable {
  /// K.
  public var temperature = 0.0
  public var seed: UInt32 = 1
}

extension SystemInput: InputTable {
  static let schema = Schema<SystemInput>(
    sentence: "The atoms that the run starts from.",
    fields: [
      Field(
        required: "structure", \.structure, .located(.path),
        "Structure file: extended XYZ, POSCAR, LAMMPS data, MLIP cfg or AMBER NetCDF."),
      Field("frame", \.frame, .integer, "Which frame of the file: 0 is the first, -1 the last."),
      Field(
        optional: "species", \.species, .located(.array(of: .element)),
        "Elements of the types 1, 2, ... of a file that numbers its types instead of naming elements."),
      Field(
        optional: "periodic", \.periodic, .located(.periodicity),
        "Whether a, b and c are periodic; left out, as the file says."),
      Field(
        "replicate", \.replicate, .array(of: .integer.atLeast(1), count: 3), "Copies of the cell along a, b and c."),
      Field(
        optional: "velocities", \.velocities, .table,
        "New velocities with zero total momentum; left out, those of the file, or none."),
      Field("masses", \.masses, .byElement(.quantity(.mass).above(0)), "Masses that replace the standard weights."),
    ],
    finish: { system, node in
      var product = 1
      for count in system.replicate {
        let (next, overflow) = product.multipliedReportingOverflow(by: count)
        guard !overflow, next <= 1_000_000_000 else {
          throw Failure.input("'system.replicate' asks for more than 10^9 copies", at: node["replicate"]?.place)
        }
        product = next
      }
    })
}

extension VelocitiesInput: InputTable {
  static let schema = Schema<VelocitiesInput>(
    sentence: "Velocities drawn from Maxwell's distribution.",
    fields: [
      Field(
        required: "temperature", \.temperature, .quantity(.temperature).atLeast(0),
        "The temperature that the velocities are scaled to."),
      Field("seed", \.seed, .seed, "Seed of the random numbers; the same seed gives the same velocities on any ranks."),
    ])
}
