import Atomistics
import Figures
import Formats
import Foundation
import Mechanics

/// The results of `swmd eos` in the forms that people and programs read. Energies and volumes are those of an atom.
public struct EquationOfStateReport {
  public let source: ModelSource
  public let calculation: EquationOfStateCalculation
  public let composition: String
  public let atomCount: Int
  public let points: [EquationOfStateCalculation.Point]
  public let fit: EquationOfStateFit
  /// Of the structure as it was given, Å³.
  public let referenceVolume: Double

  public static let fileNames = ["eos.csv", "eos.json", "eos.svg"]
  private static let gigapascal = Units.gigapascalPerEVPerCubicAngstrom

  /// Computes the points and fits them. Collective.
  /// - Parameter progress: called on every rank before each point with the number of those done.
  /// - Throws: `Failure`, on every rank the same.
  public init(
    _ source: ModelSource, _ calculation: EquationOfStateCalculation, form: EquationOfState, forceTolerance: Double,
    progress: (Int) -> Void
  ) throws {
    let model = try EngineModel(source)
    model.forceTolerance = forceTolerance
    (self.source, self.calculation, composition) = (source, calculation, model.composition)
    (atomCount, referenceVolume) = (model.reference.count, model.reference.cell.volume)
    points = try calculation.run(model.reference, model, progress: progress)
    fit = try EquationOfStateFit(form, volumes: points.map(\.volume), energies: points.map(\.energy))
  }

  private var count: Double { Double(atomCount) }

  /// The edges that the fitted volume gives, in units of those of the structure.
  private var scale: Double { cbrt(fit.parameters.volume / referenceVolume) }

  /// A table and the fit.
  public var text: String {
    let ions = calculation.relaxesAtoms ? "relaxed" : "at fixed fractional coordinates"
    var lines = ["\(composition): \(atomCount) atoms, \(ions)"]
    lines.append("     V/V0      Å³/atom        eV/atom   fit − energy        pressure")
    lines.append("                                          meV/atom             GPa")
    for point in points {
      let miss = 1000 * (fit.energy(at: point.volume) - point.energy) / count
      lines.append(
        String(
          format: "%9.4f %12.5f %14.6f %14.5f %15.4f", point.volume / fit.parameters.volume, point.volume / count,
          point.energy / count, miss, point.pressure * Self.gigapascal))
    }
    let (p, e) = (fit.parameters, fit.errors)
    lines += ["", "\(fit.form.rawValue) fit, ± standard errors:"]
    lines.append(String(format: "  E0   %14.6f ± %.2g eV/atom", p.energy / count, e.energy / count))
    lines.append(String(format: "  V0   %14.5f ± %.2g Å³/atom", p.volume / count, e.volume / count))
    lines.append(String(format: "       %14.6f times the edges of the structure", scale))
    let (bulk, bulkError) = (p.bulkModulus * Self.gigapascal, e.bulkModulus * Self.gigapascal)
    lines.append(String(format: "  B0   %14.4f ± %.2g GPa", bulk, bulkError))
    lines.append(String(format: "  B0'  %14.4f ± %.2g", p.pressureDerivative, e.pressureDerivative))
    lines.append(String(format: "  residual %10.5f meV/atom (root mean square)", 1000 * fit.residual / count))
    return lines.joined(separator: "\n")
  }

  /// One row a volume; numbers read back to the same bits.
  public var csv: String {
    let header = "volume (Å^3/atom),energy (eV/atom),pressure (GPa),fitted energy (eV/atom),fitted pressure (GPa)\n"
    return header
      + points.map { point in
        [
          point.volume / count, point.energy / count, point.pressure * Self.gigapascal, fit.energy(at: point.volume) / count,
          fit.pressure(at: point.volume) * Self.gigapascal,
        ].map { "\($0)" }.joined(separator: ",") + "\n"
      }.joined()
  }

  public var json: String {
    get throws {
      let (p, e) = (fit.parameters, fit.errors)
      func quantity(_ value: Double, _ error: Double, _ unit: String) -> ReportedValue {
        ReportedValue(value: value, error: error, unit: unit)
      }
      return try jsonText(
        Document(
          source: source.description, composition: composition, atoms: atomCount, form: fit.form.rawValue,
          relaxedIons: calculation.relaxesAtoms, volumeRange: [calculation.range.lowerBound, calculation.range.upperBound],
          energy: quantity(p.energy / count, e.energy / count, "eV/atom"),
          volume: quantity(p.volume / count, e.volume / count, "Å^3/atom"),
          bulkModulus: quantity(p.bulkModulus * Self.gigapascal, e.bulkModulus * Self.gigapascal, "GPa"),
          pressureDerivative: quantity(p.pressureDerivative, e.pressureDerivative, "1"), edgeScale: scale,
          residual: ReportedValue(value: fit.residual / count, unit: "eV/atom"),
          units: ["volume": "Å^3/atom", "energy": "eV/atom", "pressure": "GPa"],
          points: points.map {
            ["volume": $0.volume / count, "energy": $0.energy / count, "pressure": $0.pressure * Self.gigapascal]
          }))
    }
  }

  /// Energies and the fitted curve.
  public var svg: String {
    let volumes = points.map { $0.volume / count }, low = volumes.min() ?? 0, high = volumes.max() ?? 1
    var chart = Chart(
      title: "\(composition): equation of state", x: Axis("volume (Å³/atom)"), y: Axis("energy (eV/atom)"),
      series: [
        Series(
          fit.form == .vinet ? "Vinet" : "Birch–Murnaghan", curve: { fit.energy(at: $0 * count) / count },
          over: low...high),
        Series("computed", points: points.map { SIMD2($0.volume / count, $0.energy / count) }, style: .points, color: 1),
      ])
    let bulk = String(format: "%.2f", fit.parameters.bulkModulus * Self.gigapascal)
    let volume = String(format: "%.3f", fit.parameters.volume / count)
    chart.marks = [Chart.Mark(fit.parameters.volume / count, "V₀ = \(volume) Å³, B₀ = \(bulk) GPa")]
    return chart.svg()
  }

  /// Writes the table, the numbers and the picture. Root only.
  public func write(to files: ResultFiles) throws {
    try files.write(csv, to: "eos.csv")
    try files.write(json, to: "eos.json")
    try files.write(svg, to: "eos.svg")
  }

  private struct Document: Encodable {
    let source: [String: String]
    let composition: String
    let atoms: Int
    let form: String
    let relaxedIons: Bool
    let volumeRange: [Double]
    let energy, volume, bulkModulus, pressureDerivative: ReportedValue
    let edgeScale: Double
    let residual: ReportedValue
    let units: [String: String]
    let points: [[String: Double]]
  }
}

/// A number of a report with its unit and, where it has one, its standard error.
struct ReportedValue: Encodable {
  let value: Double
  var error: Double?
  let unit: String
}
