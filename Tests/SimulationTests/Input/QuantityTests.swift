import Diagnostics
import Simulation
import Testing

@Suite struct QuantityTests {
  /// Units in the default unit of their dimension, from SI and CODATA 2018 constants with 30 digits (Python's decimal).
  static let conversions: [(dimension: Dimension, unit: String, factor: Double)] = [
    (.length, "Å", 1), (.length, "A", 1), (.length, "Ang", 1), (.length, "nm", 10), (.length, "pm", 0.01),
    (.length, "Bohr", 0.529177210903), (.length, "µm", 1e4), (.length, "m", 1e10),
    (.time, "fs", 1), (.time, "as", 1e-3), (.time, "ps", 1e3), (.time, "ns", 1e6), (.time, "µs", 1e9),
    (.time, "us", 1e9), (.time, "ms", 1e12), (.time, "s", 1e15),
    (.energy, "eV", 1), (.energy, "meV", 1e-3), (.energy, "keV", 1e3), (.energy, "kJ/mol", 0.010364269656262174),
    (.energy, "kcal/mol", 0.043364104241800934), (.energy, "Ha", 27.21138624598803),
    (.energy, "Ry", 13.605693122994015), (.energy, "J", 6.241509074460762e18),
    (.force, "eV/Å", 1), (.force, "eV/A", 1), (.force, "eV/Ang", 1), (.force, "eV Å^-1", 1), (.force, "eV Å⁻¹", 1),
    (.force, "meV/Å", 1e-3), (.force, "kJ/mol/nm", 0.0010364269656262175),
    (.force, "kcal/mol/Å", 0.043364104241800934), (.force, "Ha/Bohr", 51.42206747632594),
    (.force, "Ry/Bohr", 25.71103373816297), (.force, "nN", 0.6241509074460763), (.force, "pN", 0.0006241509074460763),
    (.temperature, "K", 1),
    (.pressure, "bar", 1), (.pressure, "kbar", 1e3), (.pressure, "Pa", 1e-5), (.pressure, "kPa", 1e-2),
    (.pressure, "MPa", 10), (.pressure, "GPa", 1e4), (.pressure, "atm", 1.01325), (.pressure, "eV/Å^3", 1602176.634),
    (.pressure, "eV/Å³", 1602176.634),
    (.mass, "amu", 1), (.mass, "u", 1), (.mass, "Da", 1), (.mass, "g/mol", 1.0000000003455785),
    (.mass, "kg", 6.022140762081123e26),
    (.charge, "e", 1), (.charge, "C", 6.241509074460762e18),
    (.field, "V/Å", 1), (.field, "V/nm", 0.1), (.field, "mV/Å", 1e-3), (.field, "V/m", 1e-10),
    (.field, "kV/cm", 1e-5), (.field, "eV/Å/e", 1),
    (.velocity, "Å/fs", 1), (.velocity, "Å/ps", 1e-3), (.velocity, "nm/ps", 0.01), (.velocity, "m/s", 1e-5),
    (.velocity, "km/s", 0.01),
    (.volume, "Å^3", 1), (.volume, "nm^3", 1e3), (.volume, "Bohr^3", 0.14818471147216278),
    (.density, "g/cm^3", 1), (.density, "kg/m^3", 1e-3), (.density, "amu/Å^3", 1.66053906660),
    (.stiffness, "eV/Å^2", 1), (.stiffness, "N/m", 0.06241509074460763), (.stiffness, "kJ/mol/nm^2", 0.00010364269656262174),
    (.stiffness, "kcal/mol/Å^2", 0.043364104241800934),
    (.strainRate, "1/fs", 1), (.strainRate, "1/ps", 1e-3), (.strainRate, "1/ns", 1e-6), (.strainRate, "1/µs", 1e-9),
    (.strainRate, "1/s", 1e-15),
    (.inverseLength, "1/Å", 1), (.inverseLength, "Å^-1", 1), (.inverseLength, "1/nm", 0.1),
    (.inverseLength, "1/Bohr", 1.8897261246257702),
    (.dispersion, "eV Å^6", 1), (.dispersion, "eV*Å^6", 1), (.dispersion, "eV·Å⁶", 1),
    (.dispersion, "kJ/mol nm^6", 10364.269656262173), (.dispersion, "kcal/mol Å^6", 0.043364104241800934),
    (.dispersion, "Ha Bohr^6", 0.5975269042821957),
  ]

  @Test func everyUnitConvertsToTheDefaultUnit() throws {
    for (dimension, unit, factor) in Self.conversions {
      let value = try Quantity.parse("2 \(unit)", as: dimension, at: nil)
      #expect(abs(value - 2 * factor) <= 1e-12 * 2 * factor, "\(unit): \(value) is not 2 x \(factor)")
    }
  }

  @Test func defaultUnitsAndPowersOfTenAreExact() throws {
    for dimension in Dimension.allCases {
      #expect(try Quantity.parse("0.1 \(dimension.defaultUnit)", as: dimension, at: nil) == 0.1)
    }
    #expect(try Quantity.parse("1 ns", as: .time, at: nil) == 1e6)
    #expect(try Quantity.parse("10 ps", as: .time, at: nil) == 1e4)
    #expect(try Quantity.parse("3 GPa", as: .pressure, at: nil) == 3e4)
  }

  @Test func everyUnitThatAnErrorListsIsTested() {
    for dimension in Dimension.allCases {
      let tested = Set(Self.conversions.filter { $0.dimension == dimension }.map(\.unit))
      #expect(Set(dimension.acceptedUnits).subtracting(tested).isEmpty)
      #expect(dimension.acceptedUnits.first == dimension.defaultUnit)
    }
  }

  @Test(arguments: [
    ("300K", 300.0), ("300", 300), (" 300 K ", 300), ("+3e2 K", 300), ("3.E2 K", 300), (".5 K", 0.5), ("-1 K", -1),
  ])
  func numbersAreReadAsPeopleWriteThem(text: String, value: Double) throws {
    #expect(try Quantity.parse(text, as: .temperature, at: nil) == value)
  }

  @Test func anElementaryChargeIsNoExponent() throws {
    #expect(try Quantity.parse("2e", as: .charge, at: nil) == 2)
    #expect(try Quantity.parse("2 e", as: .charge, at: nil) == 2)
    #expect(try Quantity.parse("2eV", as: .energy, at: nil) == 2)
    #expect(try Quantity.parse("2e1eV", as: .energy, at: nil) == 20)
  }

  @Test(arguments: [
    ("300 fs", Dimension.temperature, "'fs' measures a time, where a temperature is needed; give it in one of K"),
    ("1 eV", .force, "'eV' measures an energy, where a force is needed; give it in one of eV/Å, meV/Å, kJ/mol/nm, "
      + "kcal/mol/Å, Ha/Bohr, Ry/Bohr, nN, pN"),
    ("1 Å^2", .length, "'Å^2' measures something else, where a length is needed; give it in one of Å, A, nm, pm, µm, "
      + "m, Bohr"),
    ("1 mev", .energy, "unknown unit 'mev'; did you mean 'meV'?"),
    ("1 parsec", .length, "unknown unit 'parsec'; give it in one of Å, A, nm, pm, µm, m, Bohr"),
    ("1 fs//Å", .time, "'fs//Å' is not a unit; give it in one of fs, as, ps, ns, µs, ms, s"),
    ("1 fs/", .time, "'fs/' is not a unit; give it in one of fs, as, ps, ns, µs, ms, s"),
    ("1 fs^99", .time, "'fs^99' is not a unit; give it in one of fs, as, ps, ns, µs, ms, s"),
    ("fast", .time, "'fast' does not begin with a number; write a time as in \"1.5 fs\""),
    ("nan K", .temperature, "'nan K' does not begin with a number; write a temperature as in \"1.5 K\""),
    ("", .temperature, "'' does not begin with a number; write a temperature as in \"1.5 K\""),
    ("1e999 K", .temperature, "'1e999 K' does not begin with a number; write a temperature as in \"1.5 K\""),
    ("1e308 ns", .time, "'1e308 ns' is too large a number"),
  ])
  func mistakesAreNamed(text: String, dimension: Dimension, message: String) {
    #expect(throws: Failure.input(message)) {
      do {
        _ = try Quantity.parse(text, as: dimension, at: nil)
      } catch let failure as Failure {
        throw Failure.input(failure.description)
      }
    }
  }

  @Test func literalsReadBack() throws {
    for value in [0.1, 300, 1.0 / 3, 1e-300, -5, 1e22] {
      let literal = Quantity.literal(value, .energy)
      #expect(try Quantity.parse(String(literal.dropFirst().dropLast()), as: .energy, at: nil) == value)
    }
    #expect(Quantity.literal(300, .temperature) == "\"300 K\"")
  }
}
