/// A unit with a name of its own. Constants: CODATA 2018.
struct NamedUnit: Sendable {
  var names: [String]
  /// In Å, fs, eV, K, amu, e, bar or V, whichever measures it.
  var magnitude: Double
  var exponents: UnitExponents
  /// What `magnitude` counts, in products of Å, fs, eV, K, amu, e: 1 but for pressures, as bar is none of these.
  var scale = 1.0

  static let all: [NamedUnit] = lengths + times + energies + pressures + others

  private static let byName = Dictionary(
    uniqueKeysWithValues: all.flatMap { unit in unit.names.map { ($0, unit) } })

  static func named(_ name: String) -> NamedUnit? { byName[name] }

  static let allNames: [String] = all.flatMap(\.names)

  private static func unit(
    _ names: [String], _ magnitude: Double, _ exponents: UnitExponents, scale: Double = 1
  ) -> NamedUnit {
    NamedUnit(names: names, magnitude: magnitude, exponents: exponents, scale: scale)
  }

  private static let length = UnitExponents(length: 1)
  private static let lengths = [
    unit(["Å", "A", "Ang", "ang", "angstrom", "Angstrom", "ångström", "Ångström"], 1, length),
    unit(["fm"], 1e-5, length),
    unit(["pm"], 0.01, length),
    unit(["nm"], 10, length),
    unit(["µm", "μm", "um"], 1e4, length),
    unit(["mm"], 1e7, length),
    unit(["cm"], 1e8, length),
    unit(["m"], 1e10, length),
    unit(["km"], 1e13, length),
    unit(["Bohr", "bohr", "a0"], 0.529_177_210_903, length),
  ]

  private static let time = UnitExponents(time: 1)
  private static let times = [
    unit(["as"], 1e-3, time),
    unit(["fs"], 1, time),
    unit(["ps"], 1e3, time),
    unit(["ns"], 1e6, time),
    unit(["µs", "μs", "us"], 1e9, time),
    unit(["ms"], 1e12, time),
    unit(["s"], 1e15, time),
  ]

  private static let joule = 1 / 1.602_176_634e-19
  private static let energy = UnitExponents(energy: 1)
  private static let energies = [
    unit(["eV"], 1, energy),
    unit(["meV"], 1e-3, energy),
    unit(["keV"], 1e3, energy),
    unit(["Ha", "Hartree", "hartree"], 27.211_386_245_988, energy),
    unit(["Ry", "Rydberg", "rydberg"], 13.605_693_122_994, energy),
    unit(["J"], joule, energy),
    unit(["kJ"], 1e3 * joule, energy),
    unit(["cal"], 4.184 * joule, energy),
    unit(["kcal"], 4184 * joule, energy),
  ]

  /// 1 bar in eV/Å³.
  private static let bar = 1 / 1.602_176_634e6
  private static let pressure = UnitExponents(length: -3, energy: 1)
  private static let pressures = [
    unit(["Pa"], 1e-5, pressure, scale: bar),
    unit(["kPa"], 1e-2, pressure, scale: bar),
    unit(["MPa"], 10, pressure, scale: bar),
    unit(["GPa"], 1e4, pressure, scale: bar),
    unit(["mbar"], 1e-3, pressure, scale: bar),
    unit(["bar"], 1, pressure, scale: bar),
    unit(["kbar"], 1e3, pressure, scale: bar),
    unit(["Mbar"], 1e6, pressure, scale: bar),
    unit(["atm"], 1.013_25, pressure, scale: bar),
  ]

  private static let avogadro = 6.022_140_76e23
  private static let gram = 1 / 1.660_539_066_60e-24
  private static let mass = UnitExponents(mass: 1)
  private static let voltage = UnitExponents(energy: 1, charge: -1)
  private static let force = UnitExponents(length: -1, energy: 1)
  private static let others = [
    unit(["K"], 1, UnitExponents(temperature: 1)),
    unit(["mK"], 1e-3, UnitExponents(temperature: 1)),
    unit(["amu", "u", "Da"], 1, mass),
    unit(["g"], gram, mass),
    unit(["kg"], 1e3 * gram, mass),
    unit(["e"], 1, UnitExponents(charge: 1)),
    unit(["C"], joule, UnitExponents(charge: 1)),
    unit(["V"], 1, voltage),
    unit(["mV"], 1e-3, voltage),
    unit(["kV"], 1e3, voltage),
    unit(["MV"], 1e6, voltage),
    unit(["N"], joule * 1e-10, force),
    unit(["nN"], joule * 1e-19, force),
    unit(["pN"], joule * 1e-22, force),
    unit(["mol"], avogadro, .none),
  ]
}
