import Atomistics
import Numerics

/// Per-atom virials: W_i = −dE_i/dε, Σ_i W_i = W.
extension ConformanceBench {
  mutating func checkVirials() throws {
    let result = try evaluate(configuration, withVirials: true)
    requireSameBits(.virialShares, "per-atom virials asked for", result, reference)
    let shares = result.virials ?? []
    guard givesVirials else {
      let given = shares.count { $0 != .zero }
      require(.virialShares, "the count of atoms with virials, which should have none,", Double(given), within: 0)
      return
    }
    let scale = max(1, shares.flatMap(\.elements).reduce(0) { max($0, abs($1)) } * Double(shares.count))
    let excess = shares.reduce(.zero, +) - reference.virial
    require(
      .virialShares, "the sum of the per-atom virials (eV)", excess.elements.map(abs).largestOrNaN,
      within: options.rounding * scale)
    try checkAccumulation(of: shares, scale: scale)
    try checkCenters(shares)
  }

  private mutating func checkAccumulation(of shares: [Matrix3], scale: Double) throws {
    let shifted = try evaluate(configuration, withVirials: true, initial: 0.75).virials ?? []
    let deviations = zip(shifted.flatMap(\.elements), shares.flatMap(\.elements)).map { abs($0 - 0.75 - $1) }
    require(
      .virialShares, "a per-atom virial (eV) that was not zero before", deviations.largestOrNaN,
      within: options.rounding * scale)
  }

  /// d(Σ_i c_i E_i)/dε with random weights c_i: one derivative for all atoms.
  private mutating func checkCenters(_ shares: [Matrix3]) throws {
    for trial in 1...max(options.trials, 1) {
      let weights = shares.map { _ in draw().x }
      let weighted = zip(weights, shares).reduce(Matrix3.zero) { $0 + $1.0 * $1.1 }
      let norm = weighted.elements.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let strain = Matrix3(rows: draw() / 10, draw() / 10, draw() / 10)
      let work = zip(weighted.elements, strain.elements).reduce(0) { $0 + $1.0 * $1.1 }
      try requireDerivative(
        -work, scale: norm, .virialOfCenters, "d(Σ c_i E_i)/dε along strain \(trial) (eV) against the per-atom virials",
        of: { zip(weights, $0.energies).reduce(0) { $0 + $1.0 * $1.1 } }
      ) { [configuration] step in configuration.deformed(by: Matrix3.identity + step * strain) }
    }
  }
}
