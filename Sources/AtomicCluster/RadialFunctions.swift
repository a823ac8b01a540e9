import Atomistics
import AtomicClusterFiles

/// The functions of the distance of one ordered bond, evaluated directly, with their derivatives.
///
///     R_nl(r) = Σ_k c_nlk g_k(r);   all zero from the cutoff on
///
/// Y. Lysogorskiy et al., npj Comput. Mater. 7, 97 (2021), methods; base functions and inner cutoffs as in pacemaker (A.
/// Bochkarev et al., Phys. Rev. Materials 6, 013804 (2022)). ZBL: J. F. Ziegler, J. P. Biersack, U. Littmark, The Stopping
/// and Range of Ions in Solids (1985).
struct RadialFunctions {
  let bond: BondBasis
  let innerCutoff: InnerCutoffKind
  /// Atomic numbers of center and neighbor.
  let numbers: (Int, Int)

  /// Å: from here on everything is zero, also a pair term that reaches further.
  var cutoff: Double { bond.cutoff }

  /// g_1 … g_K at r.
  func base(at r: Double) -> [Dual] {
    var g = [Dual](repeating: .zero, count: bond.baseCount)
    // With ZBL the inner radius does not act on the base functions, the inner width still ends them near the nucleus.
    let innerRadius = innerCutoff == .zbl ? 0 : bond.innerRadius
    guard r > innerRadius - bond.innerWidth, r < bond.cutoff else { return g }
    let distance = Dual(r, slope: 1)
    switch bond.radial {
    case .chebExpCos(let lambda): chebyshevExponential(distance, lambda, &g)
    case .chebPow(let lambda): chebyshev(2 * (1 - (1 - distance / Dual(bond.cutoff)).power(lambda)) - 1, first: 1, &g)
    case .chebLinear: chebyshev(1 - distance / Dual(bond.cutoff), first: 1, &g)
    case .sBessel: bessel(distance, &g)
    case .zero: return g
    case .aceJulia(let basis): return Self.polynomials(distance, basis, count: bond.baseCount)
    }
    if innerCutoff != .density {
      let inside = 1 - Self.step(distance, radius: innerRadius, width: bond.innerWidth)
      for k in g.indices { g[k] = g[k] * inside }
    }
    return g
  }

  /// R_nl out of the base functions; n from 1.
  func radial(n: Int, l: Int, base: [Dual]) -> Dual {
    if case .aceJulia = bond.radial { return base[n - 1] }
    let weight = bond.elementWeights.map { $0[n - 1] } ?? 1
    let first = ((n - 1) * (bond.maximumL + 1) + l) * bond.baseCount
    var sum = Dual.zero
    for k in 0..<bond.baseCount { sum += bond.coefficients[first + k] * base[k] }
    return weight * sum
  }

  /// The core repulsion of the bond, eV.
  func core(at r: Double) -> Dual {
    if let pair = bond.juliaPair { return juliaPair(pair, r) }
    guard bond.corePrefactor != 0, r < bond.cutoff else { return .zero }
    let distance = Dual(r, slope: 1)
    if innerCutoff == .zbl { return zbl(distance) }
    let lambda = abs(bond.coreLambda)
    guard lambda * r * r < 50 else { return .zero }
    let repulsion = abs(bond.corePrefactor) * (exponential(-lambda * (distance * distance)) / distance)
    let smooth = repulsion * envelope(distance)
    guard innerCutoff == .distance else { return smooth }
    return smooth * Self.step(distance, radius: bond.innerRadius, width: bond.innerWidth)
  }

  /// Whether `core` is anything but zero.
  var hasCore: Bool { bond.corePrefactor != 0 || bond.juliaPair != nil }

  /// 1 up to `radius` − `width`, 0 from `radius` on, a polynomial of fifth order between.
  static func step(_ r: Dual, radius: Double, width: Double) -> Dual {
    if r.value <= radius - width { return Dual(1) }
    if r.value >= radius { return .zero }
    let x = 1 - (2 / width) * (r - (radius - width))
    return 3.75 * (0.25 * x - (1.0 / 6) * x.power(3) + 0.05 * x.power(5)) + 0.5
  }
}

extension RadialFunctions {
  /// (1 + cos(π r/rc))/2.
  private func envelope(_ r: Dual) -> Dual { 0.5 * (cosine((Double.pi / bond.cutoff) * r) + 1) }

  /// (1 − T_k(x))/2 for k = `first`, `first` + 1, …
  private func chebyshev(_ x: Dual, first: Int, _ g: inout [Dual]) {
    var below = Dual(1), here = first == 0 ? Dual(1) : x
    if first == 0 { below = x }
    for k in g.indices {
      g[k] = 0.5 * (1 - here)
      (below, here) = (here, 2 * (x * here) - below)
    }
  }

  private func chebyshevExponential(_ r: Dual, _ lambda: Double, _ g: inout [Dual]) {
    guard !g.isEmpty else { return }
    let end = exponential(-lambda)
    let x = 1 - (2 / (1 - end)) * (exponential((-lambda / bond.cutoff) * r) - end)
    // T_0 = 1 makes (1 − T_0)/2 zero: the first function is the envelope alone.
    chebyshev(x, first: 0, &g)
    g[0] = Dual(1)
    var factor = envelope(r)
    let start = bond.cutoff - bond.cutoffWidth
    if r.value > start {
      factor = factor * (0.5 * (cosine((Double.pi / bond.cutoffWidth) * (r - start)) + 1))
    }
    for k in g.indices { g[k] = g[k] * factor }
  }

  private func bessel(_ r: Dual, _ g: inout [Dual]) {
    func sinc(_ x: Dual) -> Dual { sine(x) / x }
    let cutoff = bond.cutoff
    var d = 1.0
    for index in g.indices {
      let n = Double(index), first = (n + 1) * Double.pi / cutoff, second = (n + 2) * Double.pi / cutoff
      let norm =
        (index % 2 == 0 ? 1.0 : -1.0) * 2.0.squareRoot() * Double.pi * power(cutoff, -1.5) * (n + 1) * (n + 2)
        / ((n + 1) * (n + 1) + (n + 2) * (n + 2)).squareRoot()
      let f = norm * (sinc(first * r) + sinc(second * r))
      guard index > 0 else {
        g[0] = f
        continue
      }
      let e = n * n * (n + 2) * (n + 2) / (4 * power(n + 1, 4) + 1), next = 1 - e / d
      g[index] = (1 / next.squareRoot()) * (f + (e / d).squareRoot() * g[index - 1])
      d = next
    }
  }

  private static func polynomials(_ r: Dual, _ basis: JuliaRadialBasis, count: Int) -> [Dual] {
    var p = [Dual](repeating: .zero, count: count)
    let x = (Dual(1 + basis.r0) / (r + 1)).power(basis.p)
    let isOutside = (x.value < basis.xl && basis.pl > 0) || (x.value > basis.xr && basis.pr > 0)
    guard count > 0, !isOutside else { return p }
    p[0] = basis.a[0] * ((x - basis.xl).power(basis.pl) * (x - basis.xr).power(basis.pr))
    for n in stride(from: 1, to: count, by: 1) {
      p[n] = (basis.a[n] * x + basis.b[n]) * p[n - 1]
      if n > 1 { p[n] += basis.c[n] * p[n - 2] }
    }
    return p
  }

  private func juliaPair(_ pair: JuliaPairTerm, _ r: Double) -> Dual {
    guard r < min(pair.cutoff, bond.cutoff) else { return .zero }
    let distance = Dual(r, slope: 1)
    if let repulsion = pair.repulsion, r <= repulsion.ri {
      let decay = exponential((-repulsion.a / repulsion.ri) * (distance - repulsion.ri))
      return 0.5 * (repulsion.b * (decay * (Dual(repulsion.ri) / distance)) + repulsion.e0)
    }
    let p = Self.polynomials(distance, pair.basis, count: pair.coefficients.count)
    return zip(pair.coefficients, p).reduce(.zero) { $0 + 0.5 * ($1.0 * $1.1) }
  }
}

extension RadialFunctions {
  private static let zblPrefactors = [0.18175, 0.50986, 0.28022, 0.02817]
  private static let zblExponents = [-3.19980, -0.94229, -0.40290, -0.20162]

  /// K Z_i Z_j/2 pre [E(r) + S(r)] f_c(r; rc, dcut): S takes value, slope and curvature of E at the cutoff to zero.
  private func zbl(_ r: Dual) -> Dual {
    let cutoff = bond.cutoff, width = bond.cutoffWidth
    let zi = Double(numbers.0), zj = Double(numbers.1)
    let length = 0.46850 / (power(zi, 0.23) + power(zj, 0.23))
    func screened(_ r: Dual) -> Dual {
      zip(Self.zblPrefactors, Self.zblExponents).reduce(.zero) { $0 + $1.0 * exponential(($1.1 / length) * r) } / r
    }
    let end = screened(Dual(cutoff, slope: 1)), curvature = Self.zblCurvature(cutoff, length)
    let cubic = (-3 * end.slope + width * curvature) / (width * width)
    let quartic = (2 * end.slope - width * curvature) / (width * width * width)
    var shift = Dual(-end.value + width * end.slope / 2 - width * width * curvature / 12)
    let start = cutoff - width
    if r.value > start { shift = shift + (cubic / 3) * (r - start).power(3) + (quartic / 4) * (r - start).power(4) }
    // e²/(4πε₀) as the format has it, eV Å.
    let prefactor = 14.399645351950543 / 2 * zi * zj * bond.corePrefactor
    return prefactor * ((screened(r) + shift) * Self.step(r, radius: cutoff, width: width))
  }

  /// d²/dr² of φ(r/a)/r.
  private static func zblCurvature(_ r: Double, _ length: Double) -> Double {
    var phi = 0.0, first = 0.0, second = 0.0
    for (c, e) in zip(zblPrefactors, zblExponents) {
      let term = c * exponential(e * r / length), rate = e / length
      phi += term
      first += rate * term
      second += rate * rate * term
    }
    return 2 * phi / (r * r * r) - 2 * first / (r * r) + second / r
  }
}
