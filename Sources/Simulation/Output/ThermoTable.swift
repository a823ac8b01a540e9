import Foundation

/// The log's lines and the CSV rows of a run, as pure functions of a sample.
public enum ThermoTable {
  private static let columns: [(title: String, unit: String, width: Int)] = [
    ("step", "", 11), ("time", "ps", 12), ("temp", "K", 10), ("potential", "eV", 16), ("kinetic", "eV", 14),
    ("total", "eV", 16), ("pressure", "bar", 12), ("volume", "Å^3", 14), ("drift", "eV/atom", 10), ("max force", "eV/Å", 11),
    ("rate", "steps/s", 9), ("per rank", "atom-steps/s", 14), ("left", "", 13),
  ]

  /// Two lines above a table: titles and units.
  public static var header: [String] {
    [line(columns.map(\.title)), line(columns.map(\.unit))]
  }

  /// One line of the table, columns right-aligned below the header.
  public static func line(_ sample: ThermoSample, rate: RunRate?) -> String {
    let t = sample.thermodynamics
    return line([
      "\(sample.step)", fixed(sample.time / 1000, 4), fixed(t.temperature, 2), fixed(t.potential, 5),
      fixed(t.kinetic, 5), fixed(t.total, 5), t.pressure.map { fixed($0, 1) } ?? "-",
      t.volume.map { fixed($0, 2) } ?? "-", String(format: "%.2e", sample.drift),
      fixed(sample.largestForce, 4),
      rate.map { significant($0.stepsPerSecond) } ?? "-", rate.map { significant($0.atomStepsPerSecondPerRank) } ?? "-",
      rate?.timeLeft.map(HumanDuration.text) ?? "-",
    ])
  }

  /// A value that is wider than its column pushes the others to the right, but never touches its neighbor.
  private static func line(_ cells: [String]) -> String {
    zip(cells, columns).map { cell, column in
      String(repeating: " ", count: max(1, column.width - cell.count)) + cell
    }.joined()
  }

  public static let csvHeader =
    "stage,step,time (fs),temperature (K),potential energy (eV),kinetic energy (eV),total energy (eV),"
    + "conserved energy (eV),pressure (bar),volume (Å^3),density (g/cm^3),drift (eV/atom),largest force (eV/Å),"
    + ["xx", "yy", "zz", "yz", "xz", "xy"].map { "stress \($0) (bar)," }.joined()
    + "a (Å),b (Å),c (Å),alpha (°),beta (°),gamma (°)"

  /// One row of the CSV: the shortest digits that read back as the same numbers; empty where there is no value.
  public static func csvRow(_ sample: ThermoSample) -> String {
    let t = sample.thermodynamics
    let numbers: [Double?] = [
      sample.time, t.temperature, t.potential, t.kinetic, t.total, sample.conservedEnergy, t.pressure, t.volume, t.density,
      sample.drift, sample.largestForce,
    ]
    let stress = [(0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1)].map { row, column in t.stress?[row, column] }
    let columns = numbers + stress + sample.cell.parameters
    return ([field(sample.stage), "\(sample.step)"] + columns.map { $0.map { "\($0)" } ?? "" }).joined(separator: ",")
  }

  /// Text as RFC 4180 wants it: quoted where it must be.
  private static func field(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  private static func fixed(_ value: Double, _ digits: Int) -> String {
    abs(value) < 1e12 ? String(format: "%.\(digits)f", value) : String(format: "%.6e", value)
  }

  /// Three digits: "0.0123", "45.6", "789", "1.23e+06".
  private static func significant(_ value: Double) -> String { String(format: "%.3g", value) }
}
