import Atomistics
import Diagnostics
import Foundation
import Mechanics
import Numerics
import Testing

@Suite(.serialized) struct ElasticTests {
  private func constants(_ crystal: (Configuration, BondedCrystal), relaxed: Bool = false) throws -> ElasticConstants {
    try ElasticCalculation(amplitude: 0.004, relaxesAtoms: relaxed).run(crystal.0, crystal.1).best
  }

  private func largestDifference(_ a: DenseMatrix, _ b: DenseMatrix) -> Double {
    (a - b).elements.map { abs($0) }.max() ?? .infinity
  }

  @Test func springsGiveTheirConstants() throws {
    let (a, k1, k2) = (3.1, 5.0, 2.0)
    let c = try constants(simpleCubic(a: a, k1: k1, k2: k2))
    var expected = DenseMatrix(diagonal: [0, 1, 2].map { _ in (k1 + 2 * k2) / a } + [0, 1, 2].map { _ in k2 / a })
    for (i, j) in [(0, 1), (0, 2), (1, 2)] { (expected[i, j], expected[j, i]) = (k2 / a, k2 / a) }
    #expect(largestDifference(c.stiffness, expected) < 1e-6 * k1 / a)
    #expect(c.asymmetry < 1e-10 && c.isStable)
    guard case .cubic(let c11, let c12, let c44)? = CrystalForm(c) else {
      Issue.record("a cubic crystal is not recognized")
      return
    }
    #expect(abs(c11.value - (k1 + 2 * k2) / a) < 1e-6 && abs(c12.value - k2 / a) < 1e-6 && abs(c44.value - k2 / a) < 1e-6)
  }

  @Test func relaxedAtomsSoftenTheStack() throws {
    let (a, ka, kb, k2) = (2.9, 8.0, 3.0, 0.7)
    let crystal = stacked(a: a, ka: ka, kb: kb, k: 4, k2: k2)
    let result = try ElasticCalculation(amplitude: 0.004).run(crystal.0, crystal.1)
    let (p, q) = (ka + 2 * k2, kb + 2 * k2)
    let relaxed = try #require(result.relaxed)
    #expect(abs(result.clamped.stiffness[2, 2] - (p + q) / (2 * a)) < 1e-6)
    #expect(abs(relaxed.stiffness[2, 2] - 2 * p * q / ((p + q) * a)) < 1e-6)
    // Along x nothing moves the atoms against each other.
    #expect(abs(relaxed.stiffness[0, 0] - result.clamped.stiffness[0, 0]) < 1e-6)
    #expect(relaxed.asymmetry < 1e-8)
  }

  /// C'_abcd = R_ia R_jb R_kc R_ld C_ijkl for a crystal turned by r' = r R; under stress, where C and B differ.
  @Test func theTensorTurnsWithTheCrystal() throws {
    let (frame, model) = simpleCubic(a: 3, k1: 5, k2: 1.4, slack: 0.97)
    let rotation = Self.rotation(about: Vector3(1, 2, -0.7), by: 0.83)
    let straight = try constants((frame, model)), turned = try constants((frame.deformed(by: rotation), model))
    for (path, tolerance) in [(\ElasticConstants.stiffness, 2e-6), (\ElasticConstants.stressStrainCoefficients, 2e-6)] {
      let expected = Self.turned(straight[keyPath: path], by: rotation)
      #expect(largestDifference(turned[keyPath: path], expected) < tolerance)
      #expect(largestDifference(turned[keyPath: path], straight[keyPath: path]) > 0.1)
    }
    for (a, b) in zip(straight.moduliOrFail, turned.moduliOrFail) { #expect(abs(a - b) < 1e-5) }
    // In Voigt's notation a rotation changes the eigenvalues, but never their signs.
    #expect(straight.isStable && turned.isStable)
  }

  /// −V dp/dV = (B11 + 2 B12)/3 of a cubic crystal at any pressure, and not (C11 + 2 C12)/3.
  @Test func theBulkModulusUnderPressure() throws {
    let (frame, model) = lennardJonesCrystal(a: 4.9)
    func pressure(_ scale: Double) -> Double {
      let strained = frame.deformed(by: scale * .identity)
      return model.evaluate(strained).virial.trace / (3 * strained.cell.volume)
    }
    let step = 1e-4
    let bulk = -(pressure(1 + step) - pressure(1 - step)) / (6 * step)
    let c = try constants((frame, model))
    let b = c.stressStrainCoefficients
    #expect(pressure(1) > 0.1 * bulk / 3)
    #expect(abs((b[0, 0] + 2 * b[0, 1]) / 3 / bulk - 1) < 1e-4)
    #expect(abs((c.stiffness[0, 0] + 2 * c.stiffness[0, 1]) / 3 / bulk - 1) > 0.01)
  }

  @Test func lennardJonesObeysCauchyAndAgreesWithItsEquationOfState() throws {
    let (start, model) = lennardJonesCrystal(a: 5.4)
    // The relaxation has to undo a shear and a stretch, too.
    let strained = start.deformed(by: .identity + Voigt.strain([0.02, -0.03, 0.01, 0.02, 0, -0.04]))
    let reference = try CellRelaxation(stressTolerance: 1e-12, relaxesAtoms: false).run(strained, model)
    #expect(Voigt.stress(model.evaluate(reference).virial).allSatisfy { abs($0) < 1e-12 * reference.cell.volume })
    // fcc again, if not in its first orientation: edges alike, 60° between them.
    let rows = (0..<3).map { reference.cell.vectors[$0] }
    for (i, j) in [(0, 1), (0, 2), (1, 2)] {
      #expect(abs(rows[i].length / rows[j].length - 1) < 1e-6)
      #expect(abs(rows[i].dot(rows[j]) / (rows[i].length * rows[j].length) - 0.5) < 1e-6)
    }
    let edge = cbrt(4 * reference.cell.volume), upright = lennardJonesCrystal(a: edge).0
    let c = try constants((upright, model)).stiffness
    #expect(abs(c[0, 1] / c[3, 3] - 1) < 1e-5)
    #expect(c[0, 0] > 1.5 * c[0, 1])
    let points = try EquationOfStateCalculation(range: 0.995...1.005, count: 9, relaxesAtoms: false).run(upright, model)
    let fit = try EquationOfStateFit(.birchMurnaghan, volumes: points.map(\.volume), energies: points.map(\.energy))
    #expect(abs(fit.parameters.bulkModulus / ((c[0, 0] + 2 * c[0, 1]) / 3) - 1) < 1e-4)
    #expect(abs(fit.parameters.volume / reference.cell.volume - 1) < 1e-6)
    for point in points { #expect(abs(fit.pressure(at: point.volume) - point.pressure) < 1e-6) }
  }

  /// Standard errors: noise of known size in the stresses scatters the constants as much as they say.
  @Test func standardErrorsAreThoseOfTheNoise() throws {
    struct Noisy: MechanicalModel {
      let model: BondedCrystal
      let noise: CounterRandom
      let run: UInt64
      final class Count { var value: UInt64 = 0 }
      let count = Count()

      func evaluate(_ configuration: Configuration) -> Response {
        count.value += 1
        var response = model.evaluate(configuration)
        for row in 0..<3 { response.virial[row] += 1e-3 * noise.normals(step: run, id: 3 * count.value + UInt64(row)) }
        return response
      }

      func relaxingAtoms(of configuration: Configuration) -> Configuration { configuration }
    }
    let (frame, model) = simpleCubic(a: 3, k1: 5, k2: 2), exact = try constants((frame, model)).stiffness
    var pulls: [Double] = []
    for run in 0..<60 {
      let noisy = Noisy(model: model, noise: CounterRandom(.test, seed: 5), run: UInt64(run))
      let c = try ElasticCalculation(amplitude: 0.01, relaxesAtoms: false).run(frame, noisy).best
      for i in 0..<3 { pulls.append((c.stiffness[i, i] - exact[i, i]) / c.errors[i, i]) }
    }
    // Student's t with three degrees of freedom: half of |t| lies below 0.765.
    let below = Double(pulls.count { abs($0) < 0.765 }) / Double(pulls.count)
    #expect(abs(below - 0.5) < 0.12, "\(below)")
  }

  @Test func isotropicModuliAreTheirOwnBounds() throws {
    // λ = 40, μ = 26.
    let (lambda, mu) = (40.0, 26.0)
    var c = DenseMatrix(diagonal: [0, 0, 0].map { $0 + lambda + 2 * mu } + [mu, mu, mu])
    for (i, j) in [(0, 1), (0, 2), (1, 2)] { (c[i, j], c[j, i]) = (lambda, lambda) }
    let errors = DenseMatrix(rows: 6, columns: 6, elements: [Double](repeating: 0.3, count: 36))
    let moduli = try #require(ElasticModuli(stiffness: c, errors: errors))
    for bulk in [moduli.bulkVoigt, moduli.bulkReuss, moduli.bulkHill] {
      #expect(abs(bulk.value - (lambda + 2 * mu / 3)) < 1e-10)
    }
    for shear in [moduli.shearVoigt, moduli.shearReuss, moduli.shearHill] { #expect(abs(shear.value - mu) < 1e-10) }
    #expect(abs(moduli.poissonHill.value - lambda / (2 * (lambda + mu))) < 1e-12)
    #expect(abs(moduli.youngHill.value - mu * (3 * lambda + 2 * mu) / (lambda + mu)) < 1e-10)
    #expect(abs(moduli.universalAnisotropy.value) < 1e-12)
    // 9 K = C11 + C22 + C33 + 2 (C12 + C13 + C23), six independent errors.
    #expect(abs(moduli.bulkVoigt.error - 0.3 * 15.0.squareRoot() / 9) < 1e-6)
    #expect(ElasticModuli(stiffness: DenseMatrix(rows: 6, columns: 6), errors: errors) == nil)
  }

  @Test func hexagonalFormsAreRecognized() throws {
    // Like magnesium, GPa; C66 = (C11 − C12)/2.
    func constants(c66: Double) -> ElasticConstants {
      var c = DenseMatrix(diagonal: [59.7, 59.7, 61.7, 16.4, 16.4, c66])
      for (i, j, value) in [(0, 1, 26.2), (0, 2, 21.7), (1, 2, 21.7)] { (c[i, j], c[j, i]) = (value, value) }
      let errors = DenseMatrix(rows: 6, columns: 6, elements: [Double](repeating: 0.01, count: 36))
      return ElasticConstants(derivatives: c, errors: errors, referenceStress: .zero)
    }
    guard case .hexagonal(let c11, _, let c13, let c33, let c44)? = CrystalForm(constants(c66: 16.75)) else {
      Issue.record("a hexagonal matrix is not recognized")
      return
    }
    #expect(abs(c11.value - 59.7) < 1e-12 && c33.value == 61.7 && abs(c44.value - 16.4) < 1e-12)
    #expect(abs(c13.error - 0.01 / 2.0.squareRoot() / 2.0.squareRoot()) < 1e-12)
    #expect(CrystalForm(constants(c66: 20)) == nil)
  }

  /// C44 < 0: the crystal gives way to a shear.
  @Test func instabilityIsSeen() throws {
    let c = try constants(simpleCubic(a: 3, k1: 5, k2: -0.5))
    #expect(!c.isStable && c.moduli == nil && abs(c.stabilityEigenvalues[0] + 0.5 / 3) < 1e-5)
    #expect(throws: Failure.self) { try ElasticCalculation(amplitude: 0) }
  }

  // MARK: Rotations

  private static func rotation(about axis: Vector3, by angle: Double) -> Matrix3 {
    let n = axis / axis.length, cross = Matrix3(rows: Vector3(0, n.z, -n.y), Vector3(-n.z, 0, n.x), Vector3(n.y, -n.x, 0))
    return .identity + sin(angle) * cross + (1 - cos(angle)) * (cross * cross)
  }

  private static func turned(_ c: DenseMatrix, by r: Matrix3) -> DenseMatrix {
    func voigt(_ i: Int, _ j: Int) -> Int { i == j ? i : 6 - i - j }
    var result = DenseMatrix(rows: 6, columns: 6)
    for (row, (a, b)) in Voigt.pairs.enumerated() {
      for (column, (e, d)) in Voigt.pairs.enumerated() {
        for n in 0..<81 {
          let (i, j, k, l) = (n / 27, n / 9 % 3, n / 3 % 3, n % 3)
          result[row, column] += r[i, a] * r[j, b] * r[k, e] * r[l, d] * c[voigt(i, j), voigt(k, l)]
        }
      }
    }
    return result
  }
}

extension ElasticConstants {
  /// The moduli of an aggregate, which no rotation changes.
  fileprivate var moduliOrFail: [Double] {
    guard let m = moduli else { return [.nan] }
    return [m.bulkVoigt, m.bulkReuss, m.shearVoigt, m.shearReuss, m.youngHill, m.poissonHill].map(\.value)
  }
}
