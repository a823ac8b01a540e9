/// A sort key and the atom it stands for.
struct KeyedAtom: BitwiseCopyable {
  var key: UInt64
  var atom: Int32
}

/// Stable sort by key: least significant digit first, 11 bits a pass. Ties keep their order.
struct RadixSort {
  private static let digitBits = 11

  /// Sorts `count` entries whose keys have `keyBits` bits at most; `scratch` has room for as many. The result is in
  /// `entries`.
  static func sort(
    _ entries: UnsafeMutablePointer<KeyedAtom>, count: Int, keyBits: Int, scratch: UnsafeMutablePointer<KeyedAtom>
  ) {
    var source = entries
    var target = scratch
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 1 << digitBits) { offsets in
      for shift in stride(from: 0, to: keyBits, by: digitBits) {
        pass(source, target, count, shift, offsets.baseAddress!)
        swap(&source, &target)
      }
    }
    if source != entries { entries.update(from: source, count: count) }
  }

  private static func pass(
    _ source: UnsafeMutablePointer<KeyedAtom>, _ target: UnsafeMutablePointer<KeyedAtom>, _ count: Int, _ shift: Int,
    _ offsets: UnsafeMutablePointer<Int>
  ) {
    let digits = 1 << digitBits
    let mask = UInt64(digits - 1)
    let shift = UInt64(shift)
    offsets.initialize(repeating: 0, count: digits)
    for i in 0..<count { offsets[Int(truncatingIfNeeded: (source[i].key &>> shift) & mask)] &+= 1 }
    var total = 0
    for digit in 0..<digits {
      let here = offsets[digit]
      offsets[digit] = total
      total &+= here
    }
    for i in 0..<count {
      let digit = Int(truncatingIfNeeded: (source[i].key &>> shift) & mask)
      target[offsets[digit]] = source[i]
      offsets[digit] &+= 1
    }
  }
}
