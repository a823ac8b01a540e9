// Sums over long vectors of doubles, in eight lanes: the compiler does not reorder a sum by itself.

/// Σ a_k b_k.
func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
  var lanes = SIMD8<Double>.zero
  var k = 0
  while k &+ 8 <= count {
    lanes.addProduct(eight(a + k), eight(b + k))
    k &+= 8
  }
  var rest = 0.0
  while k < count {
    rest += a[k] * b[k]
    k &+= 1
  }
  return lanes.sum() + rest
}

/// y ← a x + b y.
func combine(
  _ a: Double, _ x: UnsafePointer<Double>, _ b: Double, _ y: UnsafeMutablePointer<Double>, _ count: Int
) {
  for k in 0..<count { y[k] = a * x[k] + b * y[k] }
}

/// The longest of `count` vectors, squared.
func longestSquared(_ vectors: UnsafePointer<Double>, _ count: Int) -> Double {
  var longest = 0.0
  for i in 0..<count {
    let v = vectors + 3 &* i
    longest = max(longest, v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
  }
  return longest
}

@inline(__always)
private func eight(_ pointer: UnsafePointer<Double>) -> SIMD8<Double> {
  UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Double>.self)
}
