import Figures
import Formats
import Foundation

extension FluxReport {
  public var text: String {
    var parts = [
      "flux along \(axisName) in the frame '\(reference.name)': area \(String(format: "%.4f", area)) Å², "
        + "\(trajectory.frames) frames" + (spacing.map { ", \($0) ps apart" } ?? "")
    ]
    for plane in planes {
      var rows = [["plane at \(plane.position) Å", "up", "down", "net", "flux (1/(Å² ps))", "error"]]
      for (element, flux) in zip(species, plane.species) {
        rows.append([
          element.symbol, "\(flux.upTotal)", "\(flux.downTotal)", "\(flux.upTotal - flux.downTotal)",
          flux.meanFlux.map { String(format: "%.4e", $0) } ?? "-", flux.meanFluxError.map { String(format: "%.1e", $0) } ?? "-",
        ])
      }
      parts.append(textTable(rows))
    }
    if !profile.isEmpty { parts.append("profile: \(profile.count) planes, intervals of \(profileBlock) steps") }
    if spacing == nil { parts.append("the file does not say its times: give --interval, in ps, for fluxes") }
    if let warning { parts.append("warning: \(warning)") }
    return parts.joined(separator: "\n")
  }

  public var json: String { get throws { try jsonText(FluxJSON(self)) } }

  public var tables: [(name: String, csv: String)] {
    var tables = planes.enumerated().map { number, plane in
      (name: number == 0 ? "flux" : "flux-\(number + 1)", csv: csv(of: plane))
    }
    if !profile.isEmpty { tables.append(("flux-profile", profileTable)) }
    return tables
  }

  private func csv(of plane: FluxPlane) -> String {
    let ends = boundaries(block: block)
    let columns = species.flatMap { element in
      ["up", "down", "net", "net_cumulative", "flux_per_A2_ps", "flux_stderr"].map { "\(element.symbol)_\($0)" }
    }
    let missing = [Double?](repeating: nil, count: ends.count - 1)
    let values = plane.species.flatMap { flux -> [[Double?]] in
      let counts = [flux.up, flux.down, flux.net, Array(flux.cumulative.dropFirst())]
      return counts.map { $0.map(Double.init) } + [flux.flux ?? missing, flux.fluxError ?? missing]
    }
    let rows = (0..<ends.count - 1).map { k -> [Double?] in [ends[k], ends[k + 1]] + values.map { $0[k] } }
    return csvText(intervalColumns + columns, rows)
  }

  private var intervalColumns: [String] { spacing == nil ? ["from_frame", "to_frame"] : ["from_ps", "to_ps"] }

  private var profileTable: String {
    let ends = boundaries(block: profileBlock)
    let columns = species.flatMap { ["\($0.symbol)_up", "\($0.symbol)_down", "\($0.symbol)_flux_per_A2_ps"] }
    var rows: [[Double?]] = []
    for plane in profile {
      let values = plane.species.flatMap { [$0.up.map(Double.init), $0.down.map(Double.init), $0.flux ?? []] }
      for k in 0..<ends.count - 1 { rows.append([plane.position, ends[k], ends[k + 1]] + values.map { $0.isEmpty ? nil : $0[k] }) }
    }
    return csvText(["plane_A"] + intervalColumns + columns, rows)
  }
}

/// The JSON of a flux report.
private struct FluxJSON: Encodable {
  struct Parameters: Encodable {
    let axis: String
    let planes_A: [Double]
    let block_frames: Int
    let frame: String
    let profile_planes: Int
    let profile_block_frames: Int
  }

  struct Species: Encodable {
    let net_crossings, up, down, net_cumulative: [Int]
    let up_total, down_total: Int
    let flux_per_A2_ps, flux_stderr: [Double]?
    let mean_flux_per_A2_ps, mean_flux_stderr: Double?

    init(_ flux: SpeciesFlux) {
      (net_crossings, up, down, net_cumulative) = (flux.net, flux.up, flux.down, flux.cumulative)
      (up_total, down_total, flux_per_A2_ps, flux_stderr) = (flux.upTotal, flux.downTotal, flux.flux, flux.fluxError)
      (mean_flux_per_A2_ps, mean_flux_stderr) = (flux.meanFlux, flux.meanFluxError)
    }
  }

  struct Plane: Encodable {
    let plane_A: Double
    let species: [String: Species]
  }

  struct Profile: Encodable {
    struct Species: Encodable {
      /// [planes][intervals]
      let up, down: [[Int]]
      let flux_per_A2_ps: [[Double]]?
    }

    let planes_A: [Double]
    let boundaries_ps: [Double]?
    let species: [String: Species]
  }

  let trajectory: TrajectoryFacts
  let parameters: Parameters
  let units = [
    "flux_per_A2_ps": "1/(Å² ps)", "flux_stderr": "1/(Å² ps)", "area_A2": "Å²", "planes_A": "Å", "boundaries_ps": "ps",
  ]
  let area_A2, height_A: Double
  let boundaries_ps: [Double]?
  let plane_A: Double?
  let species: [String: Species]?
  let further_planes: [Plane]?
  let profile: Profile?
  let warning: String?

  init(_ report: FluxReport) {
    trajectory = report.trajectory
    parameters = Parameters(
      axis: report.axisName, planes_A: report.planes.map(\.position), block_frames: report.block,
      frame: report.reference.name, profile_planes: report.profile.count, profile_block_frames: report.profileBlock)
    (area_A2, height_A, warning) = (report.area, report.height, report.warning)
    boundaries_ps = report.spacing.map { _ in report.boundaries(block: report.block) }
    let symbols = report.species.map(\.symbol)
    let planes = report.planes.map { plane in
      Plane(
        plane_A: plane.position,
        species: Dictionary(uniqueKeysWithValues: zip(symbols, plane.species.map(Species.init))))
    }
    plane_A = planes.first?.plane_A
    species = planes.first?.species
    further_planes = planes.count > 1 ? Array(planes.dropFirst()) : nil
    profile =
      report.profile.isEmpty
      ? nil
      : Profile(
        planes_A: report.profile.map(\.position),
        boundaries_ps: report.spacing.map { _ in report.boundaries(block: report.profileBlock) },
        species: Dictionary(
          uniqueKeysWithValues: symbols.enumerated().map { number, symbol in
            let fluxes = report.profile.map { $0.species[number] }
            let values = fluxes.compactMap(\.flux)
            return (
              symbol,
              Profile.Species(
                up: fluxes.map(\.up), down: fluxes.map(\.down),
                flux_per_A2_ps: report.spacing == nil ? nil : values)
            )
          }))
  }
}
