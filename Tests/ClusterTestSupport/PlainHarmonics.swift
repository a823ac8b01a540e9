import Foundation
import Numerics

package struct Complex {
  package var re: Double
  package var im: Double

  init(_ re: Double, _ im: Double = 0) { (self.re, self.im) = (re, im) }

  var conjugate: Complex { Complex(re, -im) }
  static func + (a: Complex, b: Complex) -> Complex { Complex(a.re + b.re, a.im + b.im) }
  static func += (a: inout Complex, b: Complex) { a = a + b }
  static func * (a: Complex, b: Complex) -> Complex { Complex(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re) }
  static func * (a: Double, b: Complex) -> Complex { Complex(a * b.re, a * b.im) }
}

/// Spherical harmonics with Y_00 = 1, Condon–Shortley sign, and their gradients on the unit sphere (times 1/r: in space).
package struct PlainHarmonics {
  let maximumL: Int
  /// [l² + l + m].
  package private(set) var values: [Complex]
  /// d/dx, d/dy, d/dz, perpendicular to the direction.
  package private(set) var gradients: [(Complex, Complex, Complex)]

  package static func index(_ l: Int, _ m: Int) -> Int { l * l + l + m }

  /// - Parameter real: √2 (−1)^m Re Y_lm for m > 0 and √2 (−1)^m Im Y_l|m| for m < 0 in the place of Y.
  package init(direction u: Vector3, maximumL: Int, real: Bool) {
    self.maximumL = maximumL
    let count = (maximumL + 1) * (maximumL + 1)
    values = .init(repeating: Complex(0), count: count)
    gradients = .init(repeating: (Complex(0), Complex(0), Complex(0)), count: count)
    for m in 0...maximumL {
      let legendre = Self.legendre(m, maximumL, u.z)
      for l in m...maximumL { fill(l, m, legendre[l - m], u, real) }
    }
  }

  /// P_lm(z) for l = m … L with the sin^m removed, and dP/dz.
  private static func legendre(_ m: Int, _ maximumL: Int, _ z: Double) -> [Dual] {
    let z = Dual(z, 1)
    var p = [Dual((1..<m + 1).reduce(1.0) { -(1 + 0.5 / Double($1)).squareRoot() * $0 })]
    if m < maximumL { p.append(Double(2 * m + 3).squareRoot() * z * p[0]) }
    for l in (m + 2)..<max(maximumL + 1, m + 2) {
      let square = Double(l * l), last = Double((l - 1) * (l - 1)), order = Double(m * m)
      let a = ((4 * square - 1) / (square - order)).squareRoot(), b = -((last - order) / (4 * last - 1)).squareRoot()
      p.append(a * (z * p[l - m - 1] + b * p[l - m - 2]))
    }
    return p
  }

  private mutating func fill(_ l: Int, _ m: Int, _ p: Dual, _ u: Vector3, _ real: Bool) {
    var power = Complex(1), lower = Complex(0)
    for _ in 0..<m { (lower, power) = (power, power * Complex(u.x, u.y)) }
    let slope = Double(m) * p.value * lower, value = p.value * power
    let raw = [slope, Complex(0, 1) * slope, p.derivative * power]
    let radial = u.x * raw[0] + u.y * raw[1] + u.z * raw[2]
    let gradient = (raw[0] + (-u.x) * radial, raw[1] + (-u.y) * radial, raw[2] + (-u.z) * radial)
    let sign = m % 2 == 0 ? 1.0 : -1.0
    let map = { (f: (Complex) -> Complex) in (f(gradient.0), f(gradient.1), f(gradient.2)) }
    let (plus, minus) = (Self.index(l, m), Self.index(l, -m))
    if real, m > 0 {
      let re = { (y: Complex) in Complex(2.0.squareRoot() * sign * y.re) }
      let im = { (y: Complex) in Complex(2.0.squareRoot() * sign * y.im) }
      (values[plus], gradients[plus], values[minus], gradients[minus]) = (re(value), map(re), im(value), map(im))
    } else {
      let mirror = { (y: Complex) in sign * y.conjugate }
      (values[minus], gradients[minus], values[plus], gradients[plus]) = (mirror(value), map(mirror), value, gradient)
    }
  }
}
