import Analysis
import Atomistics
import Diagnostics
import Numerics
import TestSupport
import Testing

/// Sulfur that fills the cell up to a height which is known.
@Suite(.serialized) struct FrontTests {
  static let cell = Cell(vectors: Matrix3(rows: Vector3(6, 0, 0), Vector3(1, 6, 0), Vector3(-2, 1, 40)), periodic: .all)

  /// Evenly spread over 5 Å to `height`; lithium takes the rest.
  private func frames(_ height: (Double) -> Double, count: Int, drift: Double = 0) -> [[Vector3]] {
    (0..<count).map { (frame: Int) -> [Vector3] in
      let top = height(Double(frame)), shift = drift * Double(frame)
      return (0..<800).map { (atom: Int) -> Vector3 in
        let part = (Double(atom % 400) + 0.5) / 400
        let z = atom < 400 ? 5 + (top - 5) * part : top + (45 - top) * part
        return Vector3(0.17 * Double(atom), 0.31 * Double(atom), (z + shift) / 40)
      }
    }
  }

  private func follow(_ frames: [[Vector3]], _ front: FrontDefinition, frame: ReferenceFrame = .raw) throws -> FrontReport {
    let sulfur = try element("S"), lithium = try element("Li")
    return try withTrajectory([Self.cell], (0..<800).map { $0 < 400 ? sulfur : lithium }, frames, spacing: 1) { trajectory in
      var analysis = FrontAnalysis([front, FrontDefinition(front.quantity, threshold: front.threshold, start: 5)])
      (analysis.block, analysis.reference) = (1, frame)
      return try analysis.run(trajectory)
    }
  }

  @Test func aFrontThatGrowsByTheRootOfTimeIsRecognized() throws {
    let mixing = FrontDefinition(.mixing(SpeciesPair(try element("S"), try element("Li"))), threshold: 0.5, start: 20)
    let report = try follow(frames({ 14 + 2 * ($0 + 4).squareRoot() }, count: 60), mixing), front = report.fronts[0]
    let best = try #require(front.laws.min { ($0.criterion ?? .infinity) < ($1.criterion ?? .infinity) })
    #expect(best.kind == .parabolic)
    #expect(abs((best.rate?.value ?? 0) - 2) < 0.1 && abs((best.start?.value ?? 0) + 4) < 1.5)
    // The threshold is passed beyond the border, where the smoothed profile falls.
    for (time, position) in zip(front.times, front.positions) {
      #expect(abs((try #require(position)) - (14 + 2 * (time + 4).squareRoot()) - 1) < 1)
    }
    #expect(abs((report.distances[0].values[0] ?? 0) + 13) < 3)
  }

  @Test func aFrontThatMovesEvenlyIsLinear() throws {
    let density = FrontDefinition(.density(try element("S")), threshold: 0.2, start: 12)
    let report = try follow(frames({ 12 + 0.1 * $0 }, count: 50), density), laws = report.fronts[0].laws
    let linear = try #require(laws.first { $0.kind == .linear })
    #expect(abs((linear.rate?.value ?? 0) - 0.1) < 0.006)
    let weights = laws.map { $0.criterion ?? .infinity }
    #expect((weights.min() ?? 0) < (laws.first { $0.kind == .constant }?.criterion ?? 0) - 100)
  }

  @Test func aFrontGoesOnThroughTheBorderAndDriftIsTakenAway() throws {
    let density = FrontDefinition(.density(try element("S")), threshold: 0.2, start: 12)
    let still = frames({ _ in 12 }, count: 80, drift: 0.5)
    let raw = try follow(still, density).fronts[0].positions.compactMap { $0 }
    #expect(raw.count == 80 && zip(0..., raw).allSatisfy { abs($1 - raw[0] - 0.5 * Double($0)) < 0.3 })
    let host = try follow(still, density, frame: .centerOfMass).fronts[0].positions.compactMap { $0 }
    #expect(host.count == 80 && host.allSatisfy { abs($0 - host[0]) < 0.3 })
  }

  @Test func coordinationHasAFrontWhereNeighborsEnd() throws {
    let sulfur = try element("S")
    let front = FrontDefinition(.coordination(SpeciesPair(sulfur, try element("Li")), 3), threshold: 3, start: 12)
    let report = try follow(frames({ _ in 12 }, count: 3), front)
    // Sulfur less than 3 Å below the border has lithium around it.
    #expect(report.fronts[0].positions.allSatisfy { $0.map { $0 > 9.5 && $0 < 12.5 } ?? false })
  }

  @Test func ambiguousAndMissingFrontsAreRefused() throws {
    let density = FrontDefinition(.density(try element("S")), threshold: 0.2)
    #expect(throws: Failure.self) { try follow(frames({ _ in 12 }, count: 3), density) }
    let none = FrontDefinition(.density(try element("S")), threshold: 9)
    #expect(throws: Failure.self) { try follow(frames({ _ in 12 }, count: 3), none) }
    for bad in ["S:0.1", "density:S", "density:Xx:1", "mixing:Li:1", "coordination:P-S:2", "density:S:1@", "density:S:x", "@", ""] {
      #expect(throws: Failure.self) { try FrontDefinition(bad) }
    }
    #expect(
      try FrontDefinition("coordination:P-S:2.6:2@-3.5")
        == FrontDefinition(.coordination(SpeciesPair(element("P"), element("S")), 2.6), threshold: 2, start: -3.5))
  }
}
