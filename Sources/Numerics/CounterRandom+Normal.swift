#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension CounterRandom {
  /// Three independent standard normal numbers (Box–Muller). Uses the draws of ids 2·id and 2·id + 1.
  public func normals(step: UInt64, id: UInt64) -> Vector3 {
    let first = uniforms(step: step, id: 2 &* id), second = uniforms(step: step, id: 2 &* id &+ 1)
    let r = (-2 * log(first.x)).squareRoot(), s = (-2 * log(second.x)).squareRoot()
    return Vector3(r * cos(2 * .pi * first.y), r * sin(2 * .pi * first.y), s * cos(2 * .pi * second.y))
  }
}
