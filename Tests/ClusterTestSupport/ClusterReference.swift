import AtomicClusterFiles
import Foundation
import Numerics

/// Stored cases of a potential; the file says where its numbers come from.
public struct ClusterReference: Decodable, Sendable {
  public struct Case: Decodable, Sendable {
    public var name: String
    /// Rows, Å; zero where not periodic.
    public var cell: [[Double]]
    public var pbc: [Bool]
    public var species: [String]
    /// Å.
    public var positions: [[Double]]
    /// eV.
    public var energy: Double
    public var atom_energies: [Double]
    /// eV/Å.
    public var forces: [[Double]]
    /// −dE/dstrain, eV.
    public var virial: [[Double]]
    public var gamma: [Double]?
    /// B functions of each atom in the order of the active set.
    public var projections: [[Double]]?
  }

  public var potential: String
  public var active_set: String?
  public var cases: [Case]

  public init(path: String) throws {
    self = try JSONDecoder().decode(ClusterReference.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }
}

extension PlainClusterEvaluator {
  public func evaluate(_ entry: ClusterReference.Case) throws -> PlainClusterResult {
    let symbols = model.elements.map(\.symbol)
    return try evaluate(
      species: entry.species.compactMap { symbols.firstIndex(of: $0) },
      positions: entry.positions.map { Vector3($0[0], $0[1], $0[2]) },
      cell: Matrix3(elements: entry.cell.flatMap { $0 }), periodic: entry.pbc)
  }
}
