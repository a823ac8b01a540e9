import AtomicCluster
import AtomicClusterFiles
import Atomistics
import ClusterTestSupport
import Foundation
import Numerics
import PotentialKit
import TestSupport

/// The potentials and reference values beside the readers' tests: our own, with random coefficients.
enum Stored {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("AtomicClusterFilesTests/Data")

  static func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  static func potential(
    _ name: String, activeSet: String? = nil, precision: AtomicClusterPotential.Precision = .double,
    radial: AtomicClusterPotential.RadialEvaluation = .table
  ) throws -> AtomicClusterPotential {
    try AtomicClusterPotential(
      file: path(name), activeSet: activeSet.map(path), precision: precision, radial: radial)
  }
}

extension Configuration {
  init(_ entry: ClusterReference.Case) {
    self.init(
      cell: Cell(
        vectors: Matrix3(elements: entry.cell.flatMap { $0 }),
        periodic: Periodicity(entry.pbc[0], entry.pbc[1], entry.pbc[2])),
      elements: entry.species.compactMap(Element.init(symbol:)),
      positions: entry.positions.map { Vector3($0[0], $0[1], $0[2]) })
  }
}

extension AtomicClusterPotential {
  /// On one rank, with a list longer than the cutoff.
  func evaluate(_ configuration: Configuration, withGrades: Bool = false) throws -> ReferenceResult {
    let system = try ReferenceSystem(configuration, cutoff: cutoff, skin: 0.3)
    try bind(elements: system.elements)
    return try system.evaluate([self], withGrades: withGrades)
  }
}

extension PlainClusterEvaluator {
  func evaluate(_ configuration: Configuration) throws -> PlainClusterResult {
    let periodic = configuration.cell.periodic
    return try evaluate(
      species: configuration.elements.compactMap { model.elements.firstIndex(of: $0) }, positions: configuration.positions,
      cell: configuration.cell.vectors, periodic: [periodic[0], periodic[1], periodic[2]])
  }
}

/// Relative to 1 + the largest expected value; not a number where the counts differ.
func difference(_ found: [Double], _ expected: [Double]) -> Double {
  guard found.count == expected.count else { return .nan }
  let scale = 1 + (expected.map(abs).max() ?? 0)
  return zip(found, expected).map { abs($0 - $1) / scale }.reduce(0) { $0 >= $1 ? $0 : $1 }
}

func flat(_ vectors: [Vector3]) -> [Double] { vectors.flatMap { [$0.x, $0.y, $0.z] } }
