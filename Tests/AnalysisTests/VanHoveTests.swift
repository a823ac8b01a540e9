import Analysis
import Atomistics
import Diagnostics
import Foundation
import Numerics
import TestSupport
import Testing

@Suite(.serialized) struct VanHoveTests {
  static let cell = Cell(vectors: Matrix3(diagonal: Vector3(12, 13, 14)), periodic: .all)

  @Test func aGaussianWalkHasGaussianDisplacements() throws {
    var dice = Dice(19)
    let sigma = 0.4, frameCount = 400, atomCount = 40
    var now = (0..<atomCount).map { _ in dice.unitVector3() }
    let walk = (0..<frameCount).map { frame -> [Vector3] in
      if frame > 0 {
        now = now.map { $0 + sigma * Vector3(dice.normal(), dice.normal(), dice.normal()) / Vector3(12, 13, 14) }
      }
      return now
    }
    let lithium = try element("Li")
    try withTrajectory([Self.cell], now.map { _ in lithium }, walk) { trajectory in
      var analysis = VanHoveAnalysis(lags: [0.5, 2])
      (analysis.rMax, analysis.binCount) = (3, 30)
      let moved = try analysis.run(trajectory).selfParts[0].displacements
      for (steps, part) in zip([1.0, 4], moved) {
        let variance = sigma * sigma * steps
        #expect(abs(part.meanSquare.value - 3 * variance) < 4 * (try #require(part.meanSquare.error)))
        let alpha = try #require(part.nonGaussian)
        #expect(abs(alpha.value) < 4.5 * (try #require(alpha.error)))
      }
      // Steps of one frame are independent: counts have the errors of counts.
      let samples = Double(atomCount * (frameCount - 1))
      func below(_ r: Double) -> Double {
        let x = r / sigma
        return erf(x / 2.0.squareRoot()) - (2 / Double.pi).squareRoot() * x * exp(-0.5 * x * x)
      }
      for (bin, count) in moved[0].counts.enumerated() {
        let expected = samples * (below(0.1 * Double(bin + 1)) - below(0.1 * Double(bin)))
        #expect(abs(Double(count) - expected) < 5 * max(1, expected.squareRoot()))
      }
      let norm = zip(moved[0].density, moved[0].counts).reduce(0) { $0 + Double($1.1) } / samples
      #expect(abs(norm - 1) < 1e-3)
    }
  }

  @Test func stepsOfOneLengthAreNotGaussian() throws {
    // Along the axes by 1 Å: <r⁴> = <r²>², so α₂ = 3/5 − 1.
    let walk = (0..<20).map { (t: Int) -> [Vector3] in [Vector3(Double(t) / 12, 0, 0), Vector3(0, 0, -Double(t) / 14)] }
    let lithium = try element("Li")
    try withTrajectory([Self.cell], [lithium, lithium], walk) { trajectory in
      let part = try VanHoveAnalysis(lags: [0.5]).run(trajectory).selfParts[0].displacements[0]
      #expect(abs((part.nonGaussian?.value ?? 0) + 0.4) < 1e-6 && abs(part.meanSquare.value - 1) < 1e-6)
    }
  }

  @Test func distinctPartsAreDistancesToWhereOthersAreLater() throws {
    // Lithium stands still, two sulfur atoms move away from it by 0.5 Å a frame, through the cell's border.
    let edges = Vector3(12, 13, 14)
    let walk = (0..<8).map { (frame: Int) -> [Vector3] in
      let way = 0.5 * Double(frame)
      return [Vector3(0.5, 0, 0) / edges, Vector3(-1 - way, 0, 0) / edges, Vector3(0.5, 2 + way, 0) / edges]
    }
    try withTrajectory([Self.cell], [try element("Li"), try element("S"), try element("S")], walk) { trajectory in
      var analysis = VanHoveAnalysis(lags: [1, 2])
      analysis.pairs = [SpeciesPair(try element("Li"), try element("S")), SpeciesPair(try element("Li"), try element("Li"))]
      (analysis.rMax, analysis.binCount, analysis.originCount) = (5.95, 119, 1)
      let report = try analysis.run(trajectory)
      // At the origin 0 the sulfur atoms are 1.5 and 2 Å away, two and four frames later 1 and 2 Å more.
      for (lag, distances) in zip(0..., [[2.5, 3.0], [3.5, 4.0]]) {
        let counts = report.distinct[0].densities[lag].counts
        let found = counts.indices.filter { counts[$0] > 0 }.map { report.r[$0] }
        #expect(found.count == 2 && zip(found, distances).allSatisfy { abs($0 - $1) < 0.026 })
      }
      // An atom is nothing distinct from itself.
      #expect(report.distinct[1].densities.allSatisfy { $0.counts.allSatisfy { $0 == 0 } })
    }
  }

  @Test func whatIsUncorrelatedHasTheMeanDensity() throws {
    var dice = Dice(23)
    let lithium = try element("Li"), gas = (0..<40).map { _ in (0..<80).map { _ in dice.unitVector3() } }
    try withTrajectory([Self.cell], gas[0].map { _ in lithium }, gas) { trajectory in
      var analysis = VanHoveAnalysis(lags: [5])
      (analysis.rMax, analysis.binCount, analysis.pairs) = (6, 12, [SpeciesPair(lithium, lithium)])
      let part = try analysis.run(trajectory).distinct[0].densities[0], errors = try #require(part.densityError)
      #expect(abs(part.meanDensity - 79 / (12 * 13 * 14)) < 1e-9)
      for (value, error) in zip(part.density, errors).dropFirst() { #expect(abs(value - part.meanDensity) < 5 * error) }
    }
  }

  @Test func lagsBeyondTheTrajectoryAreRefused() throws {
    try withTrajectory([Self.cell], [try element("Li")], [[.zero], [.zero], [.zero]]) { trajectory in
      for lag in [0, -1, 1.6, .nan] {
        #expect(throws: Failure.self) { try VanHoveAnalysis(lags: [lag]).run(trajectory) }
      }
      var analysis = VanHoveAnalysis(lags: [0.5])
      (analysis.pairs, analysis.rMax) = ([SpeciesPair(try element("Li"), try element("Li"))], 6.5)
      #expect(throws: Failure.self) { try analysis.run(trajectory) }
    }
  }
}
