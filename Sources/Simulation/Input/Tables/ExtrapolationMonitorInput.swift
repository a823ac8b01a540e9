import Atomistics
import Diagnostics

/// `[monitor.extrapolation]`, or one of several: grades of the atoms, or of the configuration, as a time series and as what
/// selects configurations and stops the run.
public struct ExtrapolationMonitorInput: Sendable {
  public enum Format: String, CaseIterable, Sendable {
    case mlip = "cfg"
    case extendedXYZ = "extxyz"
  }

  /// Unique; nil: of one monitor at most.
  public var name: Located<String>?
  /// Steps.
  public var every = 1
  public var select = 2.0
  public var breaking = 10.0
  /// nil: by the name.
  public var output: Located<String>?
  /// Steps.
  public var pause = 50
  public var rise = 1.5
  /// nil: all atoms.
  public var group: Located<String>?
  /// nil: all elements.
  public var species: Located<[Element]>?
  /// Where the table stands.
  public var place = Place(file: "")

  /// Of the configurations to label, within the output directory.
  public var selectionFile: String { output?.value ?? "selected\(suffix).cfg" }
  /// The time series, within the output directory.
  public var historyFile: String { "extrapolation\(suffix).csv" }
  private var suffix: String { name.map { "-" + $0.value } ?? "" }

  /// "the monitor of extrapolation", with its name.
  public var title: String { "the monitor of extrapolation" + (name.map { " " + quoted($0.value) } ?? "") }

  /// By the file's extension; a decoded table has a known one.
  public var format: Format { Self.format(of: selectionFile) ?? .mlip }

  static func format(of file: String) -> Format? {
    file.split(separator: ".", omittingEmptySubsequences: false).last.flatMap { Format(rawValue: String($0)) }
  }
}

extension ExtrapolationMonitorInput: InputTable {
  static let schema = Schema<ExtrapolationMonitorInput>(
    sentence: "Extrapolation grades: extrapolation.csv, configurations to label, and when to stop.",
    fields: [
      Field(
        optional: "name", \.name, .located(.string),
        "Where there are several: its files are extrapolation-NAME.csv and selected-NAME.cfg."),
      Field("every", \.every, .integer.atLeast(1), "Steps between looks."),
      Field("select", \.select, .real.above(0), "A configuration with a grade above it is written to 'output'."),
      Field("break", \.breaking, .real.above(0), "The run stops where a grade is above it."),
      Field(
        optional: "output", \.output, .located(.path),
        "Where configurations to label go; .cfg (MLIP) or .extxyz chooses the format; left out, selected.cfg."),
      Field("pause", \.pause, .integer.atLeast(1), "Steps after a configuration before the next one is written."),
      Field(
        "rise", \.rise, .real.above(1),
        "By how much the largest grade must have risen since the last one for another to be written in the pause."),
      Field(optional: "group", \.group, .located(.string), "Which atoms are judged; left out, all."),
      Field(
        optional: "species", \.species, .located(.array(of: .element)), "Atoms of which elements are judged; left out, all."),
    ],
    finish: { monitor, node in
      monitor.place = node.place
      guard monitor.select < monitor.breaking else {
        throw Failure.input(
          "'\(node.name)': select (\(monitor.select)) must be below break (\(monitor.breaking))",
          at: (node["select"] ?? node["break"])?.place ?? node.place,
          remedy: "what stops a run must be more than what selects a configuration")
      }
      if let name = monitor.name { try requireFileName(name) }
      guard let output = monitor.output else { return }
      guard format(of: output.value) != nil else {
        throw Failure.input(
          "'\(node.name).output': the ending of '\(output.value)' is no format for configurations to label",
          at: output.place, remedy: "end it in .cfg or .extxyz")
      }
      if output.value.contains("/") {
        throw Failure.input(
          "'\(node.name).output' is a name in the output directory, but '\(output.value)' is a path", at: output.place,
          remedy: "set 'output.directory' instead")
      }
    })
}
