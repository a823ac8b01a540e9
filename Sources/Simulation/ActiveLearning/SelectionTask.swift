import ActiveLearning
import Atomistics
import Communication
import Diagnostics
import Formats
import PotentialKit

/// Picks frames that extend an active set, and writes them: `swmd select`.
public struct SelectionTask {
  public var potential: any ActiveSetPotential
  public var candidates: FrameSource
  public var threshold: Double
  public var largestCount: Int
  /// Whether as many frames are picked, whatever their grades.
  public var isFilled: Bool
  public var output: String?
  /// Where the potential goes with the active set that the picks have extended.
  public var activeSetOutput: String?
  /// The order of numeric types in the output.
  public var species: [Element]?

  public init(
    potential: any ActiveSetPotential, candidates: FrameSource, threshold: Double, largestCount: Int,
    isFilled: Bool = false, output: String?, activeSetOutput: String? = nil, species: [Element]?
  ) {
    (self.potential, self.candidates, self.threshold) = (potential, candidates, threshold)
    (self.largestCount, self.isFilled, self.species) = (largestCount, isFilled, species)
    (self.output, self.activeSetOutput) = (output, activeSetOutput)
  }

  /// Collective; root writes the files. The selection as a table or JSON.
  public func run(json: Bool, progress: (String) -> Void) throws -> String {
    let selection = try CandidateSelection(
      for: potential, from: candidates, threshold: threshold, largestCount: largestCount, isFilled: isFilled,
      progress: progress)
    try Communicator.world.onRoot {
      // What can be wrong with the potential's own file shows before anything is written.
      let content = try activeSetOutput.map { _ in try selection.file(for: potential, from: candidates) }
      try write(selection)
      if let activeSetOutput, let content { try AtomicFile.replace(activeSetOutput) { try $0.write(content) } }
    }
    return try json ? self.json(selection) : table(selection)
  }

  /// The picked frames in their order, each with its grade as MLIP's feature `MV_grade` and the atoms that matter.
  private func write(_ selection: CandidateSelection) throws {
    guard let output, !selection.picks.isEmpty else { return }
    let frames = try candidates.frames(Set(selection.picks.map(\.number)))
    let byNumber = Dictionary(uniqueKeysWithValues: frames.map { ($0.number, $0.configuration) })
    let writer = try FrameWriter(path: output, options: WriteOptions(species: species ?? potential.summary.elements))
    for pick in selection.picks {
      guard var frame = byNumber[pick.number] else { continue }
      frame.properties.append((key: "MV_grade", value: .real(pick.grade)))
      if pick.atoms.first != -1 {
        let ids = pick.atoms.map { Int(frame.ids?[$0] ?? Int64($0) + 1) }
        frame.properties.append((key: "selected_atoms", value: .integers(ids, shape: [ids.count])))
      }
      try writer.append(frame)
    }
    try writer.finish()
  }

  private func table(_ selection: CandidateSelection) -> String {
    let widths = [6, 8, 12] + (isFilled ? [9] : []) + [10, 7]
    let names = ["pick", "frame", "grade"] + (isFilled ? ["length"] : []) + ["gain", "atoms"]
    var lines = [tableRow(names, widths: widths) + "  file"]
    for (order, pick) in selection.picks.enumerated() {
      let count = pick.atoms.first == -1 ? "all" : "\(pick.atoms.count)"
      let length = isFilled ? [pick.length.map { decimal($0, 3) } ?? "-"] : []
      let texts = ["\(order + 1)", "\(pick.index)", gradeText(pick.grade)] + length + [decimal(pick.gain, 3), count]
      lines.append(tableRow(texts, widths: widths) + "  \(pick.path)")
    }
    lines.append(
      "picked \(selection.picks.count) of \(selection.frameCount) frames; largest grade "
        + "\(gradeText(selection.before.maximum)) before, \(gradeText(selection.after.maximum)) after")
    if let activeSetOutput { lines.append("the extended active set is in \(activeSetOutput)") }
    if let output, !selection.picks.isEmpty { lines.append("written to \(output)") }
    return lines.joined(separator: "\n")
  }

  private struct Report: Encodable {
    struct Pick: Encodable {
      var file: String
      var frame: Int
      var grade: Double
      var length: Double?
      var gain: Double
      var atoms: [Int]?
    }
    var threshold: Double
    var frames: Int
    var picks: [Pick]
    var before: [String: Double]
    var after: [String: Double]
  }

  private func json(_ selection: CandidateSelection) throws -> String {
    let picks = selection.picks.map { pick in
      Report.Pick(
        file: pick.path, frame: pick.index, grade: pick.grade, length: pick.length, gain: pick.gain,
        atoms: pick.atoms.first == -1 ? nil : pick.atoms.map { $0 + 1 })
    }
    return try jsonText(
      Report(
        threshold: threshold, frames: selection.frameCount, picks: picks, before: selection.before.json,
        after: selection.after.json))
  }
}
