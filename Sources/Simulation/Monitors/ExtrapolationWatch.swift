import Atomistics
import Diagnostics
import Dynamics
import Formats

/// `[monitor.extrapolation]` at work: the time series of the grades, and the configurations to label.
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

  static let historyFile = "extrapolation.csv"
  private static let header =
    "step,time (fs),maximum,mean,fraction above select,atoms above select,atoms above break,atom of the maximum"

  /// Creates the files, or goes on where a checkpoint says. Collective.
  init(
    _ input: ExtrapolationMonitorInput, watched: WatchedAtoms, species: [Element], directory: String, system: SystemState,
    log: RunLog, lengths: [String: Int], state: [Double]
  ) throws {
    (self.input, self.watched, self.species, self.system, self.log) = (input, watched, species, system, log)
    path = "\(directory)/\(input.output.value)"
    let communicator = system.domain.communicator
    history = try communicator.onRoot {
      try Self.file("\(directory)/\(Self.historyFile)", length: lengths[Self.historyFile], header: Self.header)
    }
    selection = try communicator.onRoot { [path] in
      try Self.file(path, length: lengths[input.output.value], header: nil)
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
    let summary = GradeSummary(of: system, atoms: watched, select: input.select, breaking: input.breaking)
    try system.domain.communicator.onRoot { try appendRow(summary) }
    let breaks = summary.countAboveBreak > 0
    if breaks || isWorthWriting(summary) { try write(summary) }
    guard breaks else { return nil }
    let others = summary.countAboveBreak - 1
    return Breach(
      sentence: "the monitor of extrapolation: grade \(decimal(summary.maximum, 4)) of atom \(summary.atom) is above "
        + "\(input.breaking)" + (others > 0 ? ", as are those of \(others) more" : ""),
      atoms: .grades(above: input.breaking))
  }

  private func appendRow(_ s: GradeSummary) throws {
    try history?.append(
      line: "\(system.step),\(system.time),\(s.maximum),\(s.mean),\(s.fractionAboveSelect),\(s.countAboveSelect),"
        + "\(s.countAboveBreak),\(s.atom)")
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
      frame.properties += [("MV_grade", .real(summary.maximum)), ("atom", .integer(Int(summary.atom)))]
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
    log.write(
      "step \(system.step): grade \(decimal(summary.maximum, 3)) of atom \(summary.atom), \(summary.countAboveSelect) "
        + "above \(input.select); written to \(input.output.value)")
  }

  /// Types are numbered as the potential numbers them; what it does not know (no grades come from there) follows.
  private var fileSpecies: [Element] {
    species + Set(system.kinds.map(\.element)).sorted().filter { !species.contains($0) }
  }

  /// What a checkpoint keeps: which configuration was written last. Root only.
  var state: [Double] { last.map { [Double($0.step), $0.maximum] } ?? [] }

  /// The lengths of the files, bytes. Root only.
  var lengths: [(file: String, length: Int)] {
    [(Self.historyFile, history?.offset ?? 0), (input.output.value, selection?.offset ?? 0)]
  }

  /// Waits until all is on the disk. Root only.
  func synchronize() throws {
    try history?.synchronize()
    try selection?.synchronize()
  }
}
