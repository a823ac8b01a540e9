/// Packs at byte offsets from a base, as programs over rows name their operands; multiples of the pack's own size.
extension Double8 {
  @inlinable @inline(__always)
  public static func at(_ base: UnsafeRawPointer, _ byteOffset: UInt32) -> Double8 {
    base.load(fromByteOffset: Int(byteOffset), as: Double8.self)
  }

  @inlinable @inline(__always)
  public func put(_ base: UnsafeMutableRawPointer, _ byteOffset: UInt32) {
    base.storeBytes(of: self, toByteOffset: Int(byteOffset), as: Double8.self)
  }

  /// The value at an offset grows by self · other.
  @inlinable @inline(__always)
  public func add(times other: Double8, to base: UnsafeMutableRawPointer, _ byteOffset: UInt32) {
    Double8.at(base, byteOffset).adding(self, times: other).put(base, byteOffset)
  }
}
