import Analysis
import Atomistics
import Diagnostics
import Foundation
import Testing

@Suite(.serialized) struct ArrheniusTests {
  private func points(_ errors: (Double) -> Double?) -> [ArrheniusPoint] {
    [400.0, 500, 650, 900].map { temperature in
      let diffusion = 3 * exp(-0.4 / (Units.boltzmann * temperature))
      return ArrheniusPoint(temperature: temperature, diffusion: diffusion, error: errors(diffusion))
    }
  }

  @Test func exactPointsGiveTheirLine() throws {
    for errors in [{ _ in nil }, { 0.1 * $0 }] as [(Double) -> Double?] {
      let fit = try ArrheniusFit(points(errors), name: "Li")
      #expect(abs(fit.activationEnergy - 0.4) < 1e-12 && abs(fit.logPrefactor - log(3)) < 1e-11)
      #expect(abs(fit.logDiffusion(at: 300).value - (log(3) - 0.4 / (Units.boltzmann * 300))) < 1e-11)
    }
  }

  /// Ten percent everywhere: the covariance is 0.01 (AᵀA)⁻¹, and the extrapolation's error grows away from the points.
  @Test func errorsArePropagated() throws {
    let fit = try ArrheniusFit(points { 0.1 * $0 }, name: "Li")
    let x = [400.0, 500, 650, 900].map { 1 / (Units.boltzmann * $0) }, mean = x.reduce(0, +) / 4
    let spread = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let error = try #require(fit.activationEnergyError)
    #expect(abs(error - 0.1 / spread.squareRoot()) < 1e-12)
    let cold = 1 / (Units.boltzmann * 300)
    let expected = 0.1 * (1 / 4 + (cold - mean) * (cold - mean) / spread).squareRoot()
    #expect(abs(try #require(fit.logDiffusion(at: 300).error) - expected) < 1e-12)
    let interval = try #require(fit.interval95(at: 300))
    #expect(abs(log(interval[1] / interval[0]) - 2 * 1.959963984540054 * expected) < 1e-10)
  }

  @Test func whatHasNoLogarithmIsRefused() {
    let good = points { 0.1 * $0 }
    for bad in [
      ArrheniusPoint(temperature: 0, diffusion: 1, error: 1), ArrheniusPoint(temperature: 300, diffusion: -1, error: 1),
      ArrheniusPoint(temperature: 300, diffusion: 1, error: 0), ArrheniusPoint(temperature: 300, diffusion: 1, error: nil),
    ] {
      #expect(throws: Failure.self) { try ArrheniusFit(good + [bad], name: "Li") }
    }
    #expect(throws: Failure.self) { try ArrheniusFit([good[0], good[0]], name: "Li") }
  }

  @Test func tablesAndResultsAreRead() throws {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "swmd-\(ProcessInfo.processInfo.processIdentifier)-arrhenius")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    func file(_ name: String, _ text: String) throws -> String {
      let path = directory.appending(path: name)
      try Data(text.utf8).write(to: path)
      return path.path
    }
    let table = try file("table.csv", "T_K,D,stderr\n400,0.1,0.01\n\n# hotter\n500, 0.2, 0.02\n")
    let read = try ArrheniusSources.read([table], elements: [])
    #expect(read.count == 1 && read[0].name == "D" && read[0].points.count == 2)
    #expect(read[0].points[1] == ArrheniusPoint(temperature: 500, diffusion: 0.2, error: 0.02))
    let result = try file(
      "msd.json", #"{"parameters": {"temperature_K": 600}, "species": {"Li": {"D_A2_per_ps": 0.3, "D_stderr": 0.01}}}"#)
    let bare = try file("bare.json", #"{"parameters": {}, "species": {"Li": {"D_A2_per_ps": 0.4, "D_stderr": 0.02}}}"#)
    let both = try ArrheniusSources.read([result, "700=\(bare)"], elements: ["Li"])
    #expect(both[0].points.map(\.temperature) == [600, 700])
    #expect(throws: Failure.self) { try ArrheniusSources.read([bare], elements: []) }
    #expect(throws: Failure.self) { try ArrheniusSources.read([result], elements: ["S"]) }
    #expect(throws: Failure.self) { try ArrheniusSources.read([try file("bad.csv", "400,abc\n")], elements: []) }
    #expect(throws: Failure.self) { try ArrheniusSources.read([try file("empty.csv", "T,D\n")], elements: []) }
    #expect(throws: Failure.self) { try ArrheniusSources.read([directory.appending(path: "none").path], elements: []) }
  }
}
