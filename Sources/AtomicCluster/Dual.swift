#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A function's value and its derivative by the distance, carried together through every operation.
struct Dual {
  var value: Double
  var slope: Double

  init(_ value: Double, slope: Double = 0) {
    self.value = value
    self.slope = slope
  }

  static let zero = Dual(0)

  static func + (a: Dual, b: Dual) -> Dual { Dual(a.value + b.value, slope: a.slope + b.slope) }
  static func - (a: Dual, b: Dual) -> Dual { Dual(a.value - b.value, slope: a.slope - b.slope) }
  static func * (a: Dual, b: Dual) -> Dual { Dual(a.value * b.value, slope: a.slope * b.value + a.value * b.slope) }
  static func / (a: Dual, b: Dual) -> Dual {
    let quotient = a.value / b.value
    return Dual(quotient, slope: (a.slope - quotient * b.slope) / b.value)
  }
  static func + (a: Dual, b: Double) -> Dual { Dual(a.value + b, slope: a.slope) }
  static func - (a: Dual, b: Double) -> Dual { Dual(a.value - b, slope: a.slope) }
  static func - (a: Double, b: Dual) -> Dual { Dual(a - b.value, slope: -b.slope) }
  static func * (a: Double, b: Dual) -> Dual { Dual(a * b.value, slope: a * b.slope) }
  static func += (a: inout Dual, b: Dual) { a = a + b }

  /// self^n for an integer n; 0^0 = 1.
  func power(_ n: Int) -> Dual {
    guard n != 0 else { return Dual(1) }
    let below = pow(value, Double(n - 1))
    return Dual(below * value, slope: Double(n) * below * slope)
  }

  func power(_ exponent: Double) -> Dual {
    Dual(pow(value, exponent), slope: exponent * pow(value, exponent - 1) * slope)
  }
}

func exponential(_ x: Dual) -> Dual { Dual(exp(x.value), slope: exp(x.value) * x.slope) }
func sine(_ x: Dual) -> Dual { Dual(sin(x.value), slope: cos(x.value) * x.slope) }
func cosine(_ x: Dual) -> Dual { Dual(cos(x.value), slope: -sin(x.value) * x.slope) }
func exponential(_ x: Double) -> Double { exp(x) }
func power(_ x: Double, _ exponent: Double) -> Double { pow(x, exponent) }
