import Analysis
import Atomistics
import Communication
import Diagnostics
import Foundation
import Numerics
import Testing

/// Coordination numbers, polyhedra and profiles of structures that are known.
@Suite(.serialized) struct CoordinationTests {
  private func run(
    _ frames: [Configuration], _ pairs: [String], slabs: Slabs? = nil, blockLength: Int = 1
  ) throws -> [CoordinationResult] {
    let items = try pairs.map(PairWithin.init(named:))
    let estimator = CoordinationEstimator(
      items, elements: frames[0].elements, blocks: FrameBlocks(frameCount: frames.count, length: blockLength), slabs: slabs)
    for (number, frame) in frames.enumerated() { try estimator.add(frame, number: number) }
    estimator.combine(over: .alone)
    return items.indices.map { estimator.result($0) }
  }

  @Test func antifluorite() throws {
    let frame = try Lattices.cubic(5.72, Lattices.antifluorite, count: 2)
    let results = try run([frame, frame], ["S-Li:3", "Li-S:3", "S-S:4.5", "Li-Li:3"])
    for (result, expected) in zip(results, [8, 4, 12, 6]) {
      #expect(result.mean == Double(expected) && result.error == 0)
      #expect(result.distribution.count == expected + 1 && result.distribution[expected] == 1)
    }
  }

  /// A cluster without any cell has neighbors, too.
  @Test func withoutACell() throws {
    let frame = Lattices.frame(
      .zero, .none, [("P", .zero), ("S", Vector3(2, 0, 0)), ("S", Vector3(0, 2.5, 0)), ("S", Vector3(0, 0, -3))])
    #expect(try run([frame], ["P-S:2.6"])[0].mean == 2)
    #expect(throws: Failure.self) { try run([frame], ["P-S:2.6"], slabs: Slabs(axis: "z", count: 3)) }
  }

  @Test func mapOverTheAxis() throws {
    let cell = Matrix3(rows: Vector3(10, 0, 0), Vector3(0, 10, 0), Vector3(2, 0, 20))
    func frame(_ shift: Double) -> Configuration {
      Lattices.frame(
        cell, .all,
        [
          ("P", Vector3(1, 1, 1 + shift)), ("S", Vector3(1, 2, 1 + shift)), ("S", Vector3(1, 1, -0.5 + shift)),
          ("P", Vector3(5, 5, 12)),
        ])
    }
    let map = try #require(
      try run([frame(0), frame(0), frame(5)], ["P-S:2"], slabs: Slabs(axis: "z", count: 4), blockLength: 2)[0].map)
    #expect(map.edges == [0, 5, 10, 15, 20])
    #expect(map.centers == [[2, 0, 2, 0], [0, 1, 1, 0]])
    #expect(map.mean == [[2, nil, 0, nil], [nil, 2, 0, nil]])
  }

  /// Two tetrahedra that share a corner, two that share an edge, and one alone.
  @Test func linkedPolyhedra() throws {
    let cell = Matrix3(diagonal: Vector3(repeating: 40))
    let corner: [(String, Vector3)] = [
      ("P", Vector3(0, 0, 0)), ("P", Vector3(4, 0, 0)), ("S", Vector3(2, 0, 0)), ("S", Vector3(-2, 0, 0)),
      ("S", Vector3(6, 0, 0)),
    ]
    let edge: [(String, Vector3)] = [
      ("P", Vector3(0, 15, 0)), ("P", Vector3(2.8, 15, 0)), ("S", Vector3(1.4, 16.4, 0)), ("S", Vector3(1.4, 13.6, 0)),
    ]
    let alone: [(String, Vector3)] = [("P", Vector3(20, 30, 20)), ("S", Vector3(20, 32, 20))]
    let frame = Lattices.frame(cell, .all, corner + edge + alone)
    let estimator = try PolyhedraEstimator(
      PairWithin(named: "P-S:2.2"), elements: frame.elements, blocks: FrameBlocks(frameCount: 1))
    try estimator.add(frame, number: 0)
    estimator.combine(over: .alone)
    #expect(estimator.result.fractions == [[0.2, 0.4, 0.4, 0]])
    #expect(estimator.result.links == [[1, 1, 0]])
  }

  /// Octahedra of rock salt share edges with twelve others and corners with six: in a cell so small that these are images.
  @Test func octahedraOfRockSalt() throws {
    let basis = Lattices.fcc("Na") + Lattices.fcc("Cl").map { ($0.symbol, $0.position + Vector3(0.5, 0, 0)) }
    for count in 1...3 {
      let frame = try Lattices.cubic(5.64, basis, count: count)
      let estimator = try PolyhedraEstimator(
        PairWithin(named: "Na-Cl:3.3"), elements: frame.elements, blocks: FrameBlocks(frameCount: 1))
      try estimator.add(frame, number: 0)
      estimator.combine(over: .alone)
      let centers = Double(frame.count / 2), expected = [[3 * centers, 6 * centers, 0]]
      #expect(estimator.result.links == expected)
      #expect(estimator.result.fractions == [[0, 0, 1, 0]])
    }
  }

  @Test func densityProfile() throws {
    let cell = Matrix3(rows: Vector3(4, 0, 0), Vector3(1, 5, 0), Vector3(0, 2, 10))
    let frame = Lattices.frame(
      cell, .all,
      [("Li", Vector3(1, 1, 0.5)), ("Li", Vector3(1, 1, -0.5)), ("S", Vector3(1, 1, 6)), ("S", Vector3(1, 1, 16.5))])
    let species = [Lattices.element("Li"), Lattices.element("S")]
    let estimator = DensityProfileEstimator(
      try Slabs(axis: "z", count: 5), species: species, elements: frame.elements,
      blocks: FrameBlocks(frameCount: 2, length: 2))
    for number in 0..<2 { try estimator.add(frame, number: number) }
    estimator.combine(over: .alone)
    #expect(estimator.edges == [0, 2, 4, 6, 8, 10])
    let one = 1.0 / 40
    #expect(estimator.density(of: 0) == [[one, 0, 0, 0, one]])
    // A position on an edge belongs to the slab above it.
    #expect(estimator.density(of: 1) == [[0, 0, 0, 2 * one, 0]])
  }

  @Test func blocksPartitionTheFrames() {
    for frameCount in 1...40 {
      for blocks in [FrameBlocks(frameCount: frameCount, count: 7), FrameBlocks(frameCount: frameCount, length: 6)] {
        let frames = (0..<blocks.count).flatMap { Array(blocks.frames(of: $0)) }
        #expect(frames == Array(0..<frameCount))
        for block in 0..<blocks.count {
          for frame in blocks.frames(of: block) { #expect(blocks.block(of: frame) == block) }
        }
      }
    }
  }

  @Test func wrongInput() throws {
    #expect(throws: Failure.self) { try Slabs(axis: "q", count: 3) }
    #expect(throws: Failure.self) { try Slabs(axis: "z", count: 0) }
    #expect(throws: Failure.self) {
      try PolyhedraEstimator(PairWithin(named: "S-S:3"), elements: [], blocks: FrameBlocks(frameCount: 1))
    }
  }
}
