import Atomistics
import Formats

/// The results of an analysis in the forms that people and programs read.
public protocol AnalysisReport {
  /// What the files are called: "msd".
  static var kind: String { get }
  /// What the terminal shows: a table, and what to know about it.
  var text: String { get }
  /// With units and parameters.
  var json: String { get throws }
  /// Names without the ending, and contents; numbers read back to the same bits.
  var tables: [(name: String, csv: String)] { get }
  /// Names without the ending, and contents.
  var pictures: [(name: String, svg: String)] { get }
}

extension AnalysisReport {
  /// Writes every form into the directory, replacing what an earlier analysis of the kind left there. Root only.
  /// - Returns: the names of the files.
  @discardableResult
  public func write(to files: ResultFiles) throws -> [String] {
    var names: [String] = []
    func write(_ text: String, _ name: String) throws {
      try files.write(text, to: name)
      names.append(name)
    }
    for table in tables { try write(table.csv, table.name + ".csv") }
    try write(json, Self.kind + ".json")
    for picture in pictures { try write(picture.svg, picture.name + ".svg") }
    return names
  }
}

/// Which trajectory a result is from, for its JSON.
public struct TrajectoryFacts: Encodable, Sendable {
  public let file: String
  /// Those that counted, and the first and the last of them in the file.
  public let frames: Int
  public let firstFrame: Int
  public let lastFrame: Int
  /// ps; nil where the file has no even times.
  public let spacing_ps: Double?
  public let ranks: Int
  /// Numbers of atoms.
  public let atoms: [String: Int]

  public init(_ trajectory: Trajectory) {
    file = trajectory.path
    frames = trajectory.frameCount
    firstFrame = trajectory.frames[0]
    lastFrame = trajectory.frames[trajectory.frameCount - 1]
    spacing_ps = trajectory.time.spacing
    ranks = trajectory.communicator.size
    atoms = Dictionary(trajectory.elements.map { ($0.symbol, 1) }, uniquingKeysWith: +)
  }

  /// Of frames that a run handed over as it went.
  /// - Parameters:
  ///   - file: the run's input.
  ///   - times: [frames], ps.
  public init(file: String, times: [Double], elements: [Element], ranks: Int) {
    (self.file, frames, firstFrame, lastFrame) = (file, times.count, 0, times.count - 1)
    spacing_ps = TimeAxis(times, frames: Array(times.indices), path: file).spacing
    self.ranks = ranks
    atoms = Dictionary(elements.map { ($0.symbol, 1) }, uniquingKeysWith: +)
  }
}

/// A table as comma-separated values: a header, then rows; numbers read back to the same bits, missing ones stay empty.
public func csvText(_ columns: [String], _ rows: [[Double?]]) -> String {
  let body = rows.map { $0.map { $0.map { "\($0)" } ?? "" }.joined(separator: ",") }
  return ([columns.joined(separator: ",")] + body).joined(separator: "\n") + "\n"
}
