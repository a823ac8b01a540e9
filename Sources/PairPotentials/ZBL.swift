import Atomistics
import Diagnostics
import PotentialKit

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The universal repulsion of Ziegler, Biersack and Littmark, screened nuclei at short distance:
///
///     V(r) = k Z₁ Z₂/r Σ cₖ exp(−dₖ r/a),  a = 0.46850 Å/(Z₁^0.23 + Z₂^0.23)
///     −(1/r) dV/dr = k Z₁ Z₂/r² Σ cₖ exp(−dₖ r/a) (1/r + dₖ/a)
///
/// k = e²/4πε₀ = 14.3996 eV Å; c and d are universal. It has no parameters: the elements say it all.
/// J. F. Ziegler, J. P. Biersack and U. Littmark, The Stopping and Range of Ions in Solids (Pergamon, 1985).
public struct ZBL: PairFunction {
  /// None: here so that ZBL looks like the other families.
  public struct Parameters: Equatable, Sendable {
    public init() {}
  }

  /// k Z₁ Z₂ cₖ, eV Å.
  let strengths: SIMD4<Double>
  /// dₖ/a, 1/Å.
  let decays: SIMD4<Double>

  init(_ first: Element, _ second: Element) {
    let z1 = Double(first.atomicNumber), z2 = Double(second.atomicNumber)
    let length = 0.46850 / (pow(z1, 0.23) + pow(z2, 0.23))
    strengths = 14.399_645_478 * z1 * z2 * SIMD4(0.18175, 0.50986, 0.28022, 0.02817)
    decays = SIMD4(3.19980, 0.94229, 0.40290, 0.20162) / length
  }

  @inline(__always)
  func evaluate(squaredDistance r2: SIMD4<Double>) -> PairValue {
    let r = r2.squareRoot(), inverse = 1 / r
    var sum = SIMD4<Double>.zero, decaying = SIMD4<Double>.zero
    for k in 0..<4 {
      let term = strengths[k] * exponential(-decays[k] * r)
      sum += term
      decaying.addProduct(term, SIMD4(repeating: decays[k]))
    }
    let energy = sum * inverse
    return PairValue(energy: energy, forceOverDistance: (energy + decaying) * inverse * inverse)
  }

  /// - Parameters:
  ///   - pairs: the pairs of elements that repel each other, perhaps with cutoffs of their own; nil: all pairs.
  ///   - options: with truncation `.smooth`, the switch goes from `innerCutoff` to `cutoff`.
  /// - Throws: `Failure.input` for a radius that makes no sense, or a pair given twice.
  public static func makePotential(pairs: [PairEntry<Parameters>]?, options: PairOptions) throws -> any Potential {
    try PairPotential.make(
      family: "ZBL", pairs: pairs ?? [], options: options, everyOther: pairs == nil ? Parameters() : nil,
      function: { _, first, second in ZBL(first, second) })
  }
}
