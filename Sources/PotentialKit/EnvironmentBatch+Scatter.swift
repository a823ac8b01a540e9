import Atomistics
import Numerics

extension EnvironmentBatch {
  /// Adds the forces and the virial that follow from the gradients D = dE_i/d(r_j − r_i): F_i += D, F_j −= D, W −= D ⊗ r.
  ///
  /// The energy of an environment is invariant under rotation, so Σ_j D ⊗ r is symmetric and six sums suffice.
  public func scatter(into output: ForceOutput) {
    let forces = output.forces
    var diagonal = SIMD4<Double>.zero, offDiagonal = SIMD4<Double>.zero
    for slot in 0..<count {
      var fx = SIMD4<Double>.zero, fy = fx, fz = fx
      var xx = fx, yy = fx, zz = fx, yz = fx, xz = fx, xy = fx
      for lane in stride(from: starts[slot], to: starts[slot] &+ lengths[slot], by: 4) {
        let gx = Self.load(gradientX, lane), gy = Self.load(gradientY, lane), gz = Self.load(gradientZ, lane)
        let dx = Self.load(x, lane), dy = Self.load(y, lane), dz = Self.load(z, lane)
        fx += gx
        fy += gy
        fz += gz
        xx.addProduct(gx, dx)
        yy.addProduct(gy, dy)
        zz.addProduct(gz, dz)
        yz.addProduct(gy, dz)
        xz.addProduct(gx, dz)
        xy.addProduct(gx, dy)
        subtract(gx, gy, gz, lane, forces)
      }
      forces[Int(centers[slot])] += Double4.sums(.init(lanes: fx), .init(lanes: fy), .init(lanes: fz), .zero)
      diagonal += Double4.sums(.init(lanes: xx), .init(lanes: yy), .init(lanes: zz), .zero)
      offDiagonal += Double4.sums(.init(lanes: yz), .init(lanes: xz), .init(lanes: xy), .zero)
    }
    let (yz, xz, xy) = (offDiagonal.x, offDiagonal.y, offDiagonal.z)
    output.virial +=
      -1 * Matrix3(rows: Vector3(diagonal.x, xy, xz), Vector3(xy, diagonal.y, yz), Vector3(xz, yz, diagonal.z))
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
