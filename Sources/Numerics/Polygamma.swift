#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// ψ(x) = d ln Γ(x)/dx of x > 0, to about 1e-15 of max(1, |ψ|).
///
/// The recurrence ψ(x) = ψ(x + 1) − 1/x up to where the asymptotic series converges: M. Abramowitz and I. A. Stegun,
/// Handbook of Mathematical Functions (1964), 6.3.5 and 6.3.18.
public func digamma(_ x: Double) -> Double {
  precondition(x > 0)
  var x = x, sum = 0.0
  while x < 12 {
    sum -= 1 / x
    x += 1
  }
  let s = 1 / (x * x)
  let tail = s * (1.0 / 12 - s * (1.0 / 120 - s * (1.0 / 252 - s * (1.0 / 240 - s * (1.0 / 132 - s * 691 / 32760)))))
  return sum + log(x) - 0.5 / x - tail
}

/// ψ'(x) of x > 0, to about 1e-15 of itself; Abramowitz and Stegun, 6.4.6 and 6.4.12.
public func trigamma(_ x: Double) -> Double {
  precondition(x > 0)
  var x = x, sum = 0.0
  while x < 12 {
    sum += 1 / (x * x)
    x += 1
  }
  let s = 1 / (x * x)
  let series = 1.0 / 6 - s * (1.0 / 30 - s * (1.0 / 42 - s * (1.0 / 30 - s * (5.0 / 66 - s * 691 / 2730))))
  return sum + 1 / x + 0.5 * s + s / x * series
}
