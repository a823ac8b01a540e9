import ActiveLearning
import Atomistics
import Diagnostics
import Foundation
import PotentialKit

/// A potential whose rows can be had, from its file.
/// - Throws: `Failure.input` for a family that has no active sets, or a file that rows cannot be made of.
public func makeGradingPotential(
  file: String, species: [Element]?, activeSet: String? = nil
) throws -> any ActiveSetPotential {
  let potential = try makePotential(file: file, species: species, activeSet: activeSet)
  guard let grading = potential as? any ActiveSetPotential else {
    throw Failure.input(
      "\(potential.summary.family) potentials have no active sets", at: Place(file: file),
      remedy: "use a potential with extrapolation grades: an MTP or an ACE")
  }
  try grading.requireRows()
  return grading
}

extension Evaluation.Frame {
  /// Of each atom, or one of the frame as a whole.
  public var allGrades: [Double] { configurationGrade.map { [$0] } ?? grades ?? [] }
}

/// Rows of a table for people: columns of fixed widths, text to the right.
func tableRow(_ texts: [String], widths: [Int]) -> String {
  zip(texts, widths).map { String(repeating: " ", count: max(1, $1 - $0.count)) + $0 }.joined()
}

/// A grade for people: large ones, which are common far outside, in powers of ten.
func gradeText(_ grade: Double) -> String { grade < 1e5 ? decimal(grade, 3) : String(format: "%.2e", grade) }
