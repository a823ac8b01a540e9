import Atomistics
import Diagnostics
import Formats
import PotentialKit

/// Where a command finds its crystal and its potentials.
public enum ModelSource: Sendable {
  /// A potential file and a structure file (its last frame); `species`: the elements of numeric types in both.
  case files(potential: String, structure: String, species: [Element]?)
  /// The tables `[system]` and `[[potential]]` of an input file; velocities and stages do not matter.
  case input(path: String)

  /// What is recorded with the results.
  public var description: [String: String] {
    switch self {
    case .files(let potential, let structure, _): ["potential": potential, "structure": structure]
    case .input(let path): ["input": path]
    }
  }

  func loadInput() throws -> SimulationInput? {
    guard case .input(let path) = self else { return nil }
    return try SimulationInput.load(path: path)
  }

  func structurePath(_ input: SimulationInput?) -> String {
    switch self {
    case .files(_, let structure, _): structure
    case .input(let path): input.map { $0.resolve($0.system.structure.value) } ?? path
    }
  }

  /// Root only. Throws `Failure.input`.
  func readFrame(_ input: SimulationInput?) throws -> Configuration {
    if let input { return try input.preparedFrame() }
    guard case .files(_, let structure, let species) = self else { preconditionFailure("an input was loaded") }
    let frame = try readStructure(at: structure, options: ReadOptions(species: species))
    guard frame.count > 0 else { throw Failure.input("the structure has no atoms", at: Place(file: structure)) }
    try frame.cell.validate(at: Place(file: structure))
    return frame
  }

  /// Bound to `kinds`. Throws `Failure.input`.
  func makePotentials(_ input: SimulationInput?, kinds: [AtomKind]) throws -> [any Potential] {
    if let input { return try assemblePotentials(input, kinds: kinds) }
    guard case .files(let file, _, let species) = self else { preconditionFailure("an input was loaded") }
    let potential = try makePotential(file: file, species: species)
    try potential.bind(elements: kinds.map(\.element))
    return [potential]
  }
}
