/// A growable array of one value an atom, with a stable pointer between growths. New room is zeroed; contents do not survive growth.
public final class PerAtomBuffer<Value: BitwiseCopyable> {
  public private(set) var pointer: UnsafeMutablePointer<Value>
  private var capacity = 0

  public init() { pointer = .allocate(capacity: 0) }

  deinit { pointer.deallocate() }

  public func reserve(_ count: Int) {
    guard count > capacity else { return }
    capacity = count + count / 5 + 16
    pointer.deallocate()
    pointer = .allocate(capacity: capacity)
    clear(capacity)
  }

  /// Sets the first `count` values to zero bits.
  public func clear(_ count: Int) {
    UnsafeMutableRawPointer(pointer).initializeMemory(
      as: UInt8.self, repeating: 0, count: count * MemoryLayout<Value>.stride)
  }
}
