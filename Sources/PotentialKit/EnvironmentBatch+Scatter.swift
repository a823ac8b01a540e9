import Atomistics
import Numerics

extension EnvironmentBatch {
  /// Adds the forces and the virial that follow from the gradients D = dE_i/d(r_j − r_i): F_i += D, F_j −= D, W −= r ⊗ D, and
  /// the last also to center i where per-atom virials are wanted.
  public func scatter(into output: ForceOutput) {
    let forces = output.forces, virials = output.virials
    var virial = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
    for slot in 0..<count {
      var force = Triple(), rowX = Triple(), rowY = Triple(), rowZ = Triple()
      for lane in stride(from: starts[slot], to: starts[slot] &+ lengths[slot], by: 4) {
        let gx = Self.load(gradientX, lane), gy = Self.load(gradientY, lane), gz = Self.load(gradientZ, lane)
        force.add(gx, gy, gz, times: SIMD4(repeating: 1))
        rowX.add(gx, gy, gz, times: Self.load(x, lane))
        rowY.add(gx, gy, gz, times: Self.load(y, lane))
        rowZ.add(gx, gy, gz, times: Self.load(z, lane))
        subtract(gx, gy, gz, lane, forces)
      }
      forces[Int(centers[slot])] += force.sums
      let share = (rowX.sums, rowY.sums, rowZ.sums)
      virial.0 -= share.0
      virial.1 -= share.1
      virial.2 -= share.2
      if let virials { ForceOutput.add(-1 * Self.matrix(share), to: virials, of: Int(centers[slot])) }
    }
    output.virial += Self.matrix(virial)
  }

  @inline(__always)
  private static func matrix(_ rows: (SIMD4<Double>, SIMD4<Double>, SIMD4<Double>)) -> Matrix3 {
    func row(_ lanes: SIMD4<Double>) -> Vector3 { Vector3(lanes.x, lanes.y, lanes.z) }
    return Matrix3(rows: row(rows.0), row(rows.1), row(rows.2))
  }

  /// Running sums of a vector over four lanes.
  private struct Triple {
    var x = SIMD4<Double>.zero, y = SIMD4<Double>.zero, z = SIMD4<Double>.zero

    @inline(__always)
    mutating func add(_ gx: SIMD4<Double>, _ gy: SIMD4<Double>, _ gz: SIMD4<Double>, times r: SIMD4<Double>) {
      x.addProduct(gx, r)
      y.addProduct(gy, r)
      z.addProduct(gz, r)
    }

    @inline(__always)
    var sums: SIMD4<Double> { Double4.sums(.init(lanes: x), .init(lanes: y), .init(lanes: z), .zero) }
  }

  @inline(__always)
  private static func load(_ array: UnsafeMutablePointer<Double>, _ lane: Int) -> SIMD4<Double> {
    UnsafeRawPointer(array).load(fromByteOffset: lane &* 8, as: SIMD4<Double>.self)
  }

  /// F_j −= D for four lanes; the fourth component stays 0.
  @inline(__always)
  private func subtract(
    _ gx: SIMD4<Double>, _ gy: SIMD4<Double>, _ gz: SIMD4<Double>, _ lane: Int,
    _ forces: UnsafeMutablePointer<SIMD4<Double>>
  ) {
    let indices = neighbors + lane
    forces[Int(indices[0])] -= SIMD4(gx[0], gy[0], gz[0], 0)
    forces[Int(indices[1])] -= SIMD4(gx[1], gy[1], gz[1], 0)
    forces[Int(indices[2])] -= SIMD4(gx[2], gy[2], gz[2], 0)
    forces[Int(indices[3])] -= SIMD4(gx[3], gy[3], gz[3], 0)
  }
}
