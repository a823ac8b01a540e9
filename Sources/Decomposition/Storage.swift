#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Growable memory for kernels: uninitialized, grown in place where the allocator can, never shrunk.
final class Storage<Element: BitwiseCopyable> {
  private(set) var pointer: UnsafeMutablePointer<Element>
  private(set) var capacity: Int

  init(capacity: Int = 1) {
    self.capacity = capacity
    pointer = Self.resized(nil, from: 0, to: capacity)
  }

  deinit { free(pointer) }

  var bytes: Int { capacity * MemoryLayout<Element>.stride }

  /// Makes room for `minimum` elements, and a quarter more where it has to grow; the contents survive.
  @inline(__always)
  func reserve(_ minimum: Int) {
    if minimum > capacity { grow(minimum) }
  }

  @inline(never)
  private func grow(_ minimum: Int) {
    let larger = minimum + minimum / 4 + 16
    pointer = Self.resized(pointer, from: capacity, to: larger)
    capacity = larger
  }

  private static func resized(
    _ old: UnsafeMutablePointer<Element>?, from oldCapacity: Int, to capacity: Int
  ) -> UnsafeMutablePointer<Element> {
    let byteCount = capacity * MemoryLayout<Element>.stride
    var memory: UnsafeMutableRawPointer?
    if MemoryLayout<Element>.alignment <= 16 {
      memory = realloc(old, byteCount)
    } else {
      // malloc aligns to 16 bytes only.
      memory = aligned_alloc(64, (byteCount + 63) / 64 * 64)
      if let old, let memory { memcpy(memory, old, oldCapacity * MemoryLayout<Element>.stride) }
      free(old)
    }
    guard let memory else { fatalError("out of memory: \(byteCount) bytes") }
    return memory.bindMemory(to: Element.self, capacity: capacity)
  }
}
