import Analysis
import Atomistics
import Communication
import Diagnostics
import Foundation
import Numerics
import TestSupport
import Testing

@Suite(.serialized) struct SimilarityTests {
  static let cell = Cell(
    vectors: Matrix3(rows: Vector3(6, 0, 0), Vector3(2.1, 5.5, 0), Vector3(-1.5, 1.2, 5)), periodic: .all)

  private func structure(_ seed: Int, count: Int = 9) throws -> Configuration {
    var dice = Dice(seed)
    let lithium = try element("Li"), sulfur = try element("S")
    return Configuration(
      cell: Self.cell, elements: (0..<count).map { $0 % 3 == 0 ? sulfur : lithium },
      positions: (0..<count).map { _ in dice.unitVector3() * Self.cell.vectors })
  }

  @Test func fingerprintsAreSumsOverAllPairsAndImages() throws {
    let frame = try structure(1), n = frame.count
    let fingerprint = try Fingerprint(elements: frame.elements, rMax: 6, binWidth: 0.1, width: 0.15)
    let found = try fingerprint.distributions(of: frame)
    let species = Set(frame.elements).sorted()
    for (place, pair) in [(0, 0), (0, 1), (1, 1)].enumerated() {
      var sum = [Double](repeating: 0, count: 60)
      let a = species[pair.0], b = species[pair.1]
      for i in 0..<n where frame.elements[i] == a {
        for j in 0..<n where frame.elements[j] == b {
          forEachImage { shift in
            let r = (frame.positions[j] + shift * Self.cell.vectors - frame.positions[i]).length
            guard r > 1e-9, r < 8 else { return }
            for bin in 0..<60 {
              func part(_ edge: Int) -> Double {
                let scaled = (0.1 * Double(edge) - r) / 0.15
                return 0.5 * erf(scaled / 2.0.squareRoot())
              }
              sum[bin] += part(bin + 1) - part(bin)
            }
          }
        }
      }
      let counts = [a, b].map { kind in Double(frame.elements.count { $0 == kind }) }
      for bin in 0..<60 {
        let r = 0.1 * (Double(bin) + 0.5)
        let expected = sum[bin] * Self.cell.volume / (4 * .pi * r * r * 0.1 * counts[0] * counts[1]) - 1
        #expect(abs(found[place][bin] - expected) < 1e-9 * max(1, abs(expected)))
      }
    }
  }

  private func forEachImage(_ body: (Vector3) -> Void) {
    for i in -3...3 { for j in -3...3 { for k in -3...3 { body(Vector3(Double(i), Double(j), Double(k))) } } }
  }

  @Test func aStructureIsLikeItselfMovedAndReordered() throws {
    let frame = try structure(2)
    var moved = frame
    moved.positions = frame.positions.map { $0 + Vector3(3.3, -7.1, 0.4) }
    moved.positions.swapAt(1, 2)
    let walk = [frame, moved, try structure(3)].map { $0.positions.map { $0 * Self.cell.vectors.inverse } }
    let cosines = try withTrajectory([Self.cell], frame.elements, walk) { trajectory -> [Double?] in
      let analysis = try SimilarityAnalysis(
        try Fingerprint(elements: trajectory.elements), regions: [], reference: trajectory.frame(0), against: 0,
        frames: trajectory.frames)
      try trajectory.run([analysis])
      return analysis.report(of: trajectory, parameters: [:]).cosines[0]
    }
    #expect(abs((cosines[0] ?? 0) - 1) < 1e-12 && abs((cosines[1] ?? 0) - 1) < 1e-5 && (cosines[2] ?? 1) < 0.9)
  }

  /// Numbers of atoms by element.
  private final class Composition: StructureDescriptor {
    let name = "composition"
    func vectors(of frame: Configuration, number: Int, in regions: [Region]) throws -> [[Double]?] {
      regions.map { region in
        let inside = frame.positions.indices.filter { region.contains(frame.positions[$0], in: frame.cell) }
        let counts = Set(frame.elements).sorted().map { kind in Double(inside.count { frame.elements[$0] == kind }) }
        return inside.isEmpty ? nil : counts
      }
    }
  }

  @Test func regionsAreLayersAndEmptyOnesHaveNoValue() throws {
    let lithium = try element("Li"), sulfur = try element("S")
    // Of the cell's height of 5 Å: lithium in the lower half, sulfur in the upper; then they change places.
    let walk = [(0.2, 0.8), (1.8, -0.8), (0.7, 0.8)].map { [Vector3(0, 0, $0.0), Vector3(0, 0, $0.1)] }
    let report = try withTrajectory([Self.cell], [lithium, sulfur], walk) { trajectory in
      let regions = [try Region("z 0:2.5"), try Region("z 2.5:5")]
      let analysis = try SimilarityAnalysis(
        Composition(), regions: regions, reference: trajectory.frame(0), against: 0, frames: trajectory.frames)
      try trajectory.run([analysis])
      return analysis.report(of: trajectory, parameters: [:])
    }
    #expect(report.cosines[0] == [1, 0, nil] && report.regions[0] == "z 0.0:2.5")
    #expect(
      report.cosines[1][0] == 1 && report.cosines[1][1] == 0 && abs((report.cosines[1][2] ?? 0) - 0.5.squareRoot()) < 1e-12)
    for bad in ["z", "z 1", "z 2:1", "w 0:1", "z 0:1:2", "z a:b"] { #expect(throws: Failure.self) { try Region(bad) } }
  }
}
