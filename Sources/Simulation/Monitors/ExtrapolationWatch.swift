import Atomistics
import Diagnostics
import Dynamics
import Formats

/// A `[monitor.extrapolation]` at work: the time series of the grades, and the configurations to label.
///
/// Root writes; the other ranks bring their atoms. A configuration is written where the largest grade passes `select`, and then
/// not before `pause` steps are over, unless that grade has risen by the factor `rise`: neighboring steps say the same.
final class ExtrapolationWatch {
  let input: ExtrapolationMonitorInput
  private let watched: WatchedAtoms
  private let species: [Element]
  private let system: SystemState
  private let log: RunLog
  private let path: String
  /// The step and the largest grade of the configuration that was written last.
  private var last: (step: Int, maximum: Double)?
  /// Root only.
  private let history: AppendFile?
  private let selection: AppendFile?

  private static let header =
    "step,time (fs),maximum,mean,fraction above select,atoms above select,atoms above break,atom of the maximum"
  /// Where the active set is one of configurations.
  private static let configurationHeader = "step,time (fs),grade"

  /// Creates the files, or goes on where a checkpoint says. Collective.
  init(
    _ input: ExtrapolationMonitorInput, watched: WatchedAtoms, species: [Element], directory: String, system: SystemState,
    log: RunLog, lengths: [String: Int], state: [Double]
  ) throws {
    (self.input, self.watched, self.species, self.system, self.log) = (input, watched, species, system, log)
    path = "\(directory)/\(input.selectionFile)"
    let communicator = system.domain.communicator
    let gradesConfigurations = system.forceField.gradesConfigurations
    history = try communicator.onRoot {
      try Self.file(
        "\(directory)/\(input.historyFile)", length: lengths[input.historyFile],
        header: gradesConfigurations ? Self.configurationHeader : Self.header)
    }
    selection = try communicator.onRoot { [path] in
      try Self.file(path, length: lengths[input.selectionFile], header: nil)
    }
    let known = communicator.broadcast(state)
    last = known.count == 2 ? (Int(known[0]), known[1]) : nil
  }

  private static func file(_ path: String, length: Int?, header: String?) throws -> AppendFile {
    if let length { return try AppendFile(continuing: path, at: length) }
    let file = try AppendFile(creating: path, overwriting: true)
    if let header {
      try file.append(line: header)
      try file.flush()
    }
    return file
  }

  func isDue(at step: Int) -> Bool { step % input.every == 0 }

  /// Looks at the grades of the present step, which the force field has. Collective.
  func look() throws -> Breach? {
    let whole = system.forceField.configurationGrade
    let summary =
      whole.map { GradeSummary(ofConfiguration: $0, select: input.select, breaking: input.breaking) }
      ?? GradeSummary(of: system, atoms: watched, select: input.select, breaking: input.breaking)
    try system.domain.communicator.onRoot { try appendRow(summary) }
    let breaks = summary.countAboveBreak > 0
    if breaks || isWorthWriting(summary) { try write(summary) }
    guard breaks else { return nil }
    let others = summary.countAboveBreak - 1
    return Breach(
      sentence: "\(input.title): grade \(decimal(summary.maximum, 4)) of \(owner(of: summary)) is above \(input.breaking)"
        + (others > 0 ? ", as are those of \(others) more" : ""),
      atoms: .listed(whole == nil ? watched.ids(gradedAbove: input.breaking, in: system) : []))
  }

  /// Whose grade it is.
  private func owner(of summary: GradeSummary) -> String {
    system.forceField.hasAtomGrades ? "atom \(summary.atom)" : "the configuration"
  }

  private func appendRow(_ s: GradeSummary) throws {
    let head = "\(system.step),\(system.time),\(s.maximum)"
    try history?.append(
      line: system.forceField.hasAtomGrades
        ? head + ",\(s.mean),\(s.fractionAboveSelect),\(s.countAboveSelect),\(s.countAboveBreak),\(s.atom)" : head)
    try history?.flush()
  }

  private func isWorthWriting(_ summary: GradeSummary) -> Bool {
    guard summary.countAboveSelect > 0 else { return false }
    guard let last else { return true }
    return system.step - last.step >= input.pause || summary.maximum >= input.rise * last.maximum
  }

  /// Appends the configuration with its grades, and without energies and forces: those are what it is to be labelled with.
  private func write(_ summary: GradeSummary) throws {
    last = (system.step, summary.maximum)
    let frame = FrameGatherer(system: system).configuration(.init(grades: true, wrapped: true))
    try system.domain.communicator.onRoot {
      guard var frame, let selection else { return }
      (frame.energy, frame.virial) = (nil, nil)
      let hasAtomGrades = system.forceField.hasAtomGrades
      frame.properties = [("MV_grade", .real(summary.maximum))]
      if hasAtomGrades { frame.properties.append(("atom", .integer(Int(summary.atom)))) }
      switch input.format {
      case .mlip:
        frame.properties += [("step", .integer(system.step)), ("time_fs", .real(system.time))]
        if let column = frame.columns.firstIndex(where: { $0.name == "grades" }) { frame.columns[column].name = "nbh_grades" }
        try selection.append(bytes: MLIPConfigurationWriter.encode(frame, species: fileSpecies, at: Place(file: path)))
      case .extendedXYZ:
        try selection.append(bytes: ExtendedXYZ.encode(frame))
      }
      try selection.flush()
    }
    let among = system.forceField.hasAtomGrades ? ", \(summary.countAboveSelect) above \(input.select)" : ""
    log.write(
      "step \(system.step): grade \(decimal(summary.maximum, 3)) of \(owner(of: summary))\(among); written to "
        + input.selectionFile)
  }

  /// Types are numbered as the potential numbers them; what it does not know (no grades come from there) follows.
  private var fileSpecies: [Element] {
    species + Set(system.kinds.map(\.element)).sorted().filter { !species.contains($0) }
  }

  /// What a checkpoint keeps: which configuration was written last. Root only.
  var state: [Double] { last.map { [Double($0.step), $0.maximum] } ?? [] }

  /// Bytes. Root only.
  var selectionLength: Int { selection?.offset ?? 0 }

  /// The lengths of the files, bytes. Root only.
  var lengths: [(file: String, length: Int)] {
    [(input.historyFile, history?.offset ?? 0), (input.selectionFile, selectionLength)]
  }

  /// Waits until all is on the disk. Root only.
  func synchronize() throws {
    try history?.synchronize()
    try selection?.synchronize()
  }
}
