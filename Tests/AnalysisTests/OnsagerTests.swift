import Analysis
import Atomistics
import Communication
import Diagnostics
import Foundation
import Numerics
import TestSupport
import Testing

@Suite(.serialized) struct OnsagerTests {
  private static let temperature = 500.0
  private static let thermalVolume = Units.boltzmann * temperature * SyntheticTrajectory.volume

  /// Three lithium, two sulfur: steps of their own and one that all share, a part of it in the opposite direction.
  private static func correlated(frames: Int, id: Int = 0) throws -> SyntheticTrajectory {
    let shared = SyntheticTrajectory.noise(frames, id: id)
    let walks = (0..<5).map { atom -> [Vector3] in
      let own = SyntheticTrajectory.noise(frames, id: id + 1 + atom)
      let (a, b) = atom < 3 ? (0.3, 0.1) : (0.15, -0.08)
      return SyntheticTrajectory.walk(zip(own, shared).map { a * $0 + b * $1 }, from: Vector3(Double(atom), 2, 3))
    }
    return try SyntheticTrajectory(["Li", "Li", "Li", "S", "S"], positions: SyntheticTrajectory.transposed(walks))
  }

  /// L of the steps above: Σ over pairs of atoms of the steps' covariance, over 2 Δt k_B T V.
  private static let exact: [[Double]] = {
    let counts = [3.0, 2], own = [0.09, 0.0225], shared = [0.1, -0.08]
    return (0..<2).map { i in
      (0..<2).map { j in
        ((i == j ? counts[i] * own[i] : 0) + counts[i] * counts[j] * shared[i] * shared[j]) / (0.2 * thermalVolume)
      }
    }
  }()

  private func options(_ change: (inout OnsagerOptions) throws -> Void = { _ in }) throws -> OnsagerOptions {
    var options = OnsagerOptions(temperature: Self.temperature)
    options.reference = .raw
    options.charges = try SpeciesValues("Li=1,S=-2", noun: "charge")
    try change(&options)
    return options
  }

  private func json(_ report: OnsagerReport) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
  }

  @Test func collectiveDisplacementsAreThoseOfADoubleLoop() throws {
    let directory = try TemporaryDirectory(), frames = 120, synthetic = try Self.correlated(frames: frames)
    let report = try OnsagerAnalysis.run(
      try synthetic.open(in: directory),
      try options {
        $0.window = try FitWindow("0.1:0.5")
        $0.maximumLag = 4
        $0.blockCount = 5
      })
    let curves = try #require(try json(report)["correlations"] as? [String: Any])
    let found = try #require(curves["collective_A2"] as? [[[Double]]])
    #expect(found.count == 41)
    for lag in [1, 7, 40] {
      var sums = [[0.0, 0], [0, 0]]
      for t in 0..<frames - lag {
        let moved = [0..<3, 3..<5].map { atoms in
          atoms.reduce(Vector3.zero) { $0 + synthetic.positions[t + lag][$1] - synthetic.positions[t][$1] }
        }
        for i in 0..<2 {
          for j in 0..<2 { sums[i][j] += (moved[i] * moved[j]).sum() / Double(frames - lag) }
        }
      }
      for i in 0..<2 {
        for j in 0..<2 { #expect(abs(found[lag][i][j] - sums[i][j]) < 1e-6 * abs(sums[0][0])) }
      }
    }
  }

  @Test(arguments: OnsagerMethod.allCases) func everyMethodFindsTheMatrix(method: OnsagerMethod) throws {
    let directory = try TemporaryDirectory()
    let report = try OnsagerAnalysis.run(
      try Self.correlated(frames: 4000).open(in: directory),
      try options {
        $0.method = method
        $0.integrateTo = 0.1
      })
    for i in 0..<2 {
      for j in 0..<2 {
        let found = report.onsager[i][j]
        #expect(abs(found.value - Self.exact[i][j]) < 4 * found.standardError, "\(method) \(i) \(j)")
        #expect(found.standardError < 0.1 * (Self.exact[i][i] * Self.exact[j][j]).squareRoot())
        #expect(found.halfWidth95 > 1.9 * found.standardError)
        #expect(report.onsager[j][i] == found)
      }
    }
    #expect(report.isPositiveSemidefinite)
    let ionic = try #require(report.ionic)
    let reduced = Self.exact[0][0] - 4 * Self.exact[0][1] + 4 * Self.exact[1][1]
    #expect(abs(ionic.conductivity.value - 1602.176634 * reduced) < 4 * ionic.conductivity.standardError)
    #expect(abs(ionic.transference.reduce(0) { $0 + $1.value } - 1) < 1e-12)
    #expect(abs(ionic.havenRatio.value * ionic.ionicity.value - 1) < 1e-12)
    for (i, own) in [0.1, 0.0289].enumerated() {
      // D = step²/(2 Δt): 0.09 + 0.01 and 0.0225 + 0.0064.
      #expect(abs(report.diffusion[i].value - own / 0.2) < 4 * report.diffusion[i].standardError)
    }
  }

  /// Where the correlation stops after the first value, the Green–Kubo integral of the rates is half their mean square.
  @Test func momentumIsConservedInTheBarycentricFrame() throws {
    let directory = try TemporaryDirectory(), trajectory = try Self.correlated(frames: 300).open(in: directory)
    for method in [OnsagerMethod.einstein, .greenKubo] {
      let report = try OnsagerAnalysis.run(
        trajectory,
        try options {
          $0.method = method
          $0.reference = .centerOfMass
          $0.integrateTo = 0.2
          $0.window = try FitWindow("0.1:0.8")
        })
      #expect(report.massSum < 1e-9 && report.isPositiveSemidefinite)
      #expect(abs(report.eigenvalues[0].value) < 1e-9 * report.eigenvalues[1].value)
    }
    let framework = try OnsagerAnalysis.run(
      trajectory,
      try options {
        $0.reference = .species(try #require(Element(symbol: "S")))
        $0.window = try FitWindow("0.1:0.8")
      })
    #expect(abs(framework.onsager[1][1].value) < 1e-12 && abs(framework.onsager[0][1].value) < 1e-12)
  }

  /// Two species in lockstep: their distinct parts are the self parts, and the ionicity of opposite charges is zero.
  @Test func boundPairsDoNotConduct() throws {
    let directory = try TemporaryDirectory(), frames = 400
    let walk = SyntheticTrajectory.walk(SyntheticTrajectory.noise(frames, id: 9).map { 0.2 * $0 }, from: .zero)
    let pair = try SyntheticTrajectory(
      ["Li", "Cl"], positions: SyntheticTrajectory.transposed([walk, walk.map { $0 + Vector3(2, 0, 0) }]))
    let report = try OnsagerAnalysis.run(
      try pair.open(in: directory),
      try options {
        $0.charges = try SpeciesValues("Li=1,Cl=-1", noun: "charge")
        $0.window = try FitWindow("0.1:1")
      })
    let l = report.onsager[0][0].value
    #expect(abs(report.onsager[0][1].value - l) < 1e-6 * l && abs(report.onsager[1][1].value - l) < 1e-6 * l)
    #expect(abs(report.selfParts[0].value - l) < 1e-6 * l && abs(report.distinctParts[0][0].value) < 1e-6 * l)
    #expect(abs(try #require(report.ionic).ionicity.value) < 1e-6)
  }

  @Test func fluxesFollowTheGradients() throws {
    let directory = try TemporaryDirectory()
    let report = try OnsagerAnalysis.run(
      try Self.correlated(frames: 400).open(in: directory),
      try options {
        $0.gradients = try SpeciesValues("S=-0.02", noun: "gradient")
        $0.window = try FitWindow("0.1:1")
      })
    let fluxes = try #require(report.fluxes)
    for i in 0..<2 {
      #expect(abs(fluxes.fluxes[i].value - 0.02 * report.onsager[i][1].value) < 1e-15)
      #expect(abs(fluxes.fluxes[i].standardError - 0.02 * report.onsager[i][1].standardError) < 1e-15)
    }
    let current = fluxes.fluxes[0].value - 2 * fluxes.fluxes[1].value
    #expect(abs(try #require(fluxes.currentDensity).value - 1.602176634e13 * current) < 1e-9 * abs(1.6e13 * current))
  }

  @Test func aWindowThatIsNotDiffusiveIsSaid() throws {
    let directory = try TemporaryDirectory(), frames = 3000
    // Persistent steps: the slope grows over about ten frames.
    let walks = (0..<4).map { atom -> [Vector3] in
      var step = Vector3.zero
      let steps = SyntheticTrajectory.noise(frames, id: 40 + atom).map { noise -> Vector3 in
        step = 0.9 * step + 0.1 * noise
        return step
      }
      return SyntheticTrajectory.walk(steps, from: .zero)
    }
    let trajectory = try SyntheticTrajectory(["Li", "Li", "S", "S"], positions: SyntheticTrajectory.transposed(walks))
      .open(in: directory)
    let early = try OnsagerAnalysis.run(trajectory, try options { $0.window = try FitWindow("0.1:2") })
    #expect(early.warnings.contains { $0.contains("linearly") })
    let chosen = try OnsagerAnalysis.run(trajectory, try options())
    #expect(try #require(chosen.window)[0] > 1 && chosen.warnings.isEmpty)
    // D = S(0)/2 of the steps: 0.01/(1 − 0.9)²/(2 Δt).
    for part in chosen.diffusion { #expect(abs(part.value - 5) < 4 * part.standardError + 0.5) }
  }

  @Test func wrongInputsAreNamed() throws {
    let directory = try TemporaryDirectory(), trajectory = try Self.correlated(frames: 60).open(in: directory)
    func failure(_ change: (inout OnsagerOptions) throws -> Void) throws -> Failure {
      try #require(throws: Failure.self) { _ = try OnsagerAnalysis.run(trajectory, try options(change)) }
    }
    #expect(try failure { $0.charges = try SpeciesValues("Li=1", noun: "charge") }.message == "S has no charge")
    let stranger = try failure { $0.charges = try SpeciesValues("Li=1,S=-2,P=5", noun: "charge") }
    #expect(stranger.message.contains("no P in the trajectory") && stranger.kind == .input)
    #expect(try failure { $0.temperature = 0 }.message.contains("temperature"))
    #expect(try failure { $0.window = try FitWindow("0.1:4") }.message.contains("beyond the largest lag"))
    #expect(try failure { $0.window = try FitWindow("0.1:2") }.message.contains("too short for lags up to 2.0 ps"))
    #expect(try failure { $0.blockCount = 2 }.message.contains("--blocks"))
    #expect(try failure {
      $0.method = .greenKubo
      $0.integrateTo = 100
    }.message.contains("cannot end"))
    #expect(try failure { $0.method = .cepstral }.message.contains("for spectra"))
    #expect(try failure {
      $0.method = .greenKubo
      $0.currents = .velocities
      $0.integrateTo = 0.2
    }.message.contains("no velocities"))
    for text in ["Li", "Li=x", "Xx=1", "Li=1,Li=2", ""] {
      #expect(throws: Failure.self) { try SpeciesValues(text, noun: "charge") }
    }
    let single = try Self.correlated(frames: 1).open(in: directory, "one.extxyz")
    let one = try #require(throws: Failure.self) { _ = try OnsagerAnalysis.run(single, try options()) }
    #expect(one.message.contains("one frame") && one.kind == .input)
  }
}
