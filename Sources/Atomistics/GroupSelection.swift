/// Which atoms are meant, by the groups that they are in: in at least one of `any`, and in none of `none`.
public struct GroupSelection: Equatable, Sendable {
  /// Bit k stands for group k; 0: every atom qualifies.
  public var any: UInt32
  /// Bit k stands for group k.
  public var none: UInt32

  public init(any: UInt32 = 0, none: UInt32 = 0) { (self.any, self.none) = (any, none) }

  /// Every atom.
  public static let all = GroupSelection()

  /// Whether an atom in these groups (`AtomStore.groups`) is meant.
  @inlinable @inline(__always)
  public func contains(_ groups: UInt32) -> Bool { (any == 0 || groups & any != 0) && groups & none == 0 }
}
