import CFFTW

/// Discrete Fourier transforms of real series of one length, over FFTW on one thread.
///
/// Forward: X_k = Σ_t x_t exp(−2πi k t/n), k = 0 ... n/2; backward: without the factor 1/n. The buffers belong to the
/// transform, so that a loop over many series allocates nothing: fill `real`, call `forward()`, read `spectrum`.
public final class RealFourierTransform {
  /// n.
  public let length: Int
  /// n/2 + 1.
  public let frequencyCount: Int
  /// [length].
  public let real: UnsafeMutablePointer<Double>
  /// [frequencyCount], real and imaginary parts in turn; `backward()` destroys it.
  public let spectrum: UnsafeMutablePointer<SIMD2<Double>>
  private let forwardPlan: fftw_plan
  private let backwardPlan: fftw_plan

  public init(length: Int) {
    precondition(length > 0 && length < Int(Int32.max))
    self.length = length
    frequencyCount = length / 2 + 1
    real = fftw_alloc_real(length)
    let complex = fftw_alloc_complex(frequencyCount)!
    spectrum = UnsafeMutableRawPointer(complex).bindMemory(to: SIMD2<Double>.self, capacity: frequencyCount)
    let estimate = UInt32(FFTW_ESTIMATE)
    forwardPlan = fftw_plan_dft_r2c_1d(Int32(length), real, complex, estimate)
    backwardPlan = fftw_plan_dft_c2r_1d(Int32(length), complex, real, estimate)
    real.update(repeating: 0, count: length)
    spectrum.update(repeating: .zero, count: frequencyCount)
  }

  deinit {
    fftw_destroy_plan(forwardPlan)
    fftw_destroy_plan(backwardPlan)
    fftw_free(real)
    fftw_free(spectrum)
  }

  /// `real` to `spectrum`; `real` stays.
  public func forward() { fftw_execute(forwardPlan) }

  /// `spectrum` to `real`, times n.
  public func backward() { fftw_execute(backwardPlan) }

  /// The least length from `count` on that has no prime factor above 7, for which FFTW is fast.
  public static func fastLength(atLeast count: Int) -> Int {
    var length = max(1, count)
    while !isSmooth(length) { length += 1 }
    return length
  }

  private static func isSmooth(_ number: Int) -> Bool {
    var rest = number
    for prime in [2, 3, 5, 7] {
      while rest % prime == 0 { rest /= prime }
    }
    return rest == 1
  }
}
