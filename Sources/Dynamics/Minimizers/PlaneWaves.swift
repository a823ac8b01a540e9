import Atomistics
import Numerics

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// u = (sin φ_a, sin φ_b, sin φ_c): waves along the cell's three directions, a whole number of them along periodic ones.
struct PlaneWaves {
  /// Rows times position: the phases, radians.
  private let phases: Matrix3

  /// - Parameter wavelength: Å; the nearest that fits the cell is taken.
  init(_ cell: Cell, wavelength: Double) {
    let heights = cell.heights
    var counts = Vector3.zero
    for axis in 0..<3 {
      let count = heights[axis] / wavelength
      counts[axis] = 2 * .pi * (cell.periodic[axis] ? max(1, count.rounded()) : count)
    }
    phases = cell.completed.inverse * Matrix3(diagonal: counts)
  }

  func displacement(at position: SIMD4<Double>) -> Vector3 {
    // A radian off, so that no plane of a crystal lies on the nodes of all waves.
    let phase = Vector3(position.x, position.y, position.z) * phases + Vector3.one
    return Vector3(sin(phase.x), sin(phase.y), sin(phase.z))
  }
}
