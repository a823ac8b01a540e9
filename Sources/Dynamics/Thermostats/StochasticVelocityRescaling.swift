import Atomistics
import Numerics

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Stochastic velocity rescaling: the kinetic energy follows its own Langevin equation, whose stationary distribution is
/// the canonical one, solved exactly over a time t:
///
///     K' = c K + (1 − c)(R_1² + Σ_{i=2}^{N_f} R_i²) K̄/N_f + 2 R_1 √(c (1 − c) K K̄/N_f),  c = e^{−t/τ},  K̄ = N_f k_B T/2
///
/// with R_i standard normal. G. Bussi, D. Donadio and M. Parrinello, J. Chem. Phys. 126, 014101 (2007),
/// doi:10.1063/1.2408420; the sign of the factor from G. Bussi and M. Parrinello, Comput. Phys. Commun. 179, 26 (2008),
/// appendix, doi:10.1016/j.cpc.2008.01.006.
struct StochasticVelocityRescaling: ScalingThermostat {
  let degreesOfFreedom: Double
  /// τ, fs.
  let time: Double
  let random: CounterRandom
  /// Distinguishes the thermostats of one stage.
  let place: Int
  private var taken = 0.0

  init(degreesOfFreedom: Double, time: Double, seed: UInt32, place: Int) {
    self.degreesOfFreedom = degreesOfFreedom
    self.time = time
    self.place = place
    random = CounterRandom(.velocityRescaling, seed: seed)
  }

  mutating func factor(kinetic: Double, temperature: Double, half: HalfStep) -> Double {
    guard kinetic > 0, temperature > 0 else { return 1 }
    var draws = DrawSequence(random, counter: half.counter, place: place)
    let first = draws.normal()
    let others = draws.sumOfSquaredNormals(count: degreesOfFreedom - 1)
    let c = exp(-half.duration / time)
    // K̄/(N_f K).
    let ratio = 0.5 * Units.boltzmann * temperature / kinetic
    let square = c + (1 - c) * (first * first + others) * ratio + 2 * first * (c * (1 - c) * ratio).squareRoot()
    let sign = first + (c / ((1 - c) * ratio)).squareRoot() < 0 ? -1.0 : 1.0
    taken -= (square - 1) * kinetic
    return sign * max(square, 0).squareRoot()
  }

  var energy: Double { taken }
  var state: [Double] {
    get { [taken] }
    set { taken = newValue.first ?? 0 }
  }
}

/// Random numbers one after the other, all a function of the stream's key, a counter and a place.
private struct DrawSequence {
  private let random: CounterRandom
  private let counter: UInt64
  private var id: UInt64

  init(_ random: CounterRandom, counter: UInt64, place: Int) {
    self.random = random
    self.counter = counter
    // 2^32 draws for each place.
    id = UInt64(place) << 32
  }

  private mutating func uniforms() -> SIMD2<Double> {
    defer { id += 1 }
    return random.uniforms(step: counter, id: id)
  }

  mutating func normal() -> Double {
    let u = uniforms()
    return (-2 * log(u.x)).squareRoot() * cos(2 * .pi * u.y)
  }

  /// χ² distributed: twice a gamma variable of shape count/2.
  mutating func sumOfSquaredNormals(count: Double) -> Double {
    if count <= 0 { return 0 }
    if count < 2 {
      // One degree of freedom: a normal's square; the gamma sampler wants a shape of at least 1.
      let x = normal()
      return x * x
    }
    return 2 * gamma(shape: 0.5 * count)
  }

  /// G. Marsaglia and W. W. Tsang, ACM Trans. Math. Softw. 26, 363 (2000), doi:10.1145/358407.358414. Shape >= 1.
  private mutating func gamma(shape: Double) -> Double {
    let d = shape - 1.0 / 3, c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal(), t = 1 + c * x
      guard t > 0 else { continue }
      let v = t * t * t
      if log(uniforms().x) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
    }
  }
}
