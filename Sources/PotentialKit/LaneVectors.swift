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
    Double4.sums(a.folded, b.folded, c.folded, d.folded)
  }

  /// The sums of lanes four apart.
  @inlinable @inline(__always)
  var folded: Double4 { Double4(lanes: SIMD4<Double>(lanes.lowHalf) + SIMD4<Double>(lanes.highHalf)) }
}

@frozen
public struct Single16: WholeLaneVector {
  public typealias Scalar = Float
  public var lanes: SIMD16<Float>

  @inlinable @inline(__always) public init(lanes: SIMD16<Float>) { self.lanes = lanes }
  @inlinable @inline(__always) public init(_ scalar: Float) { lanes = SIMD16<Float>(repeating: scalar) }
  @inlinable @inline(__always) public static var laneCount: Int { 16 }

  @inlinable @inline(__always) public init(doubles: UnsafePointer<Double>) {
    lanes = SIMD16<Float>(UnsafeRawPointer(doubles).loadUnaligned(as: SIMD16<Double>.self))
  }

  @inlinable @inline(__always) public func store(doubles: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(doubles).storeBytes(of: SIMD16<Double>(lanes), as: SIMD16<Double>.self)
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
