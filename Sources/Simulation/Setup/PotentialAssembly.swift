import AtomicCluster
import Atomistics
import Diagnostics
import MomentTensor
import PairPotentials
import PotentialKit

/// All potentials of the input, bound to the run's kinds.
/// - Throws: `Failure.input` naming the element, the potential and the structure where one does not know an element.
func assemblePotentials(_ input: SimulationInput, kinds: [AtomKind]) throws -> [any Potential] {
  try input.potentials.map { table in
    let potential = try table.make(resolve: input.resolve)
    do {
      try potential.bind(elements: kinds.map(\.element))
    } catch var failure as Failure {
      failure.message += " (structure: \(input.resolve(input.system.structure.value)))"
      failure.place = failure.place ?? table.place
      throw failure
    }
    return potential
  }
}

extension PotentialInput {
  /// The registry of potential families: one line each.
  func make(resolve: (String) -> String) throws -> any Potential {
    switch kind {
    case .file(let table):
      return try makePotential(
        file: resolve(table.file.value), species: table.species?.value,
        activeSet: table.activeSet.map { resolve($0.value) }, isMixed: table.precision == .mixed,
        radial: table.radial?.value)
    case .lennardJones(let table): return try table.make(at: place)
    case .morse(let table): return try table.make(at: place)
    case .buckingham(let table): return try table.make(at: place)
    case .zbl(let table): return try table.make(at: place)
    case .eam(let table): return try EAM(contentsOf: resolve(table.file.value))
    case .plugin(let table):
      return try PluginPotential(library: resolve(table.plugin.value), settings: table.file.map { resolve($0.value) })
    }
  }
}

/// A potential file of any family, told by its content.
/// - Parameter radial: nil, or how an atomic cluster expansion evaluates its radial functions.
public func makePotential(
  file: String, species: [Element]?, activeSet: String? = nil, isMixed: Bool = false, radial: RadialEvaluation? = nil
) throws -> any Potential {
  switch try PotentialFamily(ofFile: file) {
  case .momentTensor:
    guard radial == nil else {
      throw Failure.input(
        "radial is for atomic cluster expansions, this is a moment tensor potential", at: Place(file: file),
        remedy: "leave radial out")
    }
    return try MomentTensorPotential(
      file: file, species: species, activeSet: activeSet, precision: isMixed ? .mixed : .double)
  case .atomicCluster:
    return try AtomicClusterPotential(
      file: file, species: species, activeSet: activeSet, precision: isMixed ? .mixed : .double,
      radial: radial == .exact ? .exact : .table)
  }
}

extension PairPotentialTable {
  fileprivate func entries<P>(_ parameters: (Pair) -> P) -> [PairEntry<P>] {
    pairs.map { pair in
      PairEntry(pair.value.elements[0], pair.value.elements[1], parameters(pair.value), place: pair.place)
    }
  }

  fileprivate func options(at place: Place, missing: MissingPairs = .rejected) -> PairOptions {
    PairOptions(
      cutoff: cutoff, truncation: truncation, innerCutoff: innerCutoff, missingPairs: missing, place: place)
  }
}

extension LennardJonesInput {
  func make(at place: Place) throws -> any Potential {
    guard mixing != .geometric else {
      throw Failure.input("geometric mixing is not available", at: place, remedy: "use mixing = \"arithmetic\"")
    }
    return try LennardJones.makePotential(
      pairs: entries { LennardJones.Parameters(epsilon: $0.epsilon, sigma: $0.sigma) },
      options: options(at: place, missing: mixing == .arithmetic ? .mixed : .rejected))
  }
}

extension MorseInput {
  func make(at place: Place) throws -> any Potential {
    try Morse.makePotential(
      pairs: entries { Morse.Parameters(depth: $0.depth, stiffness: $0.alpha, distance: $0.distance) },
      options: options(at: place))
  }
}

extension BuckinghamInput {
  func make(at place: Place) throws -> any Potential {
    try Buckingham.makePotential(
      pairs: entries {
        Buckingham.Parameters(amplitude: $0.repulsion, range: $0.range, dispersion: $0.dispersion)
      },
      options: options(at: place))
  }
}

extension ZBLInput {
  func make(at place: Place) throws -> any Potential {
    let options = PairOptions(
      cutoff: outer, truncation: .smooth, innerCutoff: inner, missingPairs: elements == nil ? .rejected : .ignored,
      place: place)
    let entries = elements.map { list in
      list.value.indices.flatMap { i in
        list.value[i...].map { PairEntry(list.value[i], $0, ZBL.Parameters(), place: list.place) }
      }
    }
    return try ZBL.makePotential(pairs: entries, options: options)
  }
}
