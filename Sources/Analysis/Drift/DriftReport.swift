import Figures
import Formats
import Foundation

extension DriftAnalysis: AnalysisReport {
  public static var kind: String { "drift" }

  private var names: [String] { species.map(\.symbol) }

  public var text: String {
    func column(_ text: String, _ width: Int = 24) -> String {
      text + String(repeating: " ", count: max(1, width - text.count))
    }
    var lines = [
      "\(trajectory.frames) frames in a field of (\(field.x), \(field.y), \(field.z)) V/Å, "
        + "errors from \(blockCount) blocks", "",
      column("", 6) + column("v_x (Å/ps)") + column("v_y") + column("v_z") + column("mobility (Å²/(V ps))")
        + column("Σ_j L_ij z_j (1/(eV Å ps))") + (comparison == nil ? "" : "at equilibrium"),
    ]
    for (i, name) in names.enumerated() {
      var line = column(name, 6) + velocities[i].map { column($0.text) }.joined() + column(mobility[i].text)
      line += column(responses[i].text, 26)
      if let comparison, let predicted = comparison.predicted[i], let deviation = comparison.deviations[i] {
        line += predicted.text + String(format: " (%+.1f standard errors)", deviation)
      }
      lines.append(line)
    }
    lines += ["", "current density  (\(currentDensity.map(\.text).joined(separator: ", "))) A/m²"]
    lines.append("conductivity     \(conductivity.text) S/m")
    if let comparison, let predicted = comparison.conductivity, let deviation = comparison.conductivityDeviation {
      lines.append("at equilibrium   \(predicted.text) S/m" + String(format: " (%+.1f standard errors)", deviation))
    }
    return (lines + warnings.map { "warning: \($0)" }).joined(separator: "\n")
  }

  public var json: String { get throws { try jsonText(Results(self)) } }

  private struct Parameters: Encodable {
    let field_V_per_A: [Double]
    let charges: [String: Double]
    let reversed: String?
    let blocks: Int
    let volume_A3: Double
  }

  private struct SpeciesResults: Encodable {
    let velocity_A_per_ps, velocity_stderr: [Double]
    let mobility_A2_per_V_ps, mobility_stderr, L_z_per_eV_A_ps, L_z_stderr: Double
    let equilibrium_L_z, equilibrium_L_z_stderr, deviation: Double?
  }

  private struct Results: Encodable {
    let trajectory: TrajectoryFacts
    let parameters: Parameters
    let units = [
      "velocity": "Å/ps", "mobility": "Å²/(V ps)", "L_z": "1/(eV Å ps)", "current_density": "A/m²", "sigma": "S/m",
    ]
    let warnings: [String]
    let species: [String: SpeciesResults]
    let current_density_A_per_m2, current_density_stderr: [Double]
    let sigma_S_per_m, sigma_stderr, sigma_halfwidth95: Double
    let equilibrium: String?
    let equilibrium_sigma_S_per_m, equilibrium_sigma_stderr, sigma_deviation: Double?

    init(_ drift: DriftAnalysis) {
      trajectory = drift.trajectory
      let names = drift.names, comparison = drift.comparison
      parameters = Parameters(
        field_V_per_A: [drift.field.x, drift.field.y, drift.field.z],
        charges: Dictionary(uniqueKeysWithValues: zip(names, drift.charges)), reversed: drift.reversedFile,
        blocks: drift.blockCount, volume_A3: drift.volume)
      warnings = drift.warnings
      species = Dictionary(
        uniqueKeysWithValues: names.indices.map { i in
          let results = SpeciesResults(
            velocity_A_per_ps: drift.velocities[i].map(\.value), velocity_stderr: drift.velocities[i].map(\.standardError),
            mobility_A2_per_V_ps: drift.mobility[i].value, mobility_stderr: drift.mobility[i].standardError,
            L_z_per_eV_A_ps: drift.responses[i].value, L_z_stderr: drift.responses[i].standardError,
            equilibrium_L_z: comparison?.predicted[i]?.value,
            equilibrium_L_z_stderr: comparison?.predicted[i]?.standardError, deviation: comparison?.deviations[i])
          return (names[i], results)
        })
      current_density_A_per_m2 = drift.currentDensity.map(\.value)
      current_density_stderr = drift.currentDensity.map(\.standardError)
      sigma_S_per_m = drift.conductivity.value
      sigma_stderr = drift.conductivity.standardError
      sigma_halfwidth95 = drift.conductivity.halfWidth95
      equilibrium = comparison?.file
      equilibrium_sigma_S_per_m = comparison?.conductivity?.value
      equilibrium_sigma_stderr = comparison?.conductivity?.standardError
      sigma_deviation = comparison?.conductivityDeviation
    }
  }

  public var tables: [(name: String, csv: String)] {
    let header = "species,v_x_A_per_ps,v_y,v_z,stderr_x,stderr_y,stderr_z,L_z_per_eV_A_ps,L_z_stderr"
    let rows = names.indices.map { i in
      ([names[i]] + (velocities[i].map(\.value) + velocities[i].map(\.standardError)).map { "\($0)" }
        + ["\(responses[i].value)", "\(responses[i].standardError)"]).joined(separator: ",")
    }
    return [("drift", ([header] + rows).joined(separator: "\n") + "\n")]
  }

  public var pictures: [(name: String, svg: String)] {
    let measured = Series(
      "in the field", points: names.indices.map { SIMD2(Double($0 + 1), responses[$0].value) },
      errors: responses.map(\.halfWidth95), style: .points)
    var series = [measured]
    if let predicted = comparison?.predicted, predicted.allSatisfy({ $0 != nil }) {
      series.append(
        Series(
          "at equilibrium", points: names.indices.map { SIMD2(Double($0) + 1.1, predicted[$0]!.value) },
          errors: predicted.map { $0!.halfWidth95 }, style: .points))
    }
    var chart = Chart(
      title: "Response to the field", x: Axis("species", range: 0.5...Double(names.count) + 0.7),
      y: Axis("Σ_j L_ij z_j (1/(eV Å ps))"), series: series)
    chart.marks = names.enumerated().map { .init(Double($0 + 1), $1) }
    return [("drift", chart.svg())]
  }
}
