import MomentTensorFiles
import PotentialKit

/// Chebyshev coefficients of the radial functions and of their derivatives, per pair of species.
///
/// f_mu(r) = (b − r)² P(x), P = Σ_k c_k T_k(x), x = (2r − a − b)/(b − a). The derivative of a Chebyshev sum is a Chebyshev sum
/// of one order less, dP/dr = Σ_k d_k T_k(x), so that f' = (b − r) [(b − r) dP/dr − 2P] needs no derivative recurrence.
struct RadialTable<Scalar: BinaryFloatingPoint & BitwiseCopyable> {
  /// [center][neighbor][function, in the layout's order][c then d][k]; scaling included; d's last entry is 0.
  let coefficients: FixedArray<Scalar>
  let speciesCount: Int
  /// Entries of one pair.
  let pairStride: Int

  init(_ file: MomentTensorFile, _ layout: MomentLayout) {
    let size = file.radialBasisSize, pairs = file.speciesCount * file.speciesCount
    let slope = 2 / (file.maximumDistance - file.minimumDistance)
    var all: [Scalar] = []
    for pair in 0..<pairs {
      for function in layout.functions {
        let row = (pair * file.radialFunctionCount + function) * size
        let c = file.radialCoefficients[row..<row + size].map { $0 * file.scaling }
        all += (c + Self.derivative(of: c, slope: slope)).map { Scalar($0) }
      }
    }
    coefficients = FixedArray(all)
    speciesCount = file.speciesCount
    pairStride = layout.functions.count * size * 2
  }

  func pair(center: Int, neighbor: Int) -> UnsafePointer<Scalar> {
    UnsafePointer(coefficients.base + (center * speciesCount + neighbor) * pairStride)
  }

  /// d_(k−1) = d_(k+1) + 2k c_k downwards, d_0 halved.
  private static func derivative(of c: [Double], slope: Double) -> [Double] {
    var d = [Double](repeating: 0, count: c.count + 1)
    for k in (1..<c.count).reversed() { d[k - 1] = d[k + 1] + 2 * Double(k) * c[k] }
    d[0] /= 2
    return d.dropLast().map { $0 * slope }
  }
}
