import AtomicClusterFiles
import Atomistics
import Foundation

/// The radial functions of a bond and their derivatives, straight from the formulas.
package struct PlainRadialFunctions {
  /// g_k, R_nl as [n][l] flat, and the core term.
  package struct Values {
    package var g: [Dual]
    package var r: [Dual]
    package var core: Dual

    static func zero(_ bond: BondBasis) -> Values {
      Values(
        g: .init(repeating: Dual(0), count: bond.baseCount),
        r: .init(repeating: Dual(0), count: bond.radialCount * (bond.maximumL + 1)), core: Dual(0))
    }
  }

  let bond: BondBasis
  let kind: InnerCutoffKind
  /// Atomic numbers of the center and the neighbor.
  let numbers: (Int, Int)

  func values(at distance: Double) -> Values {
    let r = Dual(distance, 1), momenta = bond.maximumL + 1
    let g = base(r)
    var values = Values.zero(bond)
    values.g = g
    if case .aceJulia = bond.radial {
      values.r = (0..<bond.radialCount * momenta).map { g[$0 / momenta] }
    } else {
      values.r = (0..<bond.radialCount * momenta).map { nl in
        g.indices.reduce(Dual(0)) { $0 + bond.coefficients[nl * bond.baseCount + $1] * g[$1] }
      }
    }
    values.core = core(r)
    return values
  }

  /// 1 below r_in − width, 0 above r_in.
  package static func cutoff(_ r: Dual, radius: Double, width: Double) -> Dual {
    if width == 0 { return Dual(r.value <= radius ? 1 : 0) }
    if r.value <= radius - width { return Dual(1) }
    if r.value >= radius { return Dual(0) }
    let x = 1 - 2 * (1 + (r - radius) / width)
    return 0.5 + 3.75 * (x / 4 - x * x * x / 6 + x * x * x * x * x / 20)
  }

  private static func chebyshev(_ count: Int, _ x: Dual) -> [Dual] {
    var t = [Dual(1), x]
    while t.count < count { t.append(2 * x * t[t.count - 1] - t[t.count - 2]) }
    return t
  }

  // MARK: Base functions

  private func base(_ r: Dual) -> [Dual] {
    let zero = [Dual](repeating: Dual(0), count: bond.baseCount), rc = bond.cutoff
    // With ZBL there is no inner cutoff of the radial functions.
    let inner = kind == .zbl ? 0 : bond.innerRadius
    if r.value >= rc { return zero }
    if case .aceJulia(let basis) = bond.radial { return Self.polynomials(basis, r) }
    if r.value <= inner - bond.innerWidth { return zero }
    var g: [Dual]
    switch bond.radial {
    case .chebExpCos(let lambda):
      let x = 1 - 2 * (Dual.exp(-lambda / rc * r) - exp(-lambda)) / (1 - exp(-lambda))
      g = Self.chebyshev(bond.baseCount, x).prefix(bond.baseCount).enumerated().map { $0 == 0 ? Dual(1) : (1 - $1) / 2 }
      g = g.map { $0 * (1 + Dual.cos(.pi / rc * r)) / 2 }
      if r.value > rc - bond.cutoffWidth {
        let taper = (1 + Dual.cos(.pi / bond.cutoffWidth * (r - rc + bond.cutoffWidth))) / 2
        g = g.map { $0 * taper }
      }
    case .chebPow(let lambda):
      g = half(2 * (1 - Dual.pow(1 - r / rc, lambda)) - 1)
    case .chebLinear: g = half(1 - r / rc)
    case .sBessel: g = bessel(r)
    case .zero, .aceJulia: g = zero
    }
    guard kind == .distance else { return g }
    let outside = 1 - Self.cutoff(r, radius: bond.innerRadius, width: bond.innerWidth)
    return g.map { $0 * outside }
  }

  /// (1 − T_k(x))/2, k = 1 … K.
  private func half(_ x: Dual) -> [Dual] {
    Self.chebyshev(bond.baseCount + 1, x).dropFirst().prefix(bond.baseCount).map { (1 - $0) / 2 }
  }

  private func bessel(_ r: Dual) -> [Dual] {
    let rc = bond.cutoff
    var g: [Dual] = [], d = 1.0
    for n in 0..<bond.baseCount {
      let a = Double(n + 1), b = Double(n + 2), order = Double(n)
      let scale = (n % 2 == 0 ? 1 : -1) * 2.0.squareRoot() * .pi / pow(rc, 1.5) * a * b / (a * a + b * b).squareRoot()
      let f = scale * (Self.sinc(a * .pi / rc * r) + Self.sinc(b * .pi / rc * r))
      guard n > 0 else {
        g.append(f)
        continue
      }
      let e = order * order * b * b / (4 * pow(a, 4) + 1), next = 1 - e / d
      g.append((f + (e / d).squareRoot() * g[n - 1]) / next.squareRoot())
      d = next
    }
    return g
  }

  private static func sinc(_ x: Dual) -> Dual { Dual.sin(x) / x }

  private static func polynomials(_ basis: JuliaRadialBasis, _ r: Dual) -> [Dual] {
    let x = Dual.pow((1 + basis.r0) / (1 + r), Double(basis.p))
    var p: [Dual] = []
    for n in basis.a.indices {
      if n == 0 {
        let outside = (x.value < basis.xl && basis.pl > 0) || (x.value > basis.xr && basis.pr > 0)
        let envelope = Dual.pow(x - basis.xl, Double(basis.pl)) * Dual.pow(x - basis.xr, Double(basis.pr))
        p.append(outside ? Dual(0) : basis.a[0] * envelope)
      } else {
        let last = (basis.a[n] * x + basis.b[n]) * p[n - 1]
        p.append(n == 1 ? last : last + basis.c[n] * p[n - 2])
      }
    }
    return p
  }

  // MARK: Core

  private func core(_ r: Dual) -> Dual {
    if bond.radial.isTabulated == false { return juliaPair(r) }
    if r.value >= bond.cutoff { return Dual(0) }
    if kind == .zbl { return zbl(r) }
    let lambda = abs(bond.coreLambda)
    guard lambda * r.value * r.value < 50 else { return Dual(0) }
    let repulsion = abs(bond.corePrefactor) * Dual.exp(-lambda * (r * r)) / r * (1 + Dual.cos(.pi / bond.cutoff * r)) / 2
    return kind == .distance
      ? repulsion * Self.cutoff(r, radius: bond.innerRadius, width: bond.innerWidth) : repulsion
  }

  private func juliaPair(_ r: Dual) -> Dual {
    guard let pair = bond.juliaPair, r.value < pair.cutoff else { return Dual(0) }
    if let core = pair.repulsion, r.value <= core.ri {
      return 0.5 * (core.e0 + core.b * Dual.exp(-core.a * (r / core.ri - 1)) * (core.ri / r))
    }
    return 0.5 * zip(pair.coefficients, Self.polynomials(pair.basis, r)).reduce(Dual(0)) { $0 + $1.0 * $1.1 }
  }

  /// J. F. Ziegler, J. P. Biersack, U. Littmark (1985), with a spline that takes value and two derivatives to zero at rc.
  private func zbl(_ r: Dual) -> Dual {
    let zi = Double(numbers.0), zj = Double(numbers.1), rc = bond.cutoff, width = bond.cutoffWidth
    let a = 0.46850 / (pow(zi, 0.23) + pow(zj, 0.23))
    let terms = [(0.18175, -3.19980), (0.50986, -0.94229), (0.28022, -0.40290), (0.02817, -0.20162)]
    let energy = { (r: Dual) in terms.reduce(Dual(0)) { $0 + $1.0 * Dual.exp($1.1 / a * r) } / r }
    let phi = (0...2).map { order in terms.reduce(0) { $0 + $1.0 * pow($1.1 / a, Double(order)) * exp($1.1 * rc / a) } }
    let e0 = phi[0] / rc, e1 = phi[1] / rc - phi[0] / (rc * rc)
    let e2 = phi[2] / rc - 2 * phi[1] / (rc * rc) + 2 * phi[0] / pow(rc, 3)
    let start = rc - width, cubic = (-3 * e1 + width * e2) / (width * width)
    let quartic = (2 * e1 - width * e2) / pow(width, 3), constant = -e0 + width * e1 / 2 - width * width * e2 / 12
    let x = r.value <= start ? Dual(0) : r - start
    let spline = cubic / 3 * (x * x * x) + quartic / 4 * (x * x * x * x) + constant
    return bond.corePrefactor * 14.399645351950543 / 2 * zi * zj * (energy(r) + spline)
      * Self.cutoff(r, radius: rc, width: width)
  }
}

extension RadialBasis {
  /// Whether the model is defined by tables of its functions.
  var isTabulated: Bool {
    if case .aceJulia = self { false } else { true }
  }
}
