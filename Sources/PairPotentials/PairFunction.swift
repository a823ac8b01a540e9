/// The energy of a pair as a function of its distance: all that a new pair potential has to give. `PairKernel` does
/// the rest.
///
/// A value holds one pair's parameters, in whatever form is quickest to evaluate.
protocol PairFunction: BitwiseCopyable, Sendable {
  /// Energies and forces of four pairs from their squared distances (Å²). Called in the innermost loop: no branch, no
  /// call.
  func evaluate(squaredDistance: SIMD4<Double>) -> PairValue
}

/// V(r) and its derivative for four pairs.
struct PairValue {
  /// V, eV.
  var energy: SIMD4<Double>
  /// −(1/r) dV/dr, eV/Å²: times the vector from j to i it is the force on i.
  var forceOverDistance: SIMD4<Double>
}

/// V(r) times a switch that goes from 1 at `inner` to 0 at `outer` with continuous first and second derivatives:
///
///     S(t) = 1 − 10 t³ + 15 t⁴ − 6 t⁵,  t = (r − inner)/(outer − inner) clamped to 0...1
///     d(V S)/dr = V' S + V S',  S' = −30 t² (1 − t)²/(outer − inner)
struct Smoothed<Base: PairFunction>: PairFunction {
  let base: Base
  let inner: Double
  let inverseWidth: Double

  init(_ base: Base, inner: Double, outer: Double) {
    self.base = base
    self.inner = inner
    inverseWidth = 1 / (outer - inner)
  }

  @inline(__always)
  func evaluate(squaredDistance r2: SIMD4<Double>) -> PairValue {
    let plain = base.evaluate(squaredDistance: r2)
    let r = r2.squareRoot()
    let t = clamp((r - inner) * inverseWidth, 0, 1)
    let t2 = t * t, rest = 1 - t
    let value = 1 - t2 * t * (10 + t * (6 * t - 15))
    let slope = (-30 * inverseWidth) * t2 * rest * rest
    return PairValue(
      energy: plain.energy * value, forceOverDistance: plain.forceOverDistance * value - plain.energy * slope / r)
  }
}

/// V(r) less its tangent at the cutoff:
///
///     V(r) − V(cutoff) − (r − cutoff) V'(cutoff)
///     its derivative V'(r) − V'(cutoff)
///
/// S. Toxvaerd and J. C. Dyre, J. Chem. Phys. 134, 081102 (2011).
struct ForceShifted<Base: PairFunction>: PairFunction {
  let base: Base
  /// V'(cutoff), eV/Å.
  let slope: Double
  /// V(cutoff) − cutoff V'(cutoff), eV: the tangent at r = 0.
  let intercept: Double

  init(_ base: Base, cutoff: Double) {
    self.base = base
    let end = base.evaluate(squaredDistance: SIMD4(repeating: cutoff * cutoff))
    slope = -cutoff * end.forceOverDistance.x
    intercept = end.energy.x - cutoff * slope
  }

  @inline(__always)
  func evaluate(squaredDistance r2: SIMD4<Double>) -> PairValue {
    let plain = base.evaluate(squaredDistance: r2)
    let r = r2.squareRoot()
    return PairValue(
      energy: plain.energy - (intercept + slope * r), forceOverDistance: plain.forceOverDistance + slope / r)
  }
}
