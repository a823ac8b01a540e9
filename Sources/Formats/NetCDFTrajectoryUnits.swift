import Atomistics
import Diagnostics

/// A variable of a trajectory, and what its numbers are to be multiplied by to be in Å, fs, Å/fs or eV/Å.
struct TrajectoryVariable {
  let variable: ClassicNetCDFFile.Variable
  let factor: Double
}

/// Reads `units` and `scale_factor`; a missing unit is the convention's.
struct TrajectoryUnits {
  enum Quantity: String {
    case length, time, velocity, force
  }

  let file: ClassicNetCDFFile
  /// ASE writes velocities in its own unit of time, Å √(amu/eV), without saying so.
  let isASE: Bool

  func variable(_ variable: ClassicNetCDFFile.Variable, _ quantity: Quantity) throws -> TrajectoryVariable {
    let scale = file.number(attribute: "scale_factor", of: variable) ?? 1
    let unit = file.text(attribute: "units", of: variable)?.lowercased()
    if isASE && unit == nil && quantity == .velocity {
      return TrajectoryVariable(variable: variable, factor: scale * Units.accelerationPerForce.squareRoot())
    }
    // ASE gives the coordinates the velocities' unit when it writes both.
    let known = isASE && quantity == .length ? "angstrom" : unit ?? Self.table(quantity)[0].unit
    guard let factor = Self.table(quantity).first(where: { $0.unit == known })?.factor else {
      let names = Self.table(quantity).map(\.unit).joined(separator: ", ")
      throw Failure.input(
        "variable \"\(variable.name)\" has the unit \"\(known)\", which is not known here (known: \(names))",
        at: Place(file: file.path), remedy: "write the trajectory in one of these units")
    }
    return TrajectoryVariable(variable: variable, factor: scale * factor)
  }

  /// The convention's unit first.
  private static func table(_ quantity: Quantity) -> [(unit: String, factor: Double)] {
    switch quantity {
    case .length: [("angstrom", 1), ("nanometer", 10)]
    case .time: [("picosecond", 1000), ("femtosecond", 1), ("nanosecond", 1e6)]
    case .velocity: [("angstrom/picosecond", 1e-3), ("angstrom/femtosecond", 1)]
    case .force: [("kilocalorie/mole/angstrom", kilocaloriePerMole), ("ev/angstrom", 1)]
    }
  }
}
