import Numerics

/// One rank's atoms as arrays: owned atoms first, then ghosts. Reallocates only when it must grow.
///
/// The pointers stay valid until the next `reserve`; kernels take them afresh on each call.
public final class AtomStore {
  public private(set) var ownedCount = 0
  public private(set) var ghostCount = 0
  public private(set) var capacity = 0
  public var totalCount: Int { ownedCount + ghostCount }

  /// Å; the fourth lane is 0. Owned and ghosts.
  public private(set) var position: UnsafeMutablePointer<SIMD4<Double>>
  /// eV/Å; the fourth lane is 0. Owned and ghosts.
  public private(set) var force: UnsafeMutablePointer<SIMD4<Double>>
  /// Å/fs; owned.
  public private(set) var velocity: UnsafeMutablePointer<SIMD4<Double>>
  /// Stable ids; owned and ghosts.
  public private(set) var id: UnsafeMutablePointer<Int64>
  /// Index into the run's table of kinds; owned and ghosts.
  public private(set) var kind: UnsafeMutablePointer<Int32>
  /// Cells wrapped so far along a, b, c; owned. Unwrapped position = position + image · cell.
  public private(set) var image: UnsafeMutablePointer<SIMD4<Int32>>
  /// Bit k says that the atom is in group k, of at most 32; owned.
  public private(set) var groups: UnsafeMutablePointer<UInt32>

  public init() {
    position = .allocate(capacity: 0)
    force = .allocate(capacity: 0)
    velocity = .allocate(capacity: 0)
    id = .allocate(capacity: 0)
    kind = .allocate(capacity: 0)
    image = .allocate(capacity: 0)
    groups = .allocate(capacity: 0)
  }

  deinit {
    position.deallocate()
    force.deallocate()
    velocity.deallocate()
    id.deallocate()
    kind.deallocate()
    image.deallocate()
    groups.deallocate()
  }

  /// Makes room for `owned` + `ghosts` atoms and sets the counts; contents up to the old total survive.
  public func resize(owned: Int, ghosts: Int) {
    reserve(owned + ghosts)
    ownedCount = owned
    ghostCount = ghosts
  }

  /// Grows every array to at least `minimum` atoms, by a fifth more than asked so that growth is rare.
  public func reserve(_ minimum: Int) {
    guard minimum > capacity else { return }
    let new = minimum + minimum / 5 + 16
    grow(&position, to: new)
    grow(&force, to: new)
    grow(&velocity, to: new)
    grow(&id, to: new)
    grow(&kind, to: new)
    grow(&image, to: new)
    grow(&groups, to: new)
    capacity = new
  }

  private func grow<T: BitwiseCopyable>(_ pointer: inout UnsafeMutablePointer<T>, to new: Int) {
    let bigger = UnsafeMutablePointer<T>.allocate(capacity: new)
    bigger.update(from: pointer, count: totalCount)
    // Fresh pages are zeroed so that no kernel ever reads garbage from a lane that nobody wrote.
    UnsafeMutableRawPointer(bigger + totalCount).initializeMemory(
      as: UInt8.self, repeating: 0, count: (new - totalCount) * MemoryLayout<T>.stride)
    pointer.deallocate()
    pointer = bigger
  }
}
