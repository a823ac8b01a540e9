import Analysis
import Atomistics
import Communication
import Diagnostics
import Foundation
import Formats
import Numerics
import Testing

/// Lattices are told apart, with the values of bond order that their geometry gives.
@Suite(.serialized) struct LocalOrderTests {
  private func temporary(_ name: String) -> URL {
    let process = ProcessInfo.processInfo.processIdentifier
    return FileManager.default.temporaryDirectory.appending(path: "swmd-\(process)-\(name)")
  }

  private func order(_ frame: Configuration) -> LocalOrder {
    LocalOrder(frame, hosts: (0..<Int32(frame.count)).map { $0 })
  }

  /// Averages over equal neighbors are the lattice's own values: P. J. Steinhardt et al. (1983), table I and figure 2.
  @Test func perfectLattices() throws {
    let cases: [(Configuration, LocalStructure, q4: Double?, q6: Double?)] = [
      (try Lattices.cubic(4.1, Lattices.fcc("Li"), count: 4), .fcc, 0.19094, 0.57452),
      (try Lattices.hcp("Li", count: 4), .hcp, nil, nil),
      (try Lattices.cubic(3.5, Lattices.bcc("Li"), count: 5), .bcc, nil, nil),
      (try Lattices.cubic(3.0, [("Li", .zero)], count: 6), .other, nil, nil),
    ]
    for (frame, structure, q4, q6) in cases {
      let result = order(frame)
      #expect(result.structures.allSatisfy { $0 == structure }, "\(structure)")
      if let q4, let q6 {
        #expect(result.q4.allSatisfy { abs($0 - q4) < 1e-5 })
        #expect(result.q6.allSatisfy { abs($0 - q6) < 1e-5 })
      }
      // One cluster of everything, or none.
      #expect(result.clusterSizes == (structure == .other ? [] : [frame.count]))
    }
  }

  @Test func icosahedron() {
    let golden = (1 + 5.0.squareRoot()) / 2
    var atoms: [(String, Vector3)] = [("Li", .zero)]
    for (a, b) in [(1.0, golden), (-1, golden), (1, -golden), (-1, -golden)] {
      atoms += [("Li", Vector3(0, a, b)), ("Li", Vector3(a, b, 0)), ("Li", Vector3(b, 0, a))]
    }
    let result = order(Lattices.frame(.zero, .none, atoms))
    #expect(result.structures[0] == .icosahedral)
    #expect(result.structures.dropFirst().allSatisfy { $0 == .other })
  }

  @Test func orderDoesNotTurnWithTheFrame() throws {
    let frame = Lattices.shaken(try Lattices.cubic(4.1, Lattices.fcc("Li"), count: 3), width: 0.12, seed: 4)
    let axis = Vector3(1, 2, -2) / 3, angle = 0.7
    func turned(_ v: Vector3) -> Vector3 {
      v * cos(angle) + axis.cross(v) * sin(angle) + axis * axis.dot(v) * (1 - cos(angle))
    }
    var other = frame
    let (a, b, c) = frame.cell.vectors.rows
    other.cell.vectors = Matrix3(rows: turned(a), turned(b), turned(c))
    other.positions = frame.positions.map(turned)
    let (first, second) = (order(frame), order(other))
    #expect(first.structures == second.structures)
    for n in 0..<frame.count { #expect(abs(first.q6[n] - second.q6[n]) < 1e-9 && abs(first.q4[n] - second.q4[n]) < 1e-9) }
    // Averaging keeps a shaken crystal far from a gas.
    let gas = order(Lattices.gas(frame.elements.map(\.symbol), frame.cell.vectors, seed: 9))
    let least = try #require(first.q6.min()), mean = gas.q6.reduce(0, +) / Double(gas.q6.count)
    #expect(least > 0.4 && mean < 0.3)
    let accidental = gas.structures.count { $0 != .other }
    #expect(accidental < frame.count / 50)
  }

  /// Half of the cell is Li2S, the other half the same atoms anywhere.
  @Test func crystallineDomainsInAMatrix() throws {
    let crystal = try Lattices.cubic(5.72, Lattices.antifluorite, count: 4)
    let edge = crystal.cell.vectors[2].z
    let gas = Lattices.gas(crystal.elements.map(\.symbol), crystal.cell.vectors, seed: 21)
    var frame = Lattices.shaken(crystal, width: 0.1, seed: 2)
    for n in 0..<frame.count where crystal.positions[n].z > 0.49 * edge {
      frame.positions[n] = gas.positions[n] * Vector3(1, 1, 0.5) + Vector3(0, 0, 0.5 * edge)
    }
    let sulfur = frame.elements.indices.filter { frame.elements[$0].symbol == "S" }.map { Int32($0) }
    let lithium = frame.elements.indices.filter { frame.elements[$0].symbol == "Li" }.map { Int32($0) }
    var options = OrderOptions()
    options.lattice = .fcc
    let result = LocalOrder(frame, hosts: sulfur, guests: lithium, options)
    let inside = result.hosts.indices.filter {
      let z = crystal.positions[Int(sulfur[$0])].z
      // Too deep for atoms of the matrix to come among the nearest.
      return z > 0.2 * edge && z < 0.3 * edge
    }
    #expect(inside.count == 32)
    let found = inside.count { result.clusters[$0] == 1 }
    #expect(10 * found >= 9 * inside.count)
    let outside = result.hosts.indices.filter { crystal.positions[Int(sulfur[$0])].z > 0.6 * edge }
    let strays = outside.count { result.clusters[$0] > 0 }
    #expect(strays <= 1)
    // The same sulfur lattice without its lithium is no Li2S.
    let empty = LocalOrder(frame, hosts: sulfur, guests: [], options)
    #expect(empty.clusterSizes.isEmpty)
  }

  @Test func annotatedFramesAreWritten() throws {
    let folder = temporary("order")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let source = folder.appending(path: "in.extxyz").path, target = folder.appending(path: "out.extxyz").path
    let crystal = try Lattices.cubic(5.72, Lattices.antifluorite, count: 2)
    try writeStructures([crystal, crystal], to: source)
    let trajectory = try Trajectory(path: source, communicator: .alone)
    var options = OrderOptions()
    (options.host, options.guest) = (Lattices.element("S"), Lattices.element("Li"))
    let annotated = try AnnotatedFrames(path: target, communicator: .alone)
    let estimator = try OrderEstimator(options, of: trajectory, annotated: annotated)
    try trajectory.run([estimator])
    try annotated.finish()
    #expect(estimator.result.crystalline == [1, 1] && estimator.result.largestClusters == [32, 32])
    #expect(estimator.result.guests?.last == 1 && estimator.result.guests?.count == 9)
    let written = try readStructures(at: target)
    #expect(written.count == 2)
    let columns = Dictionary(uniqueKeysWithValues: written[1].columns.map { ($0.name, $0.values) })
    let structures = crystal.elements.map { $0.symbol == "S" ? 1 : -1 }, clusters = structures.map { max($0, 0) }
    #expect(columns["structure"] == .integer(structures))
    #expect(columns["cluster"] == .integer(clusters))
  }

  @Test func absentSpecies() throws {
    let path = temporary("absent.extxyz").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try writeStructures([try Lattices.cubic(4.1, Lattices.fcc("Li"), count: 2)], to: path)
    let trajectory = try Trajectory(path: path, communicator: .alone)
    var options = OrderOptions()
    options.host = Lattices.element("S")
    #expect(throws: Failure.self) { try OrderEstimator(options, of: trajectory) }
    #expect(throws: Failure.self) { try trajectory.require([SpeciesPair(Lattices.element("Li"), Lattices.element("S"))]) }
  }
}
