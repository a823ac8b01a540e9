import Atomistics
import Foundation
import Numerics

extension Evaluation.Frame {
  /// One line of JSON: energy (eV), energies, forces (eV/Å), virial (3×3, eV), stress (3×3, ASE's sign, eV/Å³, for fully periodic
  /// frames), grades (per atom) or grade (of the configuration). Numbers read back to the same bits.
  public var json: String {
    var members = [
      "\"energy\": \(Self.number(configuration.energy ?? 0))",
      "\"energies\": \(Self.array(configuration.energies ?? []))",
      "\"forces\": [" + (configuration.forces ?? []).map(Self.array).joined(separator: ", ") + "]",
      "\"virial\": \(Self.matrix(configuration.virial ?? .zero))",
    ]
    if configuration.cell.isFullyPeriodic, let stress = configuration.stress {
      members.append("\"stress\": \(Self.matrix(stress))")
    }
    if let grades { members.append("\"grades\": \(Self.array(grades))") }
    if let configurationGrade { members.append("\"grade\": \(Self.number(configurationGrade))") }
    return "{" + members.joined(separator: ", ") + "}"
  }

  /// A row of the short table: energy, energy an atom, largest force, pressure, largest grade.
  public func tableRow(index: Int) -> String {
    let count = configuration.count, energy = configuration.energy ?? 0
    let largest = (configuration.forces ?? []).map(\.length).max() ?? 0
    let pressure = configuration.cell.isFullyPeriodic ? configuration.stress.map { -$0.trace / 3 } : nil
    let grade = configurationGrade ?? grades?.max()
    let texts = [
      "\(index)", "\(count)", decimal(energy, 6), decimal(energy / Double(max(count, 1)), 6), decimal(largest, 6),
      pressure.map { decimal($0 * Units.barPerEVPerCubicAngstrom, 1) } ?? "-", grade.map { decimal($0, 4) } ?? "-",
    ]
    return Self.row(texts)
  }

  public static let tableHeader = row(["frame", "atoms", "energy/eV", "eV/atom", "max force", "pressure", "max grade"])
    + "\n" + row(["", "", "", "", "eV/Å", "bar", ""])

  private static func row(_ texts: [String]) -> String {
    zip(texts, [6, 8, 17, 13, 12, 14, 12]).map { String(repeating: " ", count: max(1, $1 - $0.count)) + $0 }.joined()
  }

  /// The frame as a file keeps it: grades as a column.
  public var annotated: Configuration {
    var frame = configuration
    frame.columns.removeAll { $0.name == "grades" }
    if let grades { frame.columns.append(AtomColumn(name: "grades", width: 1, values: .real(grades))) }
    if let configurationGrade { frame.properties.append((key: "grade", value: .real(configurationGrade))) }
    return frame
  }

  private static func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "null" }
  private static func array(_ values: [Double]) -> String { "[" + values.map(number).joined(separator: ", ") + "]" }
  private static func array(_ v: Vector3) -> String { array([v.x, v.y, v.z]) }
  private static func matrix(_ m: Matrix3) -> String {
    "[" + (0..<3).map { array(m[$0]) }.joined(separator: ", ") + "]"
  }
}
