/// exp(x) in each lane, to 1 ulp or so; below −708 the result stays at e⁻⁷⁰⁸ ≈ 3e-308, above 709 at e⁷⁰⁹.
///
/// x = n ln 2 + r with |r| ≤ ln 2/2; e^r by its Taylor polynomial of degree 13, whose remainder is below 5e-18; 2ⁿ goes
/// straight into the exponent bits. The C library's `exp` would be called for each lane.
@inline(__always)
func exponential(_ x: SIMD4<Double>) -> SIMD4<Double> {
  let clamped = clamp(x, -708, 709)
  // Adding 1.5 * 2^52 rounds to an integer and leaves it in the low bits.
  let magic = SIMD4<Double>(repeating: 0x1.8p52)
  let shifted = magic.addingProduct(clamped, SIMD4(repeating: 1.442_695_040_888_963_4))
  let n = shifted - magic
  let r = clamped
    .addingProduct(n, SIMD4(repeating: -0x1.62e42fefa39efp-1))
    .addingProduct(n, SIMD4(repeating: -0x1.abc9e3b39803fp-56))
  var sum = SIMD4<Double>(repeating: 1 / 6_227_020_800)
  sum = SIMD4(repeating: 1 / 479_001_600).addingProduct(sum, r)
  sum = SIMD4(repeating: 1 / 39_916_800).addingProduct(sum, r)
  sum = SIMD4(repeating: 1 / 3_628_800).addingProduct(sum, r)
  sum = SIMD4(repeating: 1 / 362_880).addingProduct(sum, r)
  sum = SIMD4(repeating: 1 / 40_320).addingProduct(sum, r)
  sum = SIMD4(repeating: 1 / 5_040).addingProduct(sum, r)
  sum = SIMD4(repeating: 1 / 720).addingProduct(sum, r)
  sum = SIMD4(repeating: 1 / 120).addingProduct(sum, r)
  sum = SIMD4(repeating: 1 / 24).addingProduct(sum, r)
  sum = SIMD4(repeating: 1 / 6).addingProduct(sum, r)
  sum = SIMD4(repeating: 0.5).addingProduct(sum, r)
  sum = SIMD4(repeating: 1).addingProduct(sum, r)
  sum = SIMD4(repeating: 1).addingProduct(sum, r)
  let exponent = unsafeBitCast(shifted, to: SIMD4<Int64>.self) &<< 52
  return unsafeBitCast(unsafeBitCast(sum, to: SIMD4<Int64>.self) &+ exponent, to: SIMD4<Double>.self)
}

/// `x` limited to low...high in each lane. (The standard library's `clamped` is not inlined here: a call in the loop.)
@inline(__always)
func clamp(_ x: SIMD4<Double>, _ low: Double, _ high: Double) -> SIMD4<Double> {
  let raised = x.replacing(with: low, where: x .< low)
  return raised.replacing(with: high, where: raised .> high)
}
