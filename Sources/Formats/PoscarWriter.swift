import Atomistics
import Diagnostics
import Numerics

/// Writes VASP 5's POSCAR: factor 1, Cartesian coordinates (exact, where direct ones would be rounded), velocities in
/// Å/fs.
enum PoscarWriter {
  /// Throws if the cell lacks a vector. The boundaries are not in the file: VASP takes every direction as periodic.
  static func encode(_ configuration: Configuration, groupsElements: Bool, at place: Place) throws -> [UInt8] {
    let vectors = configuration.cell.vectors
    guard (0..<3).allSatisfy({ vectors[$0] != .zero }) else {
      throw Failure.input(
        "a POSCAR needs three cell vectors, and this structure lacks one", at: place,
        remedy: "give the structure a box, or choose another format")
    }
    let order = groupsElements ? grouped(configuration.elements) : Array(configuration.elements.indices)
    let runs = runs(of: order.map { configuration.elements[$0] })
    var text = TextBuffer()
    text.append(title(of: configuration, runs))
    text.append("\n1.0\n")
    for row in 0..<3 { appendLine(vectors[row], to: &text) }
    text.append(runs.map(\.element.symbol).joined(separator: " ") + "\n")
    text.append(runs.map { String($0.count) }.joined(separator: " ") + "\n")
    let mask = moveMask(of: configuration)
    text.append(mask == nil ? "Cartesian\n" : "Selective dynamics\nCartesian\n")
    for atom in order {
      text.append(configuration.positions[atom])
      if let mask { for axis in 0..<3 { text.append(mask[3 * atom + axis] ? " T" : " F") } }
      text.newline()
    }
    if let velocities = configuration.velocities {
      text.newline()
      for atom in order { appendLine(velocities[atom], to: &text) }
    }
    return text.bytes
  }

  private static func appendLine(_ vector: Vector3, to text: inout TextBuffer) {
    text.append(vector)
    text.newline()
  }

  /// Atoms of one element together, elements by first appearance, otherwise in order.
  private static func grouped(_ elements: [Element]) -> [Int] {
    var places: [Element: [Int]] = [:]
    var order: [Element] = []
    for (atom, element) in elements.enumerated() {
      if places[element] == nil { order.append(element) }
      places[element, default: []].append(atom)
    }
    return order.flatMap { places[$0] ?? [] }
  }

  private static func runs(of elements: [Element]) -> [(element: Element, count: Int)] {
    var runs: [(element: Element, count: Int)] = []
    for element in elements {
      if runs.last?.element == element { runs[runs.count - 1].count += 1 } else { runs.append((element, 1)) }
    }
    return runs
  }

  private static func title(of configuration: Configuration, _ runs: [(element: Element, count: Int)]) -> String {
    if case .string(let comment)? = configuration.properties.first(where: { $0.key == "comment" })?.value {
      return String(comment.map { $0.isNewline ? " " : $0 })
    }
    return runs.count <= 8
      ? runs.map { "\($0.element)\($0.count)" }.joined(separator: " ") : "\(configuration.count) atoms"
  }

  private static func moveMask(of configuration: Configuration) -> [Bool]? {
    guard let column = configuration.columns.first(where: { $0.name == "move_mask" }),
      column.hasRows(configuration.count),
      case .logical(let flags) = column.values
    else { return nil }
    if column.width == 3 { return flags }
    // ASE writes one flag an atom where all three directions agree.
    return column.width == 1 ? flags.flatMap { [$0, $0, $0] } : nil
  }
}
