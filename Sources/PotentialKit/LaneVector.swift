/// A pack of numbers that a kernel computes on: neighbors or centers in lanes.
///
/// Kernels are generic over it so that double and mixed precision, and whole and half units, are one source. The concrete types
/// wrap the standard library's vectors because their operators are statically chosen: a generic `SIMD` parameter would pick the
/// lane-by-lane fallback. In memory every pack, also a half one, takes a slot of `slotBytes`.
public protocol LaneVector: BitwiseCopyable {
  associatedtype Scalar: BinaryFloatingPoint & BitwiseCopyable
  static var laneCount: Int { get }
  init(_ scalar: Scalar)
  /// From `laneCount` doubles, rounded; aligned to their own size.
  init(doubles: UnsafePointer<Double>)
  func store(doubles: UnsafeMutablePointer<Double>)
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  /// self + a * b, fused.
  func adding(_ a: Self, times b: Self) -> Self
  /// self * a − b, fused.
  func times(_ a: Self, minus b: Self) -> Self
  func squareRoot() -> Self
  func reciprocal() -> Self
  func maximum(_ other: Self) -> Self
  /// self where a > b, else 0.
  func keep(where a: Self, exceeds b: Self) -> Self
}

/// A pack made of two halves that hold the same scalars.
public protocol WholeLaneVector: LaneVector {
  associatedtype Half: LaneVector where Half.Scalar == Scalar
  var low: Half { get }
  var high: Half { get }
}

/// The half pack: the width in which padding is counted.
public protocol HalfLaneVector: LaneVector {
  /// The lane sums of four packs, summed in their own precision.
  static func sums(_ a: Self, _ b: Self, _ c: Self, _ d: Self) -> SIMD4<Double>
}

extension LaneVector {
  /// Bytes from one pack to the next in scratch arrays, for whole and half packs alike.
  @inlinable @inline(__always) public static var slotBytes: Int { 64 }

  @inlinable @inline(__always)
  public static func load(_ base: UnsafeRawPointer, slot: Int) -> Self {
    base.load(fromByteOffset: slot &* slotBytes, as: Self.self)
  }

  @inlinable @inline(__always)
  public func store(_ base: UnsafeMutableRawPointer, slot: Int) {
    base.storeBytes(of: self, toByteOffset: slot &* Self.slotBytes, as: Self.self)
  }

  @inlinable @inline(__always) public static var zero: Self { Self(0) }
}
