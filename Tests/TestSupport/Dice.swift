import Numerics

/// Random numbers for a test case, one after the other, the same on every run.
public struct Dice {
  private let random: CounterRandom
  private var drawn: UInt64 = 0

  public init(_ seed: Int) { random = CounterRandom(.test, seed: UInt32(truncatingIfNeeded: seed)) }

  /// 0 to 1.
  public mutating func unit() -> Double {
    drawn += 1
    return random.uniforms(step: drawn, id: 0).x
  }

  /// −1 to 1.
  public mutating func signed() -> Double { 2 * unit() - 1 }

  public mutating func real(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * unit()
  }

  public mutating func integer(_ range: ClosedRange<Int>) -> Int {
    min(range.lowerBound + Int(unit() * Double(range.count)), range.upperBound)
  }

  /// In the unit cube.
  public mutating func unitVector3() -> Vector3 { Vector3(unit(), unit(), unit()) }

  /// In the cube from −1 to 1.
  public mutating func signedVector3() -> Vector3 { Vector3(signed(), signed(), signed()) }
}
