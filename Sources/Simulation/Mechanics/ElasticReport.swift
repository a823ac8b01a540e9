import Atomistics
import Figures
import Foundation
import Mechanics
import Numerics

/// The results of `swmd elastic` in the forms that people and programs read. Stresses and constants in GPa.
public struct ElasticReport {
  public let task: ElasticTask
  public let composition: String
  /// The crystal that was strained.
  public let reference: Configuration
  public let result: ElasticCalculation.Result

  private static let gigapascal = Units.gigapascalPerEVPerCubicAngstrom

  /// Lengths (Å) of the edges and angles (degrees) between them.
  private var cellParameters: (lengths: [Double], angles: [Double]) {
    let rows = (0..<3).map { reference.cell.vectors[$0] }
    let angles = [(1, 2), (0, 2), (0, 1)].map { i, j in
      acos(max(-1, min(1, rows[i].dot(rows[j]) / (rows[i].length * rows[j].length)))) * 180 / .pi
    }
    return (rows.map(\.length), angles)
  }

  /// Of the unstrained crystal, GPa, positive under compression.
  private var pressure: Double { -result.referenceStress.prefix(3).reduce(0, +) / 3 * Self.gigapascal }

  // MARK: The terminal

  public var text: String {
    let (lengths, angles) = cellParameters
    let edges = lengths.map { decimal($0, 6) }.joined(separator: ", ")
    let corners = angles.map { decimal($0, 4) }.joined(separator: ", ")
    var lines = [
      "\(composition): \(reference.count) atoms, \(relaxationText)",
      "edges \(edges) Å; angles \(corners)°; pressure \(decimal(pressure, 5)) GPa",
    ]
    if let relaxed = result.relaxed { lines += ["", "relaxed-ion constants (GPa)"] + Self.table(relaxed) }
    lines += ["", "clamped-ion constants (GPa)"] + Self.table(result.clamped)
    if let form = CrystalForm(result.best) {
      lines += ["", "\(form.name) averages (GPa)"]
      lines += form.averages.map { "  \($0.name)  \(Self.text($0.estimate))" }
    }
    if let moduli = result.best.moduli { lines += [""] + Self.table(moduli) }
    let eigenvalues = result.best.stabilityEigenvalues.map { decimal($0 * Self.gigapascal, 3) }.joined(separator: ", ")
    lines += ["", "\(result.best.isStable ? "stable" : "NOT stable") against every strain: eigenvalues \(eigenvalues) GPa"]
    return lines.joined(separator: "\n")
  }

  private var relaxationText: String {
    switch (task.relaxesCell, task.relaxesAtoms) {
    case (true, true): "cell and ions relaxed"
    case (true, false): "cell relaxed, ions at fixed fractional coordinates"
    case (false, true): "ions relaxed in the given cell"
    case (false, false): "as given"
    }
  }

  private static func table(_ constants: ElasticConstants) -> [String] {
    func line(_ title: String, _ cells: [String]) -> String {
      ([title.padding(toLength: 4, withPad: " ", startingAt: 0)]
        + cells.map { String(repeating: " ", count: max(1, 10 - $0.count)) + $0 }).joined()
    }
    let rows = (0..<6).map { i in
      line(Voigt.names[i], constants.stiffness.row(i).map { trimmedZero(decimal($0 * gigapascal, 3)) })
    }
    let error = constants.errors.elements.max() ?? 0
    let remark = String(
      format: "     largest standard error %.1g, largest |Cij − Cji|/2 %.1g", error * gigapascal,
      constants.asymmetry * gigapascal)
    let largest = constants.stiffness.elements.map { abs($0) }.max() ?? 0
    guard error > 0.01 * largest else { return [line("", Voigt.names)] + rows + [remark] }
    let warning = "     the stresses scatter: atoms change places under these strains, or relax too little; try a smaller --strain"
    return [line("", Voigt.names)] + rows + [remark, warning]
  }

  private static func table(_ moduli: ElasticModuli) -> [String] {
    func row(_ name: String, _ estimates: [Estimate], scale: Double) -> String {
      let cells = estimates.map { estimate in
        let text = decimal(estimate.value * scale, 3)
        return String(repeating: " ", count: max(1, 11 - text.count)) + text
      }
      return name.padding(toLength: 22, withPad: " ", startingAt: 0) + cells.joined()
    }
    return [
      "                            Voigt      Reuss       Hill",
      row("bulk modulus (GPa)", [moduli.bulkVoigt, moduli.bulkReuss, moduli.bulkHill], scale: gigapascal),
      row("shear modulus (GPa)", [moduli.shearVoigt, moduli.shearReuss, moduli.shearHill], scale: gigapascal),
      "Young's modulus (GPa)                       " + row("", [moduli.youngHill], scale: gigapascal).drop { $0 == " " },
      "Poisson's ratio                             " + row("", [moduli.poissonHill], scale: 1).drop { $0 == " " },
      "universal anisotropy                        " + row("", [moduli.universalAnisotropy], scale: 1).drop { $0 == " " },
    ]
  }

  private static func text(_ estimate: Estimate) -> String {
    String(format: "%.4f ± %.1g", estimate.value * gigapascal, estimate.error * gigapascal)
  }

  private static func trimmedZero(_ text: String) -> String { text.allSatisfy { "-0.".contains($0) } ? "0" : text }

  // MARK: Files

  /// One row a strained crystal: the second Piola–Kirchhoff stresses.
  var csv: String {
    let stresses = ["clamped", "relaxed"].flatMap { kind in Voigt.names.map { "\(kind) \($0) (GPa)" } }
    let rows = result.samples.map { sample in
      let relaxed = sample.relaxedStress.map { $0.map { "\($0 * Self.gigapascal)" } } ?? Array(repeating: "", count: 6)
      let clamped = sample.clampedStress.map { "\($0 * Self.gigapascal)" }
      return ([Voigt.names[sample.component], "\(sample.strain)"] + clamped + relaxed).joined(separator: ",")
    }
    return ((["component,Lagrangian strain," + stresses.joined(separator: ",")]) + rows).joined(separator: "\n") + "\n"
  }

  /// The matrix that was asked for, as colors and numbers.
  var matrixPicture: String {
    HeatMap(
      title: "\(composition): elastic constants", label: "GPa",
      values: (0..<6).map { result.best.stiffness.row($0).map { $0 * Self.gigapascal } }, rowLabels: Voigt.names,
      columnLabels: Voigt.names
    ).svg()
  }

  /// Each stress against its own strain, with the slope at rest.
  var stressPicture: String {
    let range = -task.amplitude...task.amplitude
    let series = (0..<6).flatMap { component -> [Series] in
      let points = result.samples.filter { $0.component == component }.map { sample in
        SIMD2(sample.strain, (sample.relaxedStress ?? sample.clampedStress)[component] * Self.gigapascal)
      }
      let slope = result.best.stiffness[component, component], rest = result.referenceStress[component]
      return [
        Series(curve: { (rest + slope * $0) * Self.gigapascal }, over: range, count: 2, color: component),
        Series(Voigt.names[component], points: points, style: .points, color: component),
      ]
    }
    return Chart(
      title: "\(composition): stress against strain", x: Axis("Lagrangian strain (shears twice)"),
      y: Axis("stress (GPa)"), series: series
    ).svg()
  }
}
