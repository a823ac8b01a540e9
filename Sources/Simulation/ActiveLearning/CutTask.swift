import ActiveLearning
import Atomistics
import Communication
import Diagnostics
import Formats
import Numerics
import PotentialKit

/// Cuts environments out of a structure and grades them again: `swmd cut`.
public struct CutTask {
  /// Which atoms' environments.
  public enum Centers: Sendable {
    case atom(id: Int64)
    /// The worst first; what lies within the cutoff of one that was taken is in its environment.
    case grades(above: Double)
  }

  public var structure: Configuration?
  public var path: String
  /// nil: nothing is graded.
  public var potential: (any Potential)?
  public var centers: Centers
  public var shape: CutShape
  /// Å; nil: nine tenths of the closest distance in each environment.
  public var closest: Double?
  public var output: String

  /// - Parameter structure: on root.
  public init(
    structure: Configuration?, path: String, potential: (any Potential)?, centers: Centers, shape: CutShape,
    closest: Double?, output: String
  ) {
    (self.structure, self.path, self.potential, self.centers) = (structure, path, potential, centers)
    (self.shape, self.closest, self.output) = (shape, closest, output)
  }

  private struct Cut {
    var center: Int
    var environment: EnvironmentCut
    var before: Double?
    var after: Double?
    /// Of any atom in it.
    var largest: Double?
  }

  private static let widths = [10, 6, 7, 24, 10, 10, 12, 12, 12]
  private static let header = tableRow(
    ["atom", "", "atoms", "cell/Å", "closest/Å", "was", "grade was", "is", "largest"], widths: widths)

  /// Collective; root writes the file: with grades, without energies and forces, which are what the cuts are to be labeled
  /// with. A table of the cuts.
  public func run() throws -> String {
    let world = Communicator.world
    let grades = try gradesOfStructure()
    var cuts = try world.onRoot { try makeCuts(grades) } ?? []
    for index in 0..<world.broadcast([cuts.count])[0] {
      guard let potential else { break }
      let frame = try Evaluation(potential: potential).evaluate(
        world.isRoot ? cuts[index].environment.configuration : nil, file: "the cut environment")
      guard let frame else { continue }
      cuts[index].after = frame.configurationGrade ?? frame.grades?[0]
      cuts[index].largest = frame.allGrades.max()
      cuts[index].environment.configuration.columns = frame.annotated.columns
      cuts[index].environment.configuration.properties = frame.annotated.properties
    }
    try world.onRoot { try write(cuts) }
    return ([Self.header] + cuts.map(row)).joined(separator: "\n") + "\nwritten to \(output)"
  }

  /// The grades that the cuts go by, on root: of the potential, or what the file says.
  private func gradesOfStructure() throws -> [Double]? {
    guard let potential else {
      return structure?.columns.first { $0.name == "grades" || $0.name == "nbh_grades" }.flatMap {
        if case .real(let values) = $0.values { values } else { nil }
      }
    }
    let frame = try Evaluation(potential: potential).evaluate(structure, file: path)
    return frame?.grades ?? frame?.configurationGrade.map { [Double](repeating: $0, count: frame?.configuration.count ?? 0) }
  }

  private func makeCuts(_ grades: [Double]?) throws -> [Cut] {
    guard let structure else { return [] }
    return try chosenCenters(in: structure, grades).map { center in
      var environment = try EnvironmentCut(
        around: center, of: structure, as: shape, cutoff: potential?.cutoff ?? 0, closest: closest)
      let id = Int(structure.ids?[center] ?? Int64(center) + 1)
      environment.configuration.properties = [(key: "center", value: .integer(id))]
      if let before = grades?[center] {
        environment.configuration.properties.append((key: "extrapolation_grade", value: .real(before)))
      }
      return Cut(center: center, environment: environment, before: grades?[center])
    }
  }

  private func chosenCenters(in structure: Configuration, _ grades: [Double]?) throws -> [Int] {
    switch centers {
    case .atom(let id):
      let index = structure.ids.map { $0.firstIndex(of: id) } ?? Int(exactly: id - 1)
      guard let index, structure.positions.indices.contains(index) else {
        throw Failure.input(
          "'\(path)' has no atom with the id \(id)", remedy: "give the id of one of its \(structure.count) atoms")
      }
      return [index]
    case .grades(let limit):
      guard let grades else {
        throw Failure.input(
          "'\(path)' has no grades to choose atoms by", remedy: "give --potential, or a file with a column grades")
      }
      let extrapolating = structure.positions.indices.filter { grades[$0] > limit }
      return separated(extrapolating.sorted { grades[$0] > grades[$1] }, structure)
    }
  }

  /// Without atoms within the cutoff of an earlier one.
  private func separated(_ candidates: [Int], _ structure: Configuration) -> [Int] {
    let lattice = structure.cell.completed, inverse = lattice.inverse, reach = potential?.cutoff ?? 5
    var chosen: [Int] = []
    for candidate in candidates {
      let isCovered = chosen.contains { other in
        var apart = (structure.positions[candidate] - structure.positions[other]) * inverse
        for axis in 0..<3 where structure.cell.periodic[axis] { apart[axis] -= apart[axis].rounded() }
        return (apart * lattice).length < reach
      }
      if !isCovered { chosen.append(candidate) }
    }
    return chosen
  }

  private func write(_ cuts: [Cut]) throws {
    guard !cuts.isEmpty else {
      throw Failure.input("no atom of '\(path)' has a grade that large", remedy: "lower --grade-above")
    }
    let writer = try FrameWriter(path: output)
    for cut in cuts { try writer.append(cut.environment.configuration) }
    try writer.finish()
  }

  private func row(_ cut: Cut) -> String {
    let configuration = cut.environment.configuration, cell = configuration.cell
    let edges = (0..<3).map { decimal(cell.vectors[$0].length, 2) }.joined(separator: " × ")
    let distances = [cut.environment.closestDistance, cut.environment.originalClosestDistance]
    let id = structure.map { $0.ids?[cut.center] ?? Int64(cut.center) + 1 } ?? 0
    return tableRow(
      ["\(id)", "\(configuration.elements[0])", "\(configuration.count)", cell.periodic == .none ? "vacuum" : edges]
        + distances.map { $0.map { decimal($0, 3) } ?? "-" }
        + [cut.before, cut.after, cut.largest].map { $0.map(gradeText) ?? "-" }, widths: Self.widths)
  }
}
