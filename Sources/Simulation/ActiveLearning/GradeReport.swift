import ActiveLearning
import Foundation

/// Extrapolation grades of a file's frames: `swmd grade`.
public struct GradeReport {
  /// Grades above it are counted.
  public let threshold: Double
  /// Over all frames.
  public private(set) var statistics = GradeStatistics()

  public init(threshold: Double) { self.threshold = threshold }

  private static let widths = [6, 8, 12, 12, 18, 14]
  public static let header = tableRow(["frame", "atoms", "max grade", "mean", "worst atom", "above"], widths: widths)

  /// Takes a frame in; its row of the table.
  public mutating func add(_ frame: Evaluation.Frame, index: Int) -> String {
    let grades = frame.allGrades, worst = frame.worstAtom
    statistics.add(grades)
    let above = frame.grades.map { "\($0.count { $0 > threshold })" } ?? "-"
    return tableRow(
      [
        "\(index)", "\(frame.configuration.count)", gradeText(grades.max() ?? 0),
        gradeText(grades.reduce(0, +) / Double(max(grades.count, 1))),
        worst.map { "\(frame.id(of: $0)) \(frame.configuration.elements[$0])" } ?? "-", above,
      ], widths: Self.widths)
  }
}

extension Evaluation.Frame {
  /// The index of the atom with the largest grade; nil where grades are of whole frames.
  public var worstAtom: Int? { grades.flatMap { grades in grades.indices.max { grades[$0] < grades[$1] } } }

  /// The id that the file gives an atom.
  public func id(of atom: Int) -> Int64 { configuration.ids?[atom] ?? Int64(atom) + 1 }

  /// One line of JSON: the largest grade, the mean, and those of all atoms.
  public var gradeJSON: String {
    let grades = allGrades
    var members = [
      "\"maximum\": \(grades.max() ?? 0)",
      "\"mean\": \(grades.reduce(0, +) / Double(max(grades.count, 1)))",
    ]
    if let worst = worstAtom {
      members.append("\"worst_atom\": \(id(of: worst))")
      members.append("\"grades\": \(grades)")
    }
    return "{" + members.joined(separator: ", ") + "}"
  }
}

extension GradeStatistics {
  /// The histogram and, behind it, the largest and the mean.
  public var table: String {
    var lines: [String] = [], lower = 0.0
    for (bin, count) in histogram.enumerated() {
      let upper = bin < Self.bounds.count ? "\(Self.bounds[bin])" : "..."
      let share = Double(count) / Double(max(self.count, 1))
      let bar = String(repeating: "#", count: Int((40 * share).rounded(.up)))
      lines.append(tableRow(["\(lower)", "to", upper, "\(count)"], widths: [8, 3, 7, 10]) + "  " + bar)
      if bin < Self.bounds.count { lower = Self.bounds[bin] }
    }
    lines.append("largest \(gradeText(maximum)), mean \(gradeText(mean)), of \(self.count)")
    return lines.joined(separator: "\n")
  }

  /// As members of a JSON object.
  var json: [String: Double] { ["maximum": maximum, "mean": mean, "count": Double(count)] }
}
