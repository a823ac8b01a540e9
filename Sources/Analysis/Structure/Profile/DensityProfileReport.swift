import Atomistics
import Figures
import Formats
import Foundation

/// Density profiles as text, JSON, tables and pictures.
public struct DensityProfileReport: AnalysisReport {
  public static let kind = "profile"
  private let species: [String]
  /// [species][blocks][slabs], 1/Å³.
  private let number: [[[Double]]]
  /// [blocks][slabs], g/cm³ and e/Å³.
  private let mass: [[Double]]
  private let charge: [[Double]]?
  private let edges: [Double]
  private let ranges: [[Int]]
  private let axis: String
  private let facts: TrajectoryFacts
  private let charges: [String: Double]?

  /// - Parameters:
  ///   - charges: of each species, e; nil: no charge density.
  public init(_ estimator: DensityProfileEstimator, charges: [Element: Double]?, of trajectory: Trajectory) {
    self.init(
      estimator, charges: charges, facts: TrajectoryFacts(trajectory), elements: trajectory.elements,
      masses: trajectory.masses)
  }

  /// - Parameter masses: [atoms], amu.
  public init(
    _ estimator: DensityProfileEstimator, charges: [Element: Double]?, facts: TrajectoryFacts, elements: [Element],
    masses atomMasses: [Double]
  ) {
    species = estimator.species.map(\.symbol)
    let number = estimator.species.indices.map { estimator.density(of: $0) }
    func weighted(_ weights: [Double]) -> [[Double]] {
      number[0].indices.map { block in
        number[0][block].indices.map { slab in weights.indices.reduce(0) { $0 + weights[$1] * number[$1][block][slab] } }
      }
    }
    let masses = estimator.species.map { element -> Double in
      let atoms = elements.indices.filter { elements[$0] == element }
      return atoms.reduce(0) { $0 + atomMasses[$1] } / Double(atoms.count)
    }
    self.number = number
    mass = weighted(masses.map { $0 * Units.gramsPerCubicCentimeter })
    charge = charges.map { charges in weighted(estimator.species.map { charges[$0] ?? 0 }) }
    (edges, axis, self.facts) = (estimator.edges, estimator.slabs.name, facts)
    ranges = estimator.blocks.ranges
    self.charges = charges.map { Dictionary(uniqueKeysWithValues: $0.map { ($0.key.symbol, $0.value) }) }
  }

  private var middles: [Double] { zip(edges, edges.dropFirst()).map { 0.5 * ($0 + $1) } }

  /// Of `values` over the blocks, each by its number of frames.
  private func mean(_ values: [[Double]]) -> [Double] {
    let total = Double(facts.frames)
    return values[0].indices.map { slab in
      zip(values, ranges).reduce(0) { $0 + $1.0[slab] * Double($1.1[1] - $1.1[0]) } / total
    }
  }

  public var text: String {
    let means = number.map(mean), density = mean(mass)
    let header = ["\(axis) (Å)"] + species.map { "\($0) (1/Å³)" } + ["mass (g/cm³)"]
      + (charge == nil ? [] : ["charge (e/Å³)"])
    let rows = middles.indices.map { slab in
      [String(format: "%.2f", middles[slab])] + means.map { String(format: "%.5f", $0[slab]) }
        + [String(format: "%.3f", density[slab])] + (charge.map { [String(format: "%.5f", mean($0)[slab])] } ?? [])
    }
    return "Densities over \(facts.frames) frames along \(axis)\n" + textTable([header] + rows)
  }

  public var json: String {
    get throws {
      try jsonText(
        Document(
          trajectory: facts, parameters: .init(axis: axis, bins: middles.count, block_frames: ranges, charges: charges),
          edges_A: edges,
          species: Dictionary(uniqueKeysWithValues: zip(species, number).map { ($0, .init(number_density_A3: $1)) }),
          mass_density_g_per_cm3: mass, charge_density_e_per_A3: charge))
    }
  }

  public var tables: [(name: String, csv: String)] {
    let columns = ["block", "\(axis)_A"] + species.map { "number_density_A3_\($0)" } + ["mass_density_g_per_cm3"]
      + (charge == nil ? [] : ["charge_density_e_per_A3"])
    let rows = ranges.indices.flatMap { block in
      middles.indices.map { slab -> [Double?] in
        [Double(block), middles[slab]] + number.map { $0[block][slab] } + [mass[block][slab]]
          + (charge.map { [$0[block][slab]] } ?? [])
      }
    }
    return [("profile", csvText(columns, rows))]
  }

  public var pictures: [(name: String, svg: String)] {
    func line(_ values: [Double]) -> [SIMD2<Double>] { zip(middles, values).map { SIMD2($0, $1) } }
    // The first block faint behind the last: what has moved in between.
    let series = species.indices.flatMap { kind -> [Series] in
      let last = Series(species[kind], points: line(number[kind][ranges.count - 1]), color: kind)
      guard ranges.count > 1 else { return [last] }
      return [Series("\(species[kind]), first block", points: line(number[kind][0]), style: .dashed, color: kind), last]
    }
    var pictures = [
      ("profile", Chart(title: "Number densities", x: Axis("\(axis) (Å)"), y: Axis("atoms per Å³"), series: series).svg())
    ]
    if let charge {
      let series = [Series(nil, points: line(mean(charge)))]
      pictures.append(
        (
          "profile_charge",
          Chart(title: "Charge density", x: Axis("\(axis) (Å)"), y: Axis("e per Å³"), series: series).svg()
        ))
    }
    return pictures
  }
}

private struct Document: Encodable {
  struct Parameters: Encodable {
    let axis: String
    let bins: Int
    let block_frames: [[Int]]
    let charges: [String: Double]?
  }

  struct Species: Encodable {
    let number_density_A3: [[Double]]
  }

  let trajectory: TrajectoryFacts
  let parameters: Parameters
  let units = [
    "edges_A": "Å", "number_density_A3": "1/Å³, by block and slab", "mass_density_g_per_cm3": "g/cm³",
    "charge_density_e_per_A3": "e/Å³",
  ]
  let edges_A: [Double]
  let species: [String: Species]
  let mass_density_g_per_cm3: [[Double]]
  let charge_density_e_per_A3: [[Double]]?
}
