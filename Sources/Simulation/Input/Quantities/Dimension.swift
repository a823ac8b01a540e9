/// What a number in the input file measures: it decides the default unit and which units convert to it.
public enum Dimension: String, CaseIterable, Sendable {
  case length, time, energy, force, temperature, pressure, mass, charge, field, velocity, volume, density, stiffness
  case inverseLength = "inverse length"
  case strainRate = "strain rate"
  case dispersion = "energy times length^6"

  /// The unit of a bare number, and the unit in which swmd keeps the value.
  public var defaultUnit: String {
    switch self {
    case .length: "Å"
    case .time: "fs"
    case .energy: "eV"
    case .force: "eV/Å"
    case .temperature: "K"
    case .pressure: "bar"
    case .mass: "amu"
    case .charge: "e"
    case .field: "V/Å"
    case .velocity: "Å/fs"
    case .volume: "Å^3"
    case .density: "g/cm^3"
    case .stiffness: "eV/Å^2"
    case .inverseLength: "1/Å"
    case .strainRate: "1/fs"
    case .dispersion: "eV Å^6"
    }
  }

  /// What an error names when a unit is of another dimension; `UnitExpression` accepts further combinations.
  public var acceptedUnits: [String] {
    switch self {
    case .length: ["Å", "A", "nm", "pm", "µm", "m", "Bohr"]
    case .time: ["fs", "as", "ps", "ns", "µs", "ms", "s"]
    case .energy: ["eV", "meV", "keV", "kJ/mol", "kcal/mol", "Ha", "Ry", "J"]
    case .force: ["eV/Å", "meV/Å", "kJ/mol/nm", "kcal/mol/Å", "Ha/Bohr", "Ry/Bohr", "nN", "pN"]
    case .temperature: ["K"]
    case .pressure: ["bar", "kbar", "Pa", "kPa", "MPa", "GPa", "atm", "eV/Å^3"]
    case .mass: ["amu", "u", "Da", "g/mol", "kg"]
    case .charge: ["e", "C"]
    case .field: ["V/Å", "V/nm", "mV/Å", "V/m", "kV/cm", "eV/Å/e"]
    case .velocity: ["Å/fs", "Å/ps", "nm/ps", "m/s", "km/s"]
    case .volume: ["Å^3", "nm^3", "Bohr^3"]
    case .density: ["g/cm^3", "kg/m^3", "amu/Å^3"]
    case .stiffness: ["eV/Å^2", "N/m", "kJ/mol/nm^2", "kcal/mol/Å^2"]
    case .inverseLength: ["1/Å", "1/nm", "1/Bohr"]
    case .strainRate: ["1/fs", "1/ps", "1/ns", "1/µs", "1/s"]
    case .dispersion: ["eV Å^6", "kJ/mol nm^6", "kcal/mol Å^6", "Ha Bohr^6"]
    }
  }

  /// "a length", "an energy": how a sentence names it.
  var withArticle: String {
    switch self {
    case .energy, .inverseLength: "an \(rawValue)"
    case .dispersion: rawValue
    default: "a \(rawValue)"
    }
  }

  var exponents: UnitExponents {
    switch self {
    case .length: UnitExponents(length: 1)
    case .time: UnitExponents(time: 1)
    case .energy: UnitExponents(energy: 1)
    case .force: UnitExponents(length: -1, energy: 1)
    case .temperature: UnitExponents(temperature: 1)
    case .pressure: UnitExponents(length: -3, energy: 1)
    case .mass: UnitExponents(mass: 1)
    case .charge: UnitExponents(charge: 1)
    case .field: UnitExponents(length: -1, energy: 1, charge: -1)
    case .velocity: UnitExponents(length: 1, time: -1)
    case .volume: UnitExponents(length: 3)
    case .density: UnitExponents(length: -3, mass: 1)
    case .stiffness: UnitExponents(length: -2, energy: 1)
    case .inverseLength: UnitExponents(length: -1)
    case .strainRate: UnitExponents(time: -1)
    case .dispersion: UnitExponents(length: 6, energy: 1)
    }
  }
}

/// Powers of the base dimensions.
///
/// Energy is a base of its own (eV is not amu Å²/fs²), so that no default unit but bar and g/cm^3 needs a constant.
struct UnitExponents: Hashable, Sendable {
  var length = 0, time = 0, energy = 0, temperature = 0, mass = 0, charge = 0

  static let none = UnitExponents()

  func adding(_ other: UnitExponents, times power: Int) -> UnitExponents {
    UnitExponents(
      length: length + power * other.length, time: time + power * other.time, energy: energy + power * other.energy,
      temperature: temperature + power * other.temperature, mass: mass + power * other.mass,
      charge: charge + power * other.charge)
  }

  /// The dimension with these exponents, if it is one that the input file knows.
  var dimension: Dimension? { Dimension.allCases.first { $0.exponents == self } }
}
