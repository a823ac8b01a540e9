import Atomistics
import Numerics

/// One configuration under test: evaluates variants of it and collects what is wrong.
struct ConformanceBench {
  let configuration: Configuration
  let index: Int
  let options: ConformanceOptions
  let elements: [Element]
  let cutoff: Double
  /// The results that all others are compared with.
  let reference: ReferenceResult
  private(set) var findings: [ConformanceFinding] = []
  private let makePotential: () throws -> any Potential
  private let potential: any Potential
  private let random: CounterRandom
  private var draws: UInt64 = 0

  init(
    _ configuration: Configuration, index: Int, options: ConformanceOptions,
    makePotential: @escaping () throws -> any Potential
  ) throws {
    self.configuration = configuration
    self.index = index
    self.options = options
    self.makePotential = makePotential
    elements = Set(configuration.elements).sorted()
    potential = try makePotential()
    try potential.bind(elements: elements)
    cutoff = potential.cutoff
    random = CounterRandom(.test, seed: options.seed)
    reference = try ReferenceSystem(configuration, cutoff: cutoff).evaluate([potential])
  }

  var hasActiveSet: Bool { potential.hasActiveSet }
  var addsForcesToGhosts: Bool { potential.addsForcesToGhosts }
  var givesVirials: Bool { potential.givesVirials }

  /// Evaluates a variant on one rank with the one instance that has seen all variants before.
  func evaluate(
    _ variant: Configuration, skin: Double = 0, withGrades: Bool = false, withVirials: Bool = false,
    onlyForces: Bool = false, initial: Double = 0
  ) throws -> ReferenceResult {
    try ReferenceSystem(variant, cutoff: cutoff, skin: skin, elements: elements)
      .evaluate(
        [potential], withGrades: withGrades, withVirials: withVirials, onlyForces: onlyForces, initial: initial)
  }

  /// Evaluates with new instances, one a rank.
  func evaluateAnew(
    _ variant: Configuration, elements: [Element]? = nil, owners: [Int]? = nil, rankCount: Int = 1,
    withGrades: Bool = false, withVirials: Bool = false
  ) throws -> ReferenceResult {
    let elements = elements ?? self.elements
    let potentials = try (0..<rankCount).map { _ in
      let potential = try makePotential()
      try potential.bind(elements: elements)
      return potential
    }
    return try ReferenceSystem(variant, cutoff: cutoff, elements: elements, owners: owners, rankCount: rankCount)
      .evaluate(potentials, withGrades: withGrades, withVirials: withVirials)
  }

  /// Three independent standard normal numbers, other ones each time.
  mutating func draw() -> Vector3 {
    draws += 1
    return random.normals(step: 0, id: draws)
  }

  /// 0 ..< bound.
  mutating func drawInteger(below bound: Int) -> Int {
    draws += 1
    return Int(random.words(step: 1, id: draws).x) % bound
  }

  /// Notes a finding if `deviation` is larger than `tolerance`, or not a number.
  mutating func require(
    _ check: ConformanceCheck, _ detail: String, _ deviation: Double, within tolerance: Double
  ) {
    guard !(deviation <= tolerance) else { return }
    findings.append(
      ConformanceFinding(
        check: check, configuration: index, deviation: deviation, tolerance: tolerance, detail: detail))
  }

  /// Compares all of two results that are equal in exact arithmetic. Notes at most one finding: the first.
  mutating func requireEqual(
    _ check: ConformanceCheck, _ what: String, _ result: ReferenceResult, _ expected: ReferenceResult
  ) {
    let before = findings.count
    let forceScale = expected.forces.reduce(1) { max($0, $1.length) }
    let energyScale = expected.energies.reduce(1) { max($0, abs($1)) }
    let virialScale = max(1, expected.virial.elements.map(abs).max() ?? 0)
    func largest(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).map { abs($0 - $1) }.largestOrNaN }
    let forces = zip(result.forces, expected.forces).map { ($0 - $1).length }.largestOrNaN
    require(check, "a force (eV/Å) with \(what)", forces, within: options.rounding * forceScale)
    if findings.count > before { return }
    let energies = largest(result.energies, expected.energies)
    require(check, "an atom's energy (eV) with \(what)", energies, within: options.rounding * energyScale)
    if findings.count > before { return }
    let virial = largest(result.virial.elements, expected.virial.elements)
    require(check, "the virial (eV) with \(what)", virial, within: options.rounding * max(virialScale, energyScale))
    if findings.count == before, let virials = result.virials, let others = expected.virials {
      let shares = largest(virials.flatMap(\.elements), others.flatMap(\.elements))
      require(
        check, "an atom's virial (eV) with \(what)", shares, within: options.rounding * max(virialScale, energyScale))
    }
    guard findings.count == before, let grades = result.grades, let others = expected.grades else { return }
    let scale = others.reduce(1) { max($0, abs($1)) }
    require(check, "a grade with \(what)", largest(grades, others), within: options.rounding * scale)
  }
}

extension [Double] {
  /// The largest element, 0 if there is none, NaN if one is NaN.
  var largestOrNaN: Double { reduce(0) { $0 >= $1 ? $0 : $1 } }
}
