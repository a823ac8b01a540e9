import Atomistics
import Numerics

/// Energy differences against forces and virial.
extension ConformanceBench {
  mutating func checkDerivatives() throws {
    let forceNorm = reference.forces.reduce(0) { $0 + $1.lengthSquared }.squareRoot()
    let virialNorm = reference.virial.elements.reduce(0) { $0 + $1 * $1 }.squareRoot()
    for trial in 1...max(options.trials, 1) {
      var direction = configuration.positions.map { _ in draw() }
      let length = direction.reduce(0) { $0 + $1.lengthSquared }.squareRoot()
      direction = direction.map { $0 / length }
      let work = zip(reference.forces, direction).reduce(0) { $0 + $1.0.dot($1.1) }
      let alongPath = "dE/dx along direction \(trial) (eV/Å) against the forces"
      try requireDerivative(-work, scale: forceNorm, .forces, alongPath) { [configuration] step in
        configuration.moved { $0 + step * direction[$1] }
      }
      let strain = Matrix3(rows: draw() / 10, draw() / 10, draw() / 10)
      let strainWork = zip(reference.virial.elements, strain.elements).reduce(0) { $0 + $1.0 * $1.1 }
      let underStrain = "dE/dε along strain \(trial) (eV) against the virial"
      try requireDerivative(-strainWork, scale: virialNorm, .virial, underStrain) { [configuration] step in
        configuration.deformed(by: Matrix3.identity + step * strain)
      }
    }
  }

  /// Compares dE/dt at t = 0 with what is expected, from four energies with an error of order step⁴.
  ///
  /// Where a pair crosses a cutoff within the step, the difference says nothing of the derivative at 0: then smaller
  /// steps decide, with more rounding. Wrong forces are wrong at any step.
  mutating func requireDerivative(
    _ expected: Double, scale: Double, _ check: ConformanceCheck, _ detail: String,
    of energy: (ReferenceResult) -> Double = { $0.energy }, _ variant: (Double) -> Configuration
  ) throws {
    let tolerance = options.derivative * max(1, scale)
    var least = Double.infinity
    for refinement in [1, 0.1, 0.01] {
      let h = options.step * refinement
      let energies = try [-2, -1, 1, 2].map { energy(try evaluate(variant($0 * h))) }
      let slope = (8 * (energies[2] - energies[1]) - (energies[3] - energies[0])) / (12 * h)
      least = min(least, abs(slope - expected))
      if least <= tolerance { return }
    }
    require(check, detail, least, within: tolerance)
  }
}

extension Configuration {
  /// With each position replaced by a function of it and the atom's index.
  func moved(_ move: (Vector3, Int) -> Vector3) -> Configuration {
    var result = self
    result.positions = positions.enumerated().map { move($1, $0) }
    return result
  }

  /// With the cell and all positions multiplied by a matrix.
  func deformed(by deformation: Matrix3) -> Configuration {
    var result = moved { position, _ in position * deformation }
    result.cell.vectors = cell.vectors * deformation
    return result
  }
}
