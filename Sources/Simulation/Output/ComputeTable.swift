import Dynamics
import Numerics

/// The columns of a `[[compute]]`'s CSV, as pure functions of what was measured.
enum ComputeTable {
  /// The first line of the file.
  static func header(_ quantities: [ComputeInput.Quantity], hasSlabs: Bool) -> String {
    (["step", "time (fs)"] + (hasSlabs ? ["slab", "center (Å)"] : []) + quantities.flatMap(\.columns))
      .joined(separator: ",")
  }

  /// One row: the shortest digits that read back as the same numbers; empty where there is no value.
  static func row(
    step: Int, time: Double, slab: (index: Int, center: Double)? = nil, _ values: [Double?]
  ) -> String {
    let place = slab.map { ["\($0.index)", "\($0.center)"] } ?? []
    return (["\(step)", "\(time)"] + place + values.map { $0.map { "\($0)" } ?? "" }).joined(separator: ",")
  }

  static func values(_ quantity: ComputeInput.Quantity, of group: GroupMeasurement) -> [Double?] {
    let sums = group.sums
    switch quantity {
    case .atoms: return [sums.count]
    case .temperature: return [sums.temperature]
    case .kineticEnergy: return [sums.kineticEnergy]
    case .potentialEnergy: return [sums.potentialEnergy]
    case .pressure: return [group.pressure]
    case .stress: return components(group.stress)
    case .stressVolume: return components(sums.stressVolume)
    case .density: return [group.density]
    case .numberDensity: return [group.numberDensity]
    case .position: return components(sums.centerOfMass)
    case .velocity: return components(sums.velocity)
    }
  }

  static func values(_ quantity: ComputeInput.Quantity, of profile: ProfileMeasurement, slab: Int) -> [Double?] {
    switch quantity {
    case .atoms: [profile.atomCount(in: slab)]
    case .temperature: [profile.slabs[slab].temperature]
    case .kineticEnergy: [profile.kineticEnergy(of: slab)]
    case .potentialEnergy: [profile.potentialEnergy(of: slab)]
    case .pressure: [profile.stress(of: slab).map { $0.trace / 3 }]
    case .stress: components(profile.stress(of: slab))
    case .stressVolume: components(profile.stressVolume(of: slab))
    case .density: [profile.density(of: slab)]
    case .numberDensity: [profile.numberDensity(of: slab)]
    case .position: components(profile.slabs[slab].centerOfMass)
    case .velocity: components(profile.slabs[slab].velocity)
    }
  }

  /// xx, yy, zz, yz, xz, xy of a tensor that is symmetric but for rounding.
  private static func components(_ tensor: Matrix3?) -> [Double?] {
    guard let t = tensor else { return Array(repeating: nil, count: 6) }
    return [t[0, 0], t[1, 1], t[2, 2]] + [(1, 2), (0, 2), (0, 1)].map { (t[$0.0, $0.1] + t[$0.1, $0.0]) / 2 }
  }

  private static func components(_ vector: Vector3?) -> [Double?] { [vector?.x, vector?.y, vector?.z] }
}

extension ComputeInput.Quantity {
  /// Titles with units.
  fileprivate var columns: [String] {
    let voigt = ["xx", "yy", "zz", "yz", "xz", "xy"]
    switch self {
    case .atoms: return ["atoms"]
    case .temperature: return ["temperature (K)"]
    case .kineticEnergy: return ["kinetic energy (eV)"]
    case .potentialEnergy: return ["potential energy (eV)"]
    case .pressure: return ["pressure (bar)"]
    case .stress: return voigt.map { "stress \($0) (bar)" }
    case .stressVolume: return voigt.map { "stress volume \($0) (eV)" }
    case .density: return ["density (g/cm^3)"]
    case .numberDensity: return ["number density (1/Å^3)"]
    case .position: return ["x", "y", "z"].map { "\($0) (Å)" }
    case .velocity: return ["x", "y", "z"].map { "velocity \($0) (Å/fs)" }
    }
  }
}
