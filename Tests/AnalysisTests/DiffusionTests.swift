import Analysis
import Atomistics
import Communication
import Diagnostics
import Formats
import Foundation
import Numerics
import Testing

/// Motions whose diffusion coefficient is known.
@Suite(.serialized) struct DiffusionTests {
  private static let edge = 30.0
  private let random = CounterRandom(.test, seed: 77)
  private let lithium = Element(symbol: "Li")!, sulfur = Element(symbol: "S")!

  /// Runs `body` on a NetCDF file of wrapped positions: [frames][atoms], 0.1 ps apart.
  private func withFile<T>(
    _ motion: [[Vector3]], _ elements: [Element], format: String = "nc", _ body: (String) throws -> T
  ) throws -> T {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "swmd-\(ProcessInfo.processInfo.processIdentifier)-diffusion.\(format)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let frames = motion.enumerated().map { number, positions in
      var frame = Configuration(
        cell: Cell(vectors: Matrix3(diagonal: Vector3(repeating: Self.edge)), periodic: .all), elements: elements,
        positions: positions.map { r in r - Self.edge * (r / Self.edge).rounded(.down) })
      frame.time = 100 * Double(number)
      return frame
    }
    try writeStructures(frames, to: path)
    return try body(path)
  }

  private func normal(_ frame: Int, _ atom: Int) -> Vector3 { random.normals(step: UInt64(frame), id: UInt64(atom)) }

  private func walk(frames: Int, atoms: Int, step: Double, first: Int = 0) -> [[Vector3]] {
    var now = (0..<atoms).map { 10 * normal(1_000_000, first + $0) }
    return (0..<frames).map { frame in
      defer { now = now.enumerated().map { $1 + step * normal(frame, first + $0) } }
      return now
    }
  }

  private func diffusion(
    _ path: String, _ change: (inout SelfDiffusion.Options) throws -> Void = { _ in }
  ) throws -> SelfDiffusion {
    var options = SelfDiffusion.Options()
    try change(&options)
    return try SelfDiffusion(of: Trajectory(path: path, communicator: .alone), options: options)
  }

  /// Uniform motion: the displacement is exactly (v t)², along each axis (v_a t)².
  @Test func displacementsOfUniformMotionAreExact() throws {
    let velocity = Vector3(0.7, -0.4, 1.1)
    let motion = (0..<80).map { frame in [Double(frame) * velocity, Vector3(1, 2, 3) - Double(frame) * velocity] }
    try withFile(motion, [lithium, sulfur]) { path in
      let species = try diffusion(path) { $0.estimator = .ols }.species
      for one in species {
        for lag in 0...40 {
          let exact = Double(lag * lag) * velocity.lengthSquared
          #expect(abs(one.displacement[lag] - exact) <= 1e-5 * max(exact, 1))
          #expect(abs(one.axes[2][lag] - Double(lag * lag) * velocity.z * velocity.z) <= 1e-5 * max(exact, 1))
        }
        #expect(abs(one.logSlope - 2) < 1e-4)
      }
      // Seen from sulfur, lithium moves twice as fast, and sulfur not at all.
      let relative = try diffusion(path) { ($0.reference, $0.estimator) = (.species(sulfur), .ols) }.species
      #expect(abs(relative[0].displacement[10] / species[0].displacement[10] - 4) < 1e-5)
      #expect(relative[1].result.D_A2_per_ps == 0 && relative[1].result.D_stderr == nil && relative[1].fallback != nil)
    }
  }

  /// Every estimator's 95 % interval, or three standard errors, holds the coefficient of a random walk; and they agree.
  @Test func randomWalksHaveTheirCoefficient() throws {
    let exact = 0.2 * 0.2 / (2 * 0.1)
    try withFile(walk(frames: 3000, atoms: 12, step: 0.2), [Element](repeating: lithium, count: 12)) { path in
      let one = try diffusion(path).species[0]
      #expect(one.estimator == .gls && one.fallback == nil && one.isDiffusive && one.window.lower == 0.1)
      for (way, estimate) in one.estimates {
        let error = try #require(estimate.D_stderr)
        #expect(abs(estimate.D_A2_per_ps - exact) < 3.5 * error, "\(way)")
        #expect(error < 0.2 * exact)
      }
      #expect(abs(one.tensor[0][0] + one.tensor[1][1] + one.tensor[2][2] - 3 * one.result.D_A2_per_ps) < 1e-12)
      #expect(abs(one.tensor[0][1]) < 0.1 * exact && one.tensor[0][1] == one.tensor[1][0])
      #expect(one.independentAtoms > 9)
      // The same motion in two molecules of six: atoms that move together are seen to do so.
      let pairs = walk(frames: 3000, atoms: 2, step: 0.2)
      let molecules = pairs.map { frame in (0..<12).map { frame[$0 / 6] + Vector3(Double($0), 0, 0) } }
      let rigid = try withFile(molecules, [Element](repeating: lithium, count: 12)) { try diffusion($0).species[0] }
      #expect(rigid.independentAtoms > 1.6 && rigid.independentAtoms < 2.4)
      let wide = try #require(rigid.result.D_interval95), error = try #require(rigid.result.D_stderr)
      #expect(wide[1] - wide[0] > 2 * 1.96 * 2 * error)
    }
  }

  /// An atom bound to its site: the covariance of a walk is not positive definite, least squares stand in, D is not seen.
  @Test func boundAtomsFallBackToLeastSquares() throws {
    var position = (0..<8).map { _ in Vector3.zero }
    let motion = (0..<1500).map { frame in
      position = position.enumerated().map { 0.8 * $1 + 0.3 * normal(frame, $0) }
      return position.enumerated().map { $1 + Vector3(3 * Double($0), 0, 0) }
    }
    try withFile(motion, [Element](repeating: sulfur, count: 8)) { path in
      let one = try diffusion(path).species[0]
      #expect(one.estimator == .ols && one.fallback != nil && one.estimates[.gls] == nil)
      let error = try #require(one.result.D_stderr), interval = try #require(one.result.D_interval95)
      #expect(abs(one.result.D_A2_per_ps) < 4 * error && interval[0] < 0)
      let posterior = try #require(one.posterior)
      #expect(posterior.interval95.lowerBound >= 0 && posterior.mean > 0)
      // Vibration alone: MSD = 6 s² at long lags, s² = 0.3²/(1 − 0.8²).
      #expect(abs(one.displacement[200] / (6 * 0.09 / 0.36) - 1) < 0.05)
    }
  }

  /// Short parts of the trajectory in several passes, and text instead of binary frames, give the same numbers.
  @Test func passesAndFormatsDoNotMatter() throws {
    let motion = walk(frames: 200, atoms: 5, step: 0.3), elements = [lithium, sulfur, lithium, lithium, sulfur]
    let whole = try withFile(motion, elements) { path in
      let parts = try diffusion(path) { ($0.memory, $0.reference) = (3 * 200 * 8, .centerOfMass) }
      let whole = try diffusion(path) { $0.reference = .centerOfMass }
      for (a, b) in zip(parts.species, whole.species) {
        for lag in a.displacement.indices { #expect(abs(a.displacement[lag] - b.displacement[lag]) < 1e-10) }
      }
      return whole
    }
    let text = try withFile(motion, elements, format: "extxyz") { path in
      try diffusion(path) { $0.reference = .centerOfMass }
    }
    for (a, b) in zip(text.species, whole.species) {
      #expect(a.element == b.element && abs(a.result.D_A2_per_ps / b.result.D_A2_per_ps - 1) < 1e-5)
    }
  }

  @Test func impossibleRequestsAreRefused() throws {
    try withFile(walk(frames: 60, atoms: 2, step: 0.3), [lithium, lithium]) { path in
      #expect(throws: Failure.self) { try diffusion(path) { $0.window = try FitWindow("1:20") } }
      #expect(throws: Failure.self) { try diffusion(path) { $0.blockCount = 40 } }
      #expect(throws: Failure.self) { try diffusion(path) { $0.largestLag = 100 } }
      #expect(throws: Failure.self) { try diffusion(path) { $0.reference = .species(sulfur) } }
      #expect(throws: Failure.self) {
        try diffusion(path) { ($0.window, $0.estimator) = (try FitWindow("0.1:2.5"), .blocks) }
      }
    }
    try withFile(walk(frames: 4, atoms: 2, step: 0.3), [lithium, lithium]) { path in
      let failure = #expect(throws: Failure.self) { try diffusion(path) }
      #expect(failure?.message.contains("10 at least") == true)
    }
  }

  /// Of a half-normal distribution, and of one far from the cut.
  @Test func posteriorsKnowThatNothingDiffusesBackwards() {
    let half = TruncatedNormal(location: 0, scale: 2)
    #expect(abs(half.mean - 2 * (2 / Double.pi).squareRoot()) < 1e-12)
    #expect(abs(half.standardDeviation - 2 * (1 - 2 / Double.pi).squareRoot()) < 1e-12)
    #expect(abs(half.interval95.upperBound - 2 * 2.241402727604947) < 1e-9)
    let free = TruncatedNormal(location: 10, scale: 1)
    #expect(abs(free.mean - 10) < 1e-12 && abs(free.interval95.lowerBound - (10 - 1.959963984540054)) < 1e-9)
    let far = TruncatedNormal(location: -50, scale: 1)
    #expect(abs(far.mean - 0.02) < 1e-4 && far.interval95.lowerBound > 0)
  }
}
