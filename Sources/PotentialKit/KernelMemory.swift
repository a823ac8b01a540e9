/// Plain constants that a kernel reads through a pointer, aligned to cache-line pairs; freed with their owner.
public final class FixedArray<Element: BitwiseCopyable> {
  public let base: UnsafeMutablePointer<Element>
  public let count: Int

  @inlinable
  public init(_ elements: [Element]) {
    count = elements.count
    base = UnsafeMutableRawPointer.allocate(byteCount: max(elements.count, 1) * MemoryLayout<Element>.stride, alignment: 128)
      .bindMemory(to: Element.self, capacity: max(elements.count, 1))
    base.initialize(from: elements, count: elements.count)
  }

  @inlinable
  deinit { base.deallocate() }
}

/// Scratch memory of a kernel, aligned to cache-line pairs; grows, never shrinks, its contents not kept.
@frozen
public struct ScratchBuffer: ~Copyable {
  public private(set) var base: UnsafeMutableRawPointer
  public private(set) var byteCount: Int

  public init() {
    base = .allocate(byteCount: 0, alignment: 128)
    byteCount = 0
  }

  /// Makes room for `slots` slots of one whole pack each.
  public mutating func reserve(slots: Int) {
    guard slots * Double8.slotBytes > byteCount else { return }
    base.deallocate()
    byteCount = slots * Double8.slotBytes
    base = .allocate(byteCount: byteCount, alignment: 128)
    // Padded rows and lanes are read by whole packs: they must be numbers.
    base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
  }

  deinit { base.deallocate() }
}
