import Foundation

/// A number and its derivative with respect to one variable: formulas written once give both.
package struct Dual {
  package var value: Double
  package var derivative: Double

  package init(_ value: Double, _ derivative: Double = 0) { (self.value, self.derivative) = (value, derivative) }

  static func + (a: Dual, b: Dual) -> Dual { Dual(a.value + b.value, a.derivative + b.derivative) }
  static func - (a: Dual, b: Dual) -> Dual { Dual(a.value - b.value, a.derivative - b.derivative) }
  static func * (a: Dual, b: Dual) -> Dual {
    Dual(a.value * b.value, a.derivative * b.value + a.value * b.derivative)
  }
  static func / (a: Dual, b: Dual) -> Dual {
    Dual(a.value / b.value, (a.derivative * b.value - a.value * b.derivative) / (b.value * b.value))
  }
  static func + (a: Dual, b: Double) -> Dual { a + Dual(b) }
  static func + (a: Double, b: Dual) -> Dual { Dual(a) + b }
  static func - (a: Dual, b: Double) -> Dual { a - Dual(b) }
  static func - (a: Double, b: Dual) -> Dual { Dual(a) - b }
  static func * (a: Double, b: Dual) -> Dual { Dual(a) * b }
  static func / (a: Dual, b: Double) -> Dual { (1 / b) * a }
  static func / (a: Double, b: Dual) -> Dual { Dual(a) / b }

  static func exp(_ x: Dual) -> Dual { Dual(Foundation.exp(x.value), Foundation.exp(x.value) * x.derivative) }
  static func sin(_ x: Dual) -> Dual { Dual(Foundation.sin(x.value), Foundation.cos(x.value) * x.derivative) }
  static func cos(_ x: Dual) -> Dual { Dual(Foundation.cos(x.value), -Foundation.sin(x.value) * x.derivative) }

  /// For x above 0, or an exponent of 0 or at least 1.
  static func pow(_ x: Dual, _ exponent: Double) -> Dual {
    exponent == 0
      ? Dual(1)
      : Dual(Foundation.pow(x.value, exponent), exponent * Foundation.pow(x.value, exponent - 1) * x.derivative)
  }
}
