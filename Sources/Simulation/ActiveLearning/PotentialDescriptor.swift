import ActiveLearning
import Analysis
import Atomistics

/// Averaged descriptors of a potential, as similarities of structures want them.
/// - Throws: `Failure.input` for a potential without descriptors.
public func makePotentialDescriptor(
  file: String, species: [Element]?, trajectory: Trajectory
) throws -> any StructureDescriptor {
  let potential = try makeGradingPotential(file: file, species: species)
  return PotentialDescriptor(
    name: "\(potential.summary.family) descriptors", rows: try MeanRows(potential), path: trajectory.path)
}

private final class PotentialDescriptor: StructureDescriptor {
  let name: String
  private let rows: MeanRows
  private let path: String

  init(name: String, rows: MeanRows, path: String) { (self.name, self.rows, self.path) = (name, rows, path) }

  func vectors(of frame: Configuration, number: Int, in regions: [Region]) throws -> [[Double]?] {
    let groups =
      regions.isEmpty
      ? [[Bool](repeating: true, count: frame.count)]
      : regions.map { region in frame.positions.map { region.contains($0, in: frame.cell) } }
    return try rows.means(of: frame, path: path, number: number, groups: groups)
  }
}
