/// Memory that grows and is used again for frame after frame; what it held is lost when it grows.
final class ScratchBuffer<Element: BitwiseCopyable> {
  private(set) var pointer: UnsafeMutablePointer<Element>
  private var capacity = 0

  init() { pointer = .allocate(capacity: 0) }

  deinit { pointer.deallocate() }

  /// Room for `count` elements, of any value.
  func reserve(_ count: Int) -> UnsafeMutablePointer<Element> {
    if count > capacity {
      pointer.deallocate()
      capacity = count + count / 2
      pointer = .allocate(capacity: capacity)
    }
    return pointer
  }
}
