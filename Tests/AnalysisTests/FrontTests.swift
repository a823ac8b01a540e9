import Analysis
import Atomistics
import Diagnostics
import Numerics
import TestSupport
import Testing

/// A layer of sulfur between lithium, whose place is known: where its density has fallen to half is its end.
@Suite(.serialized) struct FrontTests {
  static let cell = Cell(vectors: Matrix3(rows: Vector3(6, 0, 0), Vector3(1, 6, 0), Vector3(-2, 1, 40)), periodic: .all)
  static let thickness = 15.0
  /// 400 atoms in the layer, 1/Å³.
  static let density = 400 / (36 * thickness)

  /// Each species evenly spread; `top`: the upper end of the sulfur at a frame, Å.
  private func frames(_ top: (Double) -> Double, count: Int) -> [[Vector3]] {
    (0..<count).map { (frame: Int) -> [Vector3] in
      let top = top(Double(frame))
      return (0..<800).map { (atom: Int) -> Vector3 in
        let part = (Double(atom % 400) + 0.5) / 400
        let z = atom < 400 ? top - Self.thickness * part : top + (40 - Self.thickness) * part
        return Vector3(0.17 * Double(atom), 0.31 * Double(atom), z / 40)
      }
    }
  }

  private func follow(
    _ frames: [[Vector3]], _ fronts: [FrontDefinition], frame: ReferenceFrame = .raw
  ) throws -> FrontReport {
    let sulfur = try element("S"), lithium = try element("Li")
    return try withTrajectory([Self.cell], (0..<800).map { $0 < 400 ? sulfur : lithium }, frames, spacing: 1) { trajectory in
      var analysis = FrontAnalysis(fronts)
      (analysis.block, analysis.reference) = (1, frame)
      return try analysis.run(trajectory)
    }
  }

  private func half(at start: Double? = nil) throws -> FrontDefinition {
    FrontDefinition(.density(try element("S")), threshold: 0.5 * Self.density, start: start)
  }

  @Test func growthByTheRootOfTimeIsRecognized() throws {
    func top(_ t: Double) -> Double { 18 + 2 * (t + 4).squareRoot() }
    let mixing = FrontDefinition(.mixing(SpeciesPair(try element("S"), try element("Li"))), threshold: 0.5, start: 20)
    let report = try follow(frames(top, count: 60), [try half(at: 7), try half(at: 22), mixing])
    for (front, offset) in zip(report.fronts, [-Self.thickness, 0]) {
      for (time, position) in zip(front.times, front.positions) {
        #expect(abs((try #require(position)) - top(time) - offset) < 0.15)
      }
    }
    for front in report.fronts {
      let best = try #require(front.laws.min { ($0.criterion ?? .infinity) < ($1.criterion ?? .infinity) })
      #expect(best.kind == .parabolic && abs((best.rate?.value ?? 0) - 2) < 0.06 && abs((best.start?.value ?? 0) + 4) < 1)
    }
    #expect(report.distances[0].values.allSatisfy { abs(($0 ?? 0) - Self.thickness) < 0.2 })
  }

  @Test func evenMotionIsLinear() throws {
    let laws = try follow(frames({ 20 + 0.1 * $0 }, count: 50), [try half(at: 20)]).fronts[0].laws
    let best = try #require(laws.min { ($0.criterion ?? .infinity) < ($1.criterion ?? .infinity) })
    #expect(best.kind == .linear && abs((best.rate?.value ?? 0) - 0.1) < 0.001 && abs(best.origin.value - 20) < 0.1)
    #expect(abs(best.value(at: 10) - 21) < 0.1)
  }

  @Test func aFrontGoesOnThroughTheBorderAndDriftIsTakenAway() throws {
    let drift = frames({ 20 + 0.5 * $0 }, count: 100)
    let raw = try follow(drift, [try half(at: 20)]).fronts[0].positions.compactMap { $0 }
    #expect(raw.count == 100 && raw.enumerated().allSatisfy { abs($1 - 20 - 0.5 * Double($0)) < 0.15 })
    for reference in [ReferenceFrame.centerOfMass, .species(try element("Li"))] {
      let still = try follow(drift, [try half(at: 20)], frame: reference).fronts[0].positions.compactMap { $0 }
      #expect(still.count == 100 && still.allSatisfy { abs($0 - 20) < 0.15 })
    }
  }

  @Test func coordinationHasAFrontWhereNeighborsEnd() throws {
    // The part of a sphere of 3 Å above the border holds 5 lithium atoms for centers 1.83 Å below it.
    let front = FrontDefinition(.coordination(SpeciesPair(try element("S"), try element("Li")), 3), threshold: 5, start: 18)
    let positions = try follow(frames({ _ in 20 }, count: 3), [front]).fronts[0].positions
    #expect(positions.allSatisfy { abs(($0 ?? 0) - 18.17) < 0.8 })
  }

  @Test func ambiguousAndMissingFrontsAreRefused() throws {
    let still = frames({ _ in 20 }, count: 3)
    #expect(throws: Failure.self) { try follow(still, [try half()]) }
    #expect(throws: Failure.self) {
      try follow(still, [FrontDefinition(.density(try element("S")), threshold: 9, start: 20)])
    }
    #expect(throws: Failure.self) {
      try follow(still, [FrontDefinition(.density(try element("P")), threshold: 1, start: 20)])
    }
    for bad in [
      "S:0.1", "density:S", "density:Xx:1", "mixing:Li:1", "coordination:P-S:2", "density:S:1@", "density:S:x", "@", "",
    ] {
      #expect(throws: Failure.self) { try FrontDefinition(bad) }
    }
    #expect(
      try FrontDefinition("coordination:P-S:2.6:2@-3.5")
        == FrontDefinition(.coordination(SpeciesPair(element("P"), element("S")), 2.6), threshold: 2, start: -3.5))
  }
}
