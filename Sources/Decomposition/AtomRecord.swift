import Atomistics
import Numerics

/// All that one owned atom carries: what migrates between ranks and what a checkpoint stores.
public struct AtomRecord: BitwiseCopyable, Sendable {
  /// Stable over a run.
  public var id: Int64
  /// Index into the run's table of kinds.
  public var kind: Int32
  /// Bit k says that the atom is in group k.
  public var groups: UInt32
  /// Å.
  public var position: Vector3
  /// Å/fs.
  public var velocity: Vector3
  /// Cells wrapped so far along a, b, c: unwrapped = position + image · cell.
  public var image: SIMD3<Int32>
  /// Å; where the atom was when the neighbor list was last built. The position for a fresh start.
  public var reference: Vector3

  public init(
    id: Int64, kind: Int32, position: Vector3, velocity: Vector3 = .zero, image: SIMD3<Int32> = .zero,
    reference: Vector3? = nil, groups: UInt32 = 0
  ) {
    self.id = id
    self.kind = kind
    self.groups = groups
    self.position = position
    self.velocity = velocity
    self.image = image
    self.reference = reference ?? position
  }
}
