import PotentialKit

/// Plain constants that a kernel reads through a pointer, aligned to cache-line pairs; freed with their owner.
final class FixedArray<Element: BitwiseCopyable> {
  let base: UnsafeMutablePointer<Element>
  let count: Int

  init(_ elements: [Element]) {
    count = elements.count
    base = UnsafeMutableRawPointer.allocate(byteCount: max(elements.count, 1) * MemoryLayout<Element>.stride, alignment: 128)
      .bindMemory(to: Element.self, capacity: max(elements.count, 1))
    base.initialize(from: elements, count: elements.count)
  }

  deinit { base.deallocate() }
}

/// Scratch memory of a kernel, aligned to cache-line pairs; grows, never shrinks, its contents not kept.
struct ScratchBuffer: ~Copyable {
  private(set) var base: UnsafeMutableRawPointer
  private(set) var byteCount: Int

  init() {
    base = .allocate(byteCount: 0, alignment: 128)
    byteCount = 0
  }

  mutating func reserve(slots: Int) {
    guard slots * Double8.slotBytes > byteCount else { return }
    base.deallocate()
    byteCount = slots * Double8.slotBytes
    base = .allocate(byteCount: byteCount, alignment: 128)
    // Padded rows and lanes are read by whole packs: they must be numbers.
    base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
  }

  deinit { base.deallocate() }
}
