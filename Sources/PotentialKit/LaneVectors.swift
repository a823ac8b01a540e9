/// The four packs of this processor class: 8 doubles and their half, 16 floats and their half (two and one 256-bit registers).

@frozen
public struct Double4: HalfLaneVector {
  public typealias Scalar = Double
  public var lanes: SIMD4<Double>

  @inlinable @inline(__always) public init(lanes: SIMD4<Double>) { self.lanes = lanes }
  @inlinable @inline(__always) public init(_ scalar: Double) { lanes = SIMD4<Double>(repeating: scalar) }
  @inlinable @inline(__always) public static var laneCount: Int { 4 }

  @inlinable @inline(__always) public init(doubles: UnsafePointer<Double>) {
    lanes = UnsafeRawPointer(doubles).loadUnaligned(as: SIMD4<Double>.self)
  }

  @inlinable @inline(__always) public func store(doubles: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(doubles).storeBytes(of: lanes, as: SIMD4<Double>.self)
  }

  @inlinable @inline(__always) public static func + (a: Self, b: Self) -> Self { Self(lanes: a.lanes + b.lanes) }
  @inlinable @inline(__always) public static func - (a: Self, b: Self) -> Self { Self(lanes: a.lanes - b.lanes) }
  @inlinable @inline(__always) public static func * (a: Self, b: Self) -> Self { Self(lanes: a.lanes * b.lanes) }

  @inlinable @inline(__always) public func adding(_ a: Self, times b: Self) -> Self {
    Self(lanes: lanes.addingProduct(a.lanes, b.lanes))
  }

  @inlinable @inline(__always) public func times(_ a: Self, minus b: Self) -> Self {
    Self(lanes: (-b.lanes).addingProduct(lanes, a.lanes))
  }

  @inlinable @inline(__always) public func squareRoot() -> Self { Self(lanes: lanes.squareRoot()) }
  @inlinable @inline(__always) public func reciprocal() -> Self { Self(lanes: SIMD4<Double>(repeating: 1) / lanes) }

  @inlinable @inline(__always) public func maximum(_ other: Self) -> Self {
    Self(lanes: lanes.replacing(with: other.lanes, where: other.lanes .> lanes))
  }

  @inlinable @inline(__always) public func keep(where a: Self, exceeds b: Self) -> Self {
    Self(lanes: SIMD4<Double>(repeating: 0).replacing(with: lanes, where: a.lanes .> b.lanes))
  }

  @inlinable @inline(__always) public static func sums(_ a: Self, _ b: Self, _ c: Self, _ d: Self) -> SIMD4<Double> {
    // Pairs across two packs first, so that each step is one shuffle and one addition.
    let ab = SIMD4(a.lanes[0], b.lanes[0], a.lanes[2], b.lanes[2]) + SIMD4(a.lanes[1], b.lanes[1], a.lanes[3], b.lanes[3])
    let cd = SIMD4(c.lanes[0], d.lanes[0], c.lanes[2], d.lanes[2]) + SIMD4(c.lanes[1], d.lanes[1], c.lanes[3], d.lanes[3])
    return SIMD4(lowHalf: ab.lowHalf, highHalf: cd.lowHalf) + SIMD4(lowHalf: ab.highHalf, highHalf: cd.highHalf)
  }

  /// The transpose of four packs: lane i of each in the i-th.
  @inlinable @inline(__always)
  public static func transposed(_ a: Self, _ b: Self, _ c: Self, _ d: Self) -> (Self, Self, Self, Self) {
    let a = a.lanes, b = b.lanes, c = c.lanes, d = d.lanes
    let abEven = SIMD4(a[0], b[0], a[2], b[2]), abOdd = SIMD4(a[1], b[1], a[3], b[3])
    let cdEven = SIMD4(c[0], d[0], c[2], d[2]), cdOdd = SIMD4(c[1], d[1], c[3], d[3])
    return (
      Self(lanes: SIMD4(lowHalf: abEven.lowHalf, highHalf: cdEven.lowHalf)),
      Self(lanes: SIMD4(lowHalf: abOdd.lowHalf, highHalf: cdOdd.lowHalf)),
      Self(lanes: SIMD4(lowHalf: abEven.highHalf, highHalf: cdEven.highHalf)),
      Self(lanes: SIMD4(lowHalf: abOdd.highHalf, highHalf: cdOdd.highHalf))
    )
  }
}

@frozen
public struct Double8: WholeLaneVector {
  public typealias Scalar = Double
  public var lanes: SIMD8<Double>

  @inlinable @inline(__always) public init(lanes: SIMD8<Double>) { self.lanes = lanes }
  @inlinable @inline(__always) public init(_ scalar: Double) { lanes = SIMD8<Double>(repeating: scalar) }
  @inlinable @inline(__always) public static var laneCount: Int { 8 }

  @inlinable @inline(__always) public init(doubles: UnsafePointer<Double>) {
    lanes = UnsafeRawPointer(doubles).loadUnaligned(as: SIMD8<Double>.self)
  }

  @inlinable @inline(__always) public func store(doubles: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(doubles).storeBytes(of: lanes, as: SIMD8<Double>.self)
  }

  @inlinable @inline(__always) public static func + (a: Self, b: Self) -> Self { Self(lanes: a.lanes + b.lanes) }
  @inlinable @inline(__always) public static func - (a: Self, b: Self) -> Self { Self(lanes: a.lanes - b.lanes) }
  @inlinable @inline(__always) public static func * (a: Self, b: Self) -> Self { Self(lanes: a.lanes * b.lanes) }

  @inlinable @inline(__always) public func adding(_ a: Self, times b: Self) -> Self {
    Self(lanes: lanes.addingProduct(a.lanes, b.lanes))
  }

  @inlinable @inline(__always) public func times(_ a: Self, minus b: Self) -> Self {
    Self(lanes: (-b.lanes).addingProduct(lanes, a.lanes))
  }

  @inlinable @inline(__always) public func squareRoot() -> Self { Self(lanes: lanes.squareRoot()) }
  @inlinable @inline(__always) public func reciprocal() -> Self { Self(lanes: SIMD8<Double>(repeating: 1) / lanes) }

  @inlinable @inline(__always) public func maximum(_ other: Self) -> Self {
    Self(lanes: lanes.replacing(with: other.lanes, where: other.lanes .> lanes))
  }

  @inlinable @inline(__always) public func keep(where a: Self, exceeds b: Self) -> Self {
    Self(lanes: SIMD8<Double>(repeating: 0).replacing(with: lanes, where: a.lanes .> b.lanes))
  }

  @inlinable @inline(__always) public var low: Double4 { Double4(lanes: lanes.lowHalf) }
  @inlinable @inline(__always) public var high: Double4 { Double4(lanes: lanes.highHalf) }
}

@frozen
public struct Single8: HalfLaneVector {
  public typealias Scalar = Float
  public var lanes: SIMD8<Float>

  @inlinable @inline(__always) public init(lanes: SIMD8<Float>) { self.lanes = lanes }
  @inlinable @inline(__always) public init(_ scalar: Float) { lanes = SIMD8<Float>(repeating: scalar) }
  @inlinable @inline(__always) public static var laneCount: Int { 8 }

  @inlinable @inline(__always) public init(doubles: UnsafePointer<Double>) {
    lanes = SIMD8<Float>(UnsafeRawPointer(doubles).loadUnaligned(as: SIMD8<Double>.self))
  }

  @inlinable @inline(__always) public func store(doubles: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(doubles).storeBytes(of: SIMD8<Double>(lanes), as: SIMD8<Double>.self)
  }

  @inlinable @inline(__always) public static func + (a: Self, b: Self) -> Self { Self(lanes: a.lanes + b.lanes) }
  @inlinable @inline(__always) public static func - (a: Self, b: Self) -> Self { Self(lanes: a.lanes - b.lanes) }
  @inlinable @inline(__always) public static func * (a: Self, b: Self) -> Self { Self(lanes: a.lanes * b.lanes) }

  @inlinable @inline(__always) public func adding(_ a: Self, times b: Self) -> Self {
    Self(lanes: lanes.addingProduct(a.lanes, b.lanes))
  }

  @inlinable @inline(__always) public func times(_ a: Self, minus b: Self) -> Self {
    Self(lanes: (-b.lanes).addingProduct(lanes, a.lanes))
  }

  @inlinable @inline(__always) public func squareRoot() -> Self { Self(lanes: lanes.squareRoot()) }
  @inlinable @inline(__always) public func reciprocal() -> Self { Self(lanes: SIMD8<Float>(repeating: 1) / lanes) }

  @inlinable @inline(__always) public func maximum(_ other: Self) -> Self {
    Self(lanes: lanes.replacing(with: other.lanes, where: other.lanes .> lanes))
  }

  @inlinable @inline(__always) public func keep(where a: Self, exceeds b: Self) -> Self {
    Self(lanes: SIMD8<Float>(repeating: 0).replacing(with: lanes, where: a.lanes .> b.lanes))
  }

  @inlinable @inline(__always) public static func sums(_ a: Self, _ b: Self, _ c: Self, _ d: Self) -> SIMD4<Double> {
    // In single precision, as exact as the sums that the lanes hold, and widened once. Pairs of floats move as doubles do:
    // element by element, the compiler would take the vectors apart.
    let a = unsafeBitCast(a, to: SIMD4<Double>.self), b = unsafeBitCast(b, to: SIMD4<Double>.self)
    let c = unsafeBitCast(c, to: SIMD4<Double>.self), d = unsafeBitCast(d, to: SIMD4<Double>.self)
    let ab = floatSum(SIMD4(a[0], b[0], a[2], b[2]), SIMD4(a[1], b[1], a[3], b[3]))
    let cd = floatSum(SIMD4(c[0], d[0], c[2], d[2]), SIMD4(c[1], d[1], c[3], d[3]))
    let pairs = unsafeBitCast(
      floatSum(
        SIMD4(lowHalf: ab.lowHalf, highHalf: cd.lowHalf), SIMD4(lowHalf: ab.highHalf, highHalf: cd.highHalf)),
      to: SIMD8<Float>.self)
    return SIMD4<Double>(pairs.evenHalf + pairs.oddHalf)
  }

  /// The sum of two packs of floats that are held as doubles.
  @inlinable @inline(__always) static func floatSum(_ a: SIMD4<Double>, _ b: SIMD4<Double>) -> SIMD4<Double> {
    unsafeBitCast(unsafeBitCast(a, to: SIMD8<Float>.self) + unsafeBitCast(b, to: SIMD8<Float>.self), to: SIMD4<Double>.self)
  }
}

@frozen
public struct Single16: WholeLaneVector {
  public typealias Scalar = Float
  public var lanes: SIMD16<Float>

  @inlinable @inline(__always) public init(lanes: SIMD16<Float>) { self.lanes = lanes }
  @inlinable @inline(__always) public init(_ scalar: Float) { lanes = SIMD16<Float>(repeating: scalar) }
  @inlinable @inline(__always) public static var laneCount: Int { 16 }

  @inlinable @inline(__always) public init(doubles: UnsafePointer<Double>) {
    // By halves: the conversion of sixteen is a call through memory.
    lanes = SIMD16(lowHalf: Single8(doubles: doubles).lanes, highHalf: Single8(doubles: doubles + 8).lanes)
  }

  @inlinable @inline(__always) public func store(doubles: UnsafeMutablePointer<Double>) {
    low.store(doubles: doubles)
    high.store(doubles: doubles + 8)
  }

  @inlinable @inline(__always) public static func + (a: Self, b: Self) -> Self { Self(lanes: a.lanes + b.lanes) }
  @inlinable @inline(__always) public static func - (a: Self, b: Self) -> Self { Self(lanes: a.lanes - b.lanes) }
  @inlinable @inline(__always) public static func * (a: Self, b: Self) -> Self { Self(lanes: a.lanes * b.lanes) }

  @inlinable @inline(__always) public func adding(_ a: Self, times b: Self) -> Self {
    Self(lanes: lanes.addingProduct(a.lanes, b.lanes))
  }

  @inlinable @inline(__always) public func times(_ a: Self, minus b: Self) -> Self {
    Self(lanes: (-b.lanes).addingProduct(lanes, a.lanes))
  }

  @inlinable @inline(__always) public func squareRoot() -> Self { Self(lanes: lanes.squareRoot()) }
  @inlinable @inline(__always) public func reciprocal() -> Self { Self(lanes: SIMD16<Float>(repeating: 1) / lanes) }

  @inlinable @inline(__always) public func maximum(_ other: Self) -> Self {
    Self(lanes: lanes.replacing(with: other.lanes, where: other.lanes .> lanes))
  }

  @inlinable @inline(__always) public func keep(where a: Self, exceeds b: Self) -> Self {
    Self(lanes: SIMD16<Float>(repeating: 0).replacing(with: lanes, where: a.lanes .> b.lanes))
  }

  @inlinable @inline(__always) public var low: Single8 { Single8(lanes: lanes.lowHalf) }
  @inlinable @inline(__always) public var high: Single8 { Single8(lanes: lanes.highHalf) }
}
