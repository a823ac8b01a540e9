/// Random numbers that are a pure function of (stream, seed, step, atom id): the same on any number of ranks and after a restart.
///
/// Philox4x32-10, J. K. Salmon et al., Proc. SC11, doi:10.1145/2063384.2063405. Key: (seed, stream); counter: (step, id).
public struct CounterRandom: Sendable {
  /// Every use of random numbers has its stream here, so that no two are correlated. Never renumber one.
  public enum Stream: UInt32, Sendable {
    case initialVelocities = 1
    case langevin = 2
    case velocityRescaling = 3
    case langevinPiston = 4
    case bootstrap = 5
    case test = 1000
  }

  let key: SIMD2<UInt32>

  package init(key: SIMD2<UInt32>) { self.key = key }

  public init(_ stream: Stream, seed: UInt32) {
    key = SIMD2(seed, stream.rawValue)
  }

  /// Four independent 32-bit words.
  public func words(step: UInt64, id: UInt64) -> SIMD4<UInt32> {
    var counter = SIMD4<UInt32>(
      UInt32(truncatingIfNeeded: step), UInt32(truncatingIfNeeded: step >> 32),
      UInt32(truncatingIfNeeded: id), UInt32(truncatingIfNeeded: id >> 32))
    var key = key
    for _ in 0..<10 {
      let p0 = UInt64(counter.x) &* 0xD251_1F53, p1 = UInt64(counter.z) &* 0xCD9E_8D57
      counter = SIMD4(
        UInt32(truncatingIfNeeded: p1 >> 32) ^ counter.y ^ key.x, UInt32(truncatingIfNeeded: p1),
        UInt32(truncatingIfNeeded: p0 >> 32) ^ counter.w ^ key.y, UInt32(truncatingIfNeeded: p0))
      key = key &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return counter
  }

  /// Two uniform numbers in (0, 1), 52 bits each.
  public func uniforms(step: UInt64, id: UInt64) -> SIMD2<Double> {
    let w = words(step: step, id: id)
    func unit(_ high: UInt32, _ low: UInt32) -> Double {
      (Double((UInt64(high) << 32 | UInt64(low)) >> 12) + 0.5) * 0x1p-52
    }
    return SIMD2(unit(w.x, w.y), unit(w.z, w.w))
  }
}
