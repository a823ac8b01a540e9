import Analysis
import Atomistics
import Diagnostics
import Numerics
import TestSupport
import Testing

/// Atoms whose crossings are scripted: the counts are exact.
@Suite(.serialized) struct FluxTests {
  static let skewed = Cell(
    vectors: Matrix3(rows: Vector3(9, 0, 0), Vector3(2.1, 8, 0), Vector3(-1.5, 1.2, 10)), periodic: .all)

  /// One lithium and one sulfur atom along c, with some motion across it.
  private func along(_ lithium: [Double], _ sulfur: [Double]) -> [[Vector3]] {
    zip(lithium, sulfur).enumerated().map { t, s in
      [Vector3(0.3 * Double(t), 0.1, s.0), Vector3(0.2, -0.25 * Double(t), s.1)]
    }
  }

  @Test func countsScriptedCrossingsThroughTheBorderOfASkewedCell() throws {
    // Up through 0.5 and the border, down again, up twice around.
    let places = along(
      [0.4, 0.6, 0.95, 1.35, 1.6, 1.45, 1.1, 0.9, 0.55, 0.45], [0.7, 0.6, 0.45, 0.4, 0.3, 0.1, -0.2, -0.4, -0.6, -0.9])
    try withTrajectory([Self.skewed], [try element("Li"), try element("S")], places, spacing: 0.25) { trajectory in
      // The cell's height is 10 Å: the plane at 5 Å is at one half, that at 25 Å its image.
      for plane in [5.0, 25, -15] {
        let flux = try FluxAnalysis(axis: 2, planes: [plane]).run(trajectory).planes[0]
        #expect(flux.species[0].up == [1, 0, 0, 1, 0, 0, 0, 0, 0] && flux.species[0].down == [0, 0, 0, 0, 1, 0, 0, 0, 1])
        #expect(flux.species[1].up == [0, 0, 0, 0, 0, 0, 0, 0, 0] && flux.species[1].down == [0, 1, 0, 0, 0, 0, 0, 1, 0])
        #expect(flux.species[0].cumulative == [0, 1, 1, 1, 2, 1, 1, 1, 1, 0])
      }
    }
  }

  @Test func fluxesAreCountsPerAreaAndTime() throws {
    let places = along([0.4, 0.6, 0.6, 0.4, 0.6, 0.6, 0.6, 0.6], [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])
    try withTrajectory([Self.skewed], [try element("Li"), try element("S")], places, spacing: 0.25) { trajectory in
      var analysis = FluxAnalysis(axis: 2, planes: [5])
      analysis.block = 3
      let report = try analysis.run(trajectory), lithium = report.planes[0].species[0]
      #expect(abs(report.area - 72) < 1e-9 && report.height == 10)
      // Up and down in the first block; the seventh step is left over and counts in the totals alone.
      #expect(lithium.up == [1, 1] && lithium.down == [1, 0] && lithium.upTotal == 2 && lithium.downTotal == 1)
      let unit = 1 / (72 * 0.75)
      #expect(zip(try #require(lithium.flux), [0, unit]).allSatisfy { abs($0 - $1) < 1e-12 })
      #expect(zip(try #require(lithium.fluxError), [unit * 2.0.squareRoot(), unit]).allSatisfy { abs($0 - $1) < 1e-12 })
      #expect(abs(try #require(lithium.meanFlux) - 1 / (72 * 1.75)) < 1e-12)
    }
  }

  @Test func manyPlanesAtOnceCountAsEachByItself() throws {
    var dice = Dice(7)
    var places = (0..<12).map { _ in dice.unitVector3() }
    let walk = (0..<80).map { _ -> [Vector3] in
      // Steps of up to 0.45 of the cell pass several planes.
      places = places.map { $0 + 0.45 * dice.signedVector3() }
      return places
    }
    let lithium = try element("Li")
    try withTrajectory([Self.skewed], places.map { _ in lithium }, walk) { trajectory in
      let planes = [7.1, 0.3, 2.9, 9.999, 5.2]
      var analysis = FluxAnalysis(axis: 1, planes: planes)
      (analysis.profilePlanes, analysis.profileBlock) = (13, 1)
      let report = try analysis.run(trajectory), height = report.height
      for counted in report.planes + report.profile {
        let expected = (1..<80).map { t in
          places.indices.reduce(into: (up: 0, down: 0)) { sum, atom in
            func images(_ t: Int) -> Int { Int((walk[t][atom].y - counted.position / height).rounded(.down)) }
            let crossed = images(t) - images(t - 1)
            sum.up += max(0, crossed)
            sum.down += max(0, -crossed)
          }
        }
        #expect(counted.species[0].up == expected.map(\.up) && counted.species[0].down == expected.map(\.down))
      }
    }
  }

  @Test func aCellThatGrowsCarriesItsAtomsThroughNoPlane() throws {
    let cells = (0..<30).map { t in
      Cell(vectors: (1 + 0.03 * Double(t)) * Self.skewed.vectors, periodic: .all)
    }
    let places = [[Vector3]](repeating: [Vector3(0.1, 0.2, 0.47), Vector3(0.4, 0.9, 0.52)], count: 30)
    try withTrajectory(cells, [try element("Li"), try element("S")], places) { trajectory in
      let flux = try FluxAnalysis(axis: 2, planes: [5, 0.1]).run(trajectory)
      #expect(flux.planes.flatMap(\.species).allSatisfy { $0.upTotal == 0 && $0.downTotal == 0 })
    }
  }

  @Test func driftIsAFluxInTheCellAndNoneInTheFrameOfTheMass() throws {
    let places = (0..<41).map { (frame: Int) -> [Vector3] in
      let way = 0.05 * Double(frame)
      return [Vector3(0.1, 0.2, 0.47 + way), Vector3(0.4, 0.9, 0.52 + way)]
    }
    try withTrajectory([Self.skewed], [try element("Li"), try element("S")], places) { trajectory in
      var analysis = FluxAnalysis(axis: 2, planes: [5])
      #expect(try analysis.run(trajectory).planes[0].species.map(\.upTotal) == [2, 2])
      for reference in [ReferenceFrame.centerOfMass, .species(try element("S"))] {
        analysis.reference = reference
        #expect(try analysis.run(trajectory).planes[0].species.map { $0.upTotal + $0.downTotal } == [0, 0])
      }
    }
  }

  @Test func aPlaneHasNoImagesWhereTheCellIsNotPeriodic() throws {
    let slab = Cell(vectors: Self.skewed.vectors, periodic: Periodicity(true, true, false))
    let places = along([0.4, 0.6, 1.7, 2.8, 0.3], [-0.9, -1.8, 0.6, 0.7, 0.8])
    try withTrajectory([slab], [try element("Li"), try element("S")], places) { trajectory in
      let flux = try FluxAnalysis(axis: 2, planes: [5]).run(trajectory).planes[0].species
      #expect(
        flux[0].up == [1, 0, 0, 0] && flux[0].down == [0, 0, 0, 1] && flux[1].up == [0, 1, 0, 0] && flux[1].downTotal == 0)
    }
  }

  @Test func wrongRequestsAreRefused() throws {
    try withTrajectory([Self.skewed], [try element("Li"), try element("S")], along([0.1, 0.2], [0.1, 0.2])) { trajectory in
      #expect(throws: Failure.self) { try FluxAnalysis(axis: 2, planes: []).run(trajectory) }
      var analysis = FluxAnalysis(axis: 2, planes: [5])
      analysis.block = 2
      #expect(throws: Failure.self) { try analysis.run(trajectory) }
      (analysis.block, analysis.reference) = (1, .species(try element("P")))
      #expect(throws: Failure.self) { try analysis.run(trajectory) }
    }
  }
}
