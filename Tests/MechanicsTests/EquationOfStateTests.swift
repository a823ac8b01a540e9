import Diagnostics
import Mechanics
import Numerics
import Testing

@Suite(.serialized) struct EquationOfStateTests {
  private let exact = EquationOfState.Parameters(energy: -123.4, volume: 41.7, bulkModulus: 0.31, pressureDerivative: 4.3)

  private func volumes(_ range: ClosedRange<Double>, _ count: Int) -> [Double] {
    (0..<count).map { i in
      exact.volume * (range.lowerBound + Double(i) / Double(count - 1) * (range.upperBound - range.lowerBound))
    }
  }

  @Test(arguments: EquationOfState.allCases) func derivativesFitTheEnergy(_ form: EquationOfState) {
    for volume in volumes(0.8...1.3, 7) {
      let h = 1e-4 * volume
      let slope = -(form.energy(at: volume + h, exact) - form.energy(at: volume - h, exact)) / (2 * h)
      #expect(abs(form.pressure(at: volume, exact) - slope) < 1e-8)
    }
    // What the four numbers mean: at V0 no pressure, B0 = −V dP/dV, B0' = dB/dP.
    func bulk(_ volume: Double) -> Double {
      let h = 1e-4 * volume
      return -volume * (form.pressure(at: volume + h, exact) - form.pressure(at: volume - h, exact)) / (2 * h)
    }
    let h = 1e-3 * exact.volume, v0 = exact.volume
    #expect(form.pressure(at: v0, exact) == 0)
    #expect(abs(bulk(v0) / exact.bulkModulus - 1) < 1e-6)
    let change = (bulk(v0 + h) - bulk(v0 - h)) / (form.pressure(at: v0 + h, exact) - form.pressure(at: v0 - h, exact))
    #expect(abs(change - exact.pressureDerivative) < 1e-3)
  }

  /// Also where the minimum lies near the end of the range.
  @Test(arguments: EquationOfState.allCases, [0.94...1.06, 0.99...1.15, 0.8...1.02])
  func theFitRecoversExactParameters(_ form: EquationOfState, _ range: ClosedRange<Double>) throws {
    let v = volumes(range, 11)
    let fit = try EquationOfStateFit(form, volumes: v, energies: v.map { form.energy(at: $0, exact) })
    #expect(abs(fit.parameters.volume / exact.volume - 1) < 1e-9)
    #expect(abs(fit.parameters.energy - exact.energy) < 1e-11)
    #expect(abs(fit.parameters.bulkModulus / exact.bulkModulus - 1) < 1e-7)
    #expect(abs(fit.parameters.pressureDerivative / exact.pressureDerivative - 1) < 1e-6)
    #expect(fit.residual < 1e-12)
  }

  /// With noise the parameters scatter as far as their errors say: Student's t with 9 degrees of freedom, of variance 9/7.
  @Test(arguments: EquationOfState.allCases) func errorsAreThoseOfTheNoise(_ form: EquationOfState) throws {
    let v = volumes(0.94...1.06, 13), noise = CounterRandom(.test, seed: 11), runs = 300
    var squares = [0.0, 0.0, 0.0, 0.0]
    for run in 0..<runs {
      let energies = v.enumerated().map { i, volume in
        form.energy(at: volume, exact) + 2e-4 * noise.normals(step: UInt64(run), id: UInt64(i)).x
      }
      let fit = try EquationOfStateFit(form, volumes: v, energies: energies)
      let (p, e) = (fit.parameters, fit.errors)
      let pulls = [
        (p.energy - exact.energy) / e.energy, (p.volume - exact.volume) / e.volume,
        (p.bulkModulus - exact.bulkModulus) / e.bulkModulus,
        (p.pressureDerivative - exact.pressureDerivative) / e.pressureDerivative,
      ]
      for i in 0..<4 { squares[i] += pulls[i] * pulls[i] / Double(runs) }
      // Thirteen values, four parameters: the residual is the noise times √(9/13).
      #expect(fit.residual < 4e-4)
    }
    // The mean of 300 squares scatters by some 12 per cent.
    for square in squares { #expect(abs(square / (9.0 / 7) - 1) < 0.4, "\(square)") }
  }

  @Test func whatHasNoMinimumIsRefused() {
    let form = EquationOfState.birchMurnaghan
    for range in [0.8...0.95, 1.02...1.2] {
      let v = volumes(range, 9)
      let failure = #expect(throws: Failure.self) {
        try EquationOfStateFit(form, volumes: v, energies: v.map { form.energy(at: $0, exact) })
      }
      #expect(failure?.message.contains("no minimum") == true)
    }
    let v = volumes(0.9...1.1, 9)
    #expect(throws: Failure.self) { try EquationOfStateFit(form, volumes: v, energies: v.map { -$0 * $0 }) }
    #expect(throws: Failure.self) { try EquationOfStateFit(form, volumes: [1, 2, 3], energies: [1, 0, 1]) }
    #expect(throws: Failure.self) { try EquationOfStateFit(form, volumes: v, energies: v.map { _ in 1 }) }
    #expect(throws: Failure.self) { try EquationOfStateCalculation(range: 0.94...1.06, count: 4) }
    #expect(throws: Failure.self) { try EquationOfStateCalculation(range: -1...1.06, count: 9) }
  }
}
