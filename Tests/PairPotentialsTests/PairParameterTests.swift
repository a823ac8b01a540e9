import Atomistics
import Diagnostics
import Numerics
import PairPotentials
import PotentialKit
import Testing

@Suite struct PairParameterTests {
  private func energy(_ potential: any Potential, _ symbols: [String], _ r: Double) throws -> Double {
    let dimer = Configuration(
      cell: .none, elements: try symbols.map(element), positions: [.zero, r * Vector3(0.48, 0.6, 0.64)])
    let system = try ReferenceSystem(dimer, cutoff: potential.cutoff)
    try potential.bind(elements: system.elements)
    return try system.evaluate([potential]).energy
  }

  /// Numbers from the formula in `ZBL.swift` in 40-digit arithmetic (mpmath).
  @Test(arguments: [(0.1, 3645.599_205_451_441), (1.0, 18.120_974_667_711_76), (2.5, 0.337_812_075_315_331_9)])
  func zblMatchesItsFormula(_ r: Double, _ expected: Double) throws {
    let potential = try ZBL.makePotential(pairs: nil, options: PairOptions(cutoff: 4))
    #expect(abs(try energy(potential, ["Li", "S"], r) - expected) < 1e-10 * expected)
  }

  @Test func smoothingLeavesTheCore() throws {
    let plain = try ZBL.makePotential(pairs: nil, options: PairOptions(cutoff: 3))
    let smooth = try ZBL.makePotential(
      pairs: nil, options: PairOptions(cutoff: 3, truncation: .smooth, innerCutoff: 2))
    #expect(try energy(smooth, ["Li", "Li"], 1.999) == energy(plain, ["Li", "Li"], 1.999))
    let half = try energy(smooth, ["Li", "Li"], 2.5) / energy(plain, ["Li", "Li"], 2.5)
    #expect(abs(half - 0.5) < 1e-12)
    #expect(try energy(smooth, ["Li", "Li"], 3.0) == 0)
  }

  @Test func missingPairs() throws {
    let entry = PairEntry(try element("Li"), try element("Li"), LennardJones.Parameters(epsilon: 1, sigma: 2))
    let place = Place(file: "run.toml", line: 12)
    let strict = try LennardJones.makePotential(pairs: [entry], options: PairOptions(cutoff: 5, place: place))
    let failure = #expect(throws: Failure.self) { try strict.bind(elements: [try element("Li"), try element("S")]) }
    #expect(failure?.message.contains("Li-S") == true && failure?.place == place)
    let lenient = try LennardJones.makePotential(
      pairs: [entry], options: PairOptions(cutoff: 5, missingPairs: .ignored))
    #expect(try energy(lenient, ["Li", "S"], 2.2) == 0)
    #expect(try energy(lenient, ["Li", "Li"], 2.2) < 0)
  }

  @Test func wrongParametersNameTheirPlace() throws {
    let li = try element("Li"), s = try element("S"), place = Place(file: "run.toml", line: 7)
    let options = PairOptions(cutoff: 5)
    let sound = LennardJones.Parameters(epsilon: 1, sigma: 2)
    func refused(_ entries: [PairEntry<LennardJones.Parameters>], _ options: PairOptions) -> Place? {
      #expect(throws: Failure.self) { try LennardJones.makePotential(pairs: entries, options: options) }?.place
    }
    for bad: (Double, Double) in [(-1, 2), (1, 0), (.nan, 1), (1, .infinity)] {
      let parameters = LennardJones.Parameters(epsilon: bad.0, sigma: bad.1)
      #expect(refused([PairEntry(li, s, parameters, place: place)], options) == place)
    }
    #expect(refused([PairEntry(li, s, sound), PairEntry(s, li, sound, place: place)], options) == place)
    #expect(refused([PairEntry(li, s, sound, cutoff: -1, place: place)], options) == place)
    for cutoff: Double in [0, -.infinity, .nan, .infinity] {
      #expect(refused([PairEntry(li, s, sound)], PairOptions(cutoff: cutoff, place: place)) == place)
    }
    let inside = PairOptions(cutoff: 5, truncation: .smooth, innerCutoff: 6, place: place)
    #expect(refused([PairEntry(li, s, sound)], inside) == place)
    let mixed = PairOptions(cutoff: 5, missingPairs: .mixed, place: place)
    let failure = #expect(throws: Failure.self) { try Morse.makePotential(pairs: [], options: mixed) }
    #expect(failure?.place == place)
  }
}
