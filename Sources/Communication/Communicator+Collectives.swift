import CMPI
import Diagnostics

extension Communicator {
  /// One value of each rank, in rank order.
  public func allGather<T: BitwiseCopyable>(_ value: T) -> [T] {
    if size == 1 { return [value] }
    var mine = value
    var all = [T](repeating: value, count: size)
    swmd_mpi_allgather_bytes(&mine, Int32(MemoryLayout<T>.stride), &all, handle)
    return all
  }

  /// All ranks' arrays (their lengths may differ), in rank order.
  public func allGather<T: BitwiseCopyable>(_ values: [T]) -> [[T]] {
    if size == 1 { return [values] }
    let counts = allGather(values.count)
    let padded = Swift.max(counts.max() ?? 0, 1)
    // One padded exchange: this serves small arrays, where latency is all that matters.
    let stride = MemoryLayout<T>.stride
    let send = UnsafeMutableRawPointer.allocate(byteCount: padded * stride, alignment: 64)
    let receive = UnsafeMutableRawPointer.allocate(byteCount: padded * stride * size, alignment: 64)
    defer {
      send.deallocate()
      receive.deallocate()
    }
    send.initializeMemory(as: UInt8.self, repeating: 0, count: padded * stride)
    values.withUnsafeBytes { if $0.count > 0 { send.copyMemory(from: $0.baseAddress!, byteCount: $0.count) } }
    swmd_mpi_allgather_bytes(send, Int32(padded * stride), receive, handle)
    return (0..<size).map { rank in
      let start = (receive + rank * padded * stride).assumingMemoryBound(to: T.self)
      return Array(UnsafeBufferPointer(start: start, count: counts[rank]))
    }
  }

  /// All ranks' arrays (their lengths may differ), in rank order, on root alone; an empty array elsewhere. Collective.
  public func gatherToRoot<T: BitwiseCopyable>(_ values: [T]) -> [[T]] {
    let counts = allGather(values.count), messages = MessageBatch(self), stride = MemoryLayout<T>.stride
    guard isRoot else {
      values.withUnsafeBytes { bytes in
        if let base = bytes.baseAddress { messages.send(base, byteCount: bytes.count, to: 0) }
        messages.wait()
      }
      return []
    }
    return counts.indices.map { rank in
      guard rank > 0, counts[rank] > 0 else { return rank == 0 ? values : [] }
      return [T](unsafeUninitializedCapacity: counts[rank]) { buffer, initialized in
        if let base = buffer.baseAddress { messages.receive(base, byteCount: counts[rank] * stride, from: rank) }
        messages.wait()
        initialized = counts[rank]
      }
    }
  }

  /// Sums over the ranks in rank order, so that the same ranks always give the same bits.
  public func sum(_ values: [Double]) -> [Double] {
    if size == 1 { return values }
    var total = [Double](repeating: 0, count: values.count)
    for part in allGather(values) {
      for i in total.indices { total[i] += part[i] }
    }
    return total
  }

  public func sum(_ value: Double) -> Double { sum([value])[0] }

  public func sum(_ value: Int) -> Int {
    if size == 1 { return value }
    var total = Int64(value)
    swmd_mpi_sum_int64(&total, 1, handle)
    return Int(total)
  }

  public func max(_ value: Double) -> Double {
    if size == 1 { return value }
    var largest = value
    swmd_mpi_max_doubles(&largest, 1, handle)
    return largest
  }

  /// The largest of each element over the ranks, in place. Allocates nothing.
  public func max(_ values: UnsafeMutablePointer<Double>, count: Int) {
    if size > 1 { swmd_mpi_max_doubles(values, Int32(count), handle) }
  }

  /// The largest of each element over the ranks.
  public func max(_ values: [Double]) -> [Double] {
    var largest = values
    largest.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { max(base, count: $0.count) } }
    return largest
  }

  /// Sums of each element over the ranks.
  public func sum(_ values: [Int64]) -> [Int64] {
    if size == 1 || values.isEmpty { return values }
    var total = values.map { CLongLong($0) }
    swmd_mpi_sum_int64(&total, Int32(total.count), handle)
    return total.map { Int64($0) }
  }

  /// Element r of each rank's array goes to rank r; element s of the result came from rank s.
  public func allToAll(_ values: [Int]) -> [Int] {
    if size == 1 { return values }
    var received = [Int](repeating: 0, count: size)
    swmd_mpi_alltoall_bytes(values, Int32(MemoryLayout<Int>.stride), &received, handle)
    return received
  }

  public func any(_ flag: Bool) -> Bool { max(flag ? 1 : 0) > 0 }

  /// Root's bytes, on every rank.
  public func broadcast(_ bytes: [UInt8]) -> [UInt8] {
    if size == 1 { return bytes }
    var count = bytes.count
    swmd_mpi_broadcast_bytes(&count, Int32(MemoryLayout<Int>.size), 0, handle)
    var result = isRoot ? bytes : [UInt8](repeating: 0, count: count)
    let chunk = 1 << 28
    result.withUnsafeMutableBytes { buffer in
      for start in stride(from: 0, to: count, by: chunk) {
        swmd_mpi_broadcast_bytes(buffer.baseAddress! + start, Int32(min(chunk, count - start)), 0, handle)
      }
    }
    return result
  }

  /// Root's array, on every rank.
  public func broadcast<T: BitwiseCopyable>(_ values: [T]) -> [T] {
    if size == 1 { return values }
    let bytes = broadcast(values.withUnsafeBytes { Array($0) })
    return [T](unsafeUninitializedCapacity: bytes.count / MemoryLayout<T>.stride) { buffer, count in
      UnsafeMutableRawBufferPointer(buffer).copyBytes(from: bytes)
      count = bytes.count / MemoryLayout<T>.stride
    }
  }
}
