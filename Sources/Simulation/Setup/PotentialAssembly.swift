import Atomistics
import Diagnostics
import PotentialKit

/// All potentials of the input, bound to the run's kinds.
/// - Throws: `Failure.input` naming the element, the potential and the structure where one does not know an element.
func assemblePotentials(_ inputs: [PotentialInput], kinds: [AtomKind], structure: String) throws -> [any Potential] {
  try inputs.map { input in
    let potential = try makePotential(input)
    do {
      try potential.bind(elements: kinds.map(\.element))
    } catch var failure as Failure {
      failure.message += " (an element of \(structure))"
      failure.place = failure.place ?? input.place
      throw failure
    }
    return potential
  }
}
