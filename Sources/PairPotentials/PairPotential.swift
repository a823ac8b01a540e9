import Atomistics
import Diagnostics
import PotentialKit

/// A sum over pairs of one family: it knows which parameters belong to which elements; `PairKernel` does the
/// arithmetic.
///
/// The family is a generic parameter of `make` only, and the class holds the pass as one closure, so that the compiler
/// specializes the whole pass for each family and truncation and nothing is looked up inside it.
final class PairPotential: Potential {
  typealias Pass = (AtomStore, NeighborList, ForceOutput) -> Void

  let summary: PotentialSummary
  let cutoff: Double
  /// The lists are full: each rank computes the whole force on its own atoms.
  let addsForcesToGhosts = false
  let hasActiveSet = false
  let givesVirials = true
  private let makePass: ([Element]) throws -> Pass
  private var pass: Pass = { _, _, _ in }

  private init(summary: PotentialSummary, cutoff: Double, makePass: @escaping ([Element]) throws -> Pass) {
    self.summary = summary
    self.cutoff = cutoff
    self.makePass = makePass
  }

  func bind(elements: [Element]) throws { pass = try makePass(elements) }

  func evaluate(
    _ atoms: AtomStore, _ neighbors: NeighborList, halo: any HaloExchange, into output: ForceOutput
  ) throws {
    pass(atoms, neighbors, output)
  }

  /// - Parameters:
  ///   - mix: parameters of two unlike elements from those of each with itself, for `MissingPairs.mixed`.
  ///   - everyOther: parameters of all pairs that are not in `pairs`.
  ///   - function: the pair's energy function.
  /// - Throws: `Failure.input` for radii that make no sense, a pair given twice, or mixing where there is none.
  static func make<P, F: PairFunction>(
    family: String, pairs: [PairEntry<P>], options: PairOptions, mix: ((P, P) -> P)? = nil, everyOther: P? = nil,
    function: @escaping (P, Element, Element) -> F
  ) throws -> PairPotential {
    let book = try PairBook(family: family, pairs: pairs, options: options, mix: mix, everyOther: everyOther)
    let summary = PotentialSummary(
      family: family, file: nil, elements: book.elements,
      details: ["truncation: \(options.truncation.rawValue), largest cutoff \(book.largestCutoff) Å"])
    return PairPotential(summary: summary, cutoff: book.largestCutoff) { elements in
      let chosen = try book.choose(for: elements)
      /// The pass for the families' functions, ended at the cutoff by `truncated`.
      func pass<T: PairFunction>(_ truncated: (F, PairBook<P>.Choice) -> T) -> Pass {
        let terms = chosen.map {
          $0.map { PairTerm(truncated(function($0.parameters, $0.first, $0.second), $0), $0, options.truncation) }
        }
        return PairKernel(terms, kindCount: elements.count).pass
      }
      switch options.truncation {
      case .cut, .shift: return pass { base, _ in base }
      case .shiftedForce: return pass { ForceShifted($0, cutoff: $1.cutoff) }
      case .smooth: return pass { Smoothed($0, inner: $1.innerCutoff, outer: $1.cutoff) }
      }
    }
  }
}
