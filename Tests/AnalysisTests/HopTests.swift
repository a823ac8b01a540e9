import Analysis
import Atomistics
import Diagnostics
import Formats
import Foundation
import Numerics
import TestSupport
import Testing

/// Hops on a simple cubic lattice whose rates are known.
@Suite(.serialized) struct HopTests {
  static let cell = Cell(vectors: Matrix3(diagonal: Vector3(repeating: 9)), periodic: .all)
  static let sites = (0..<27).map { (site: Int) -> Vector3 in
    let place = SIMD3<Int>(site / 9, site / 3 % 3, site % 3)
    return Vector3(place) / 3
  }
  static let directions: [Vector3] = [
    Vector3(1, 0, 0), Vector3(-1, 0, 0), Vector3(0, 1, 0), Vector3(0, -1, 0), Vector3(0, 0, 1), Vector3(0, 0, -1),
  ]

  private func analyze(_ places: [[Vector3]], core: Double? = nil, spacing: Double = 0.5) throws -> HopReport {
    let lithium = try element("Li"), folder = try TemporaryDirectory()
    try writeSites(folder.file("sites.extxyz"))
    return try withTrajectory([Self.cell], places[0].map { _ in lithium }, places, spacing: spacing) { trajectory in
      var analysis = HopAnalysis(mobile: lithium, sites: .file(folder.file("sites.extxyz"), lithium))
      analysis.core = core
      return try analysis.run(trajectory)
    }
  }

  @Test func aMarkovChainHasItsRateLengthAndDiffusivity() throws {
    var dice = Dice(11)
    let p = 0.05, atomCount = 60, frameCount = 500, dt = 0.5
    var now = (0..<atomCount).map { _ in Self.sites[dice.integer(0...26)] }, hops = 0
    let places = (0..<frameCount).map { frame -> [Vector3] in
      if frame > 0 {
        for atom in now.indices where dice.unit() < p {
          now[atom] += Self.directions[dice.integer(0...5)] / 3
          hops += 1
        }
      }
      // Rattling of 0.3 Å in a core of 1.2 Å.
      return now.map { $0 + dice.signedVector3() / 30 }
    }
    let s = try analyze(places, spacing: dt).statistics
    #expect(s.hopCount == hops && s.atomCount == atomCount)
    let rate = p / dt
    #expect(abs(s.rate.value - rate) < 4 * rate / Double(hops).squareRoot())
    let error = try #require(s.rate.error), expected = (rate / (Double(atomCount) * s.duration)).squareRoot()
    #expect(error > 0.5 * expected && error < 2 * expected)
    #expect(s.shells.count == 1 && abs(s.shells[0].distance - 3) < 1e-5 && s.shells[0].count == hops)
    #expect(s.vectors.count == 6 && s.vectors.allSatisfy { abs($0.vector.length - 3) < 1e-5 })
    let factor = try #require(s.correlationFactor), angular = try #require(s.angularCorrelationFactor)
    for (value, error) in [(factor.value, factor.error), (angular.value, angular.error)] {
      #expect(abs(value - 1) < 4 * (try #require(error)))
    }
    #expect(abs(s.diffusivity.value - rate * 9 / 6) < 4 * (try #require(s.diffusivity.error)))
    for (time, (value, error)) in zip(s.survival.times, zip(s.survival.values, s.survival.errors))
    where time > 0 && value > 0.02 {
      #expect(abs(value - pow(1 - p, (time / dt).rounded())) < 5 * error)
    }
    #expect(abs(s.occupancy.reduce(0, +) - Double(atomCount)) < 1e-9)
  }

  @Test func rattlingAcrossTheBorderIsNoHop() throws {
    var dice = Dice(3)
    // Around the middle between two sites, 1.5 Å from each, but never within 1.2 Å of the second.
    func at(_ x: Double) -> [Vector3] { [Vector3(x, 0.1, 0) / 9] }
    let places = (0..<200).map { frame in at(frame == 0 ? 0.2 : 1.5 + 0.28 * dice.signed()) }
    #expect(try analyze(places).statistics.hopCount == 0)
    let hop = places + [at(2), at(1.4)]
    #expect(try analyze(hop).statistics.hopCount == 1)
  }

  @Test func hopsThatAreUndoneDoNotDiffuse() throws {
    let places = (0..<41).map { frame in [Vector3(frame / 2 % 2 == 0 ? 0 : -1.0 / 3, 0, 0)] }
    let s = try analyze(places).statistics
    #expect(s.hopCount == 20 && s.returnFraction == 1 && s.diffusivity.value == 0)
    #expect(s.correlationFactor?.value == 0 && abs((s.meanCosine?.value ?? 0) + 1) < 1e-12)
    #expect(s.completedStays == [Double](repeating: 1, count: 19))
  }

  @Test func theBorderOfTheCellIsNoEndOfAPath() throws {
    // Four times around the cell: all hops along one vector.
    let s = try analyze((0..<37).map { [Vector3(Double($0) / 3, 0, 0)] }).statistics
    #expect(s.hopCount == 36 && s.vectors.count == 1 && abs(s.vectors[0].vector.x - 3) < 1e-5)
    #expect(abs((s.correlationFactor?.value ?? 0) - 36) < 1e-6)
    #expect(abs(s.diffusivity.value - 108 * 108 / (6 * s.duration)) < 1e-3)
  }

  @Test func sitesAreTheMeansOfTheHost() throws {
    var dice = Dice(5)
    let lithium = try element("Li"), sulfur = try element("S")
    let places = (0..<60).map { (frame: Int) -> [Vector3] in
      let host = Self.sites.map { $0 + dice.signedVector3() / 60 }
      return host + [Vector3(Double(frame / 20) / 3, 0.02, 0)]
    }
    try withTrajectory([Self.cell], Self.sites.map { _ in sulfur } + [lithium], places) { trajectory in
      let report = try HopAnalysis(mobile: lithium, sites: .averages(of: sulfur)).run(trajectory)
      #expect(report.sites.count == 27 && report.statistics.hopCount == 2)
      #expect(
        zip(report.sites, Self.sites).allSatisfy { site, exact in
          let apart = site - exact
          return (apart - apart.rounded(.toNearestOrAwayFromZero)).length < 0.02
        })
    }
  }

  @Test func coresThatTouchAndForeignCellsAreRefused() throws {
    #expect(throws: Failure.self) { try analyze([[.zero], [.zero]], core: 1.6) }
    let lithium = try element("Li"), folder = try TemporaryDirectory()
    try writeSites(folder.file("sites.extxyz"))
    let larger = Cell(vectors: 1.2 * Self.cell.vectors, periodic: .all)
    try withTrajectory([larger], [lithium], [[.zero], [.zero]]) { trajectory in
      let analysis = HopAnalysis(mobile: lithium, sites: .file(folder.file("sites.extxyz"), lithium))
      #expect(throws: Failure.self) { try analysis.run(trajectory) }
    }
  }

  private func writeSites(_ path: String) throws {
    let lithium = try element("Li")
    try writeStructures(
      [
        Configuration(
          cell: Self.cell, elements: Self.sites.map { _ in lithium }, positions: Self.sites.map { $0 * Self.cell.vectors })
      ], to: path)
  }
}
