import CMPI

/// Non-blocking messages between ranks that are started one by one and awaited together.
///
/// The request array persists, so that a batch which is used every step allocates nothing once it has grown. Messages
/// between the same two ranks arrive in the order in which they were started; sizes are known on both sides.
public final class MessageBatch {
  let communicator: Communicator
  private var requests: UnsafeMutablePointer<MPI_Request?>
  private var capacity = 0
  private var count = 0
  private static let longestPiece = 1 << 30

  public init(_ communicator: Communicator) {
    self.communicator = communicator
    requests = .allocate(capacity: 0)
  }

  deinit { requests.deallocate() }

  /// Starts to send; the bytes must stay as they are until `wait()`. Sends nothing where `byteCount` is 0.
  public func send(_ bytes: UnsafeRawPointer, byteCount: Int, to rank: Int, tag: Int = 0) {
    forEachPiece(of: byteCount) { start, count in
      swmd_mpi_isend_bytes(bytes + start, count, Int32(rank), Int32(tag), communicator.handle, nextRequest())
    }
  }

  /// Starts to receive exactly `byteCount` bytes, which are there after `wait()`.
  public func receive(_ bytes: UnsafeMutableRawPointer, byteCount: Int, from rank: Int, tag: Int = 0) {
    forEachPiece(of: byteCount) { start, count in
      swmd_mpi_ireceive_bytes(bytes + start, count, Int32(rank), Int32(tag), communicator.handle, nextRequest())
    }
  }

  /// Waits for all messages started since the last call.
  public func wait() {
    if count > 0 { swmd_mpi_wait_all(Int32(count), requests) }
    count = 0
  }

  /// MPI counts bytes in 32 bits: longer messages travel in pieces that both sides cut alike.
  private func forEachPiece(of byteCount: Int, _ body: (_ start: Int, _ count: Int32) -> Void) {
    for start in stride(from: 0, to: byteCount, by: Self.longestPiece) {
      body(start, Int32(min(byteCount - start, Self.longestPiece)))
    }
  }

  private func nextRequest() -> UnsafeMutablePointer<MPI_Request?> {
    if count == capacity { grow() }
    count += 1
    return requests + (count - 1)
  }

  /// Open MPI's requests are handles that may be moved while they are under way.
  private func grow() {
    let larger = UnsafeMutablePointer<MPI_Request?>.allocate(capacity: 2 * capacity + 16)
    larger.initialize(repeating: nil, count: 2 * capacity + 16)
    larger.update(from: requests, count: count)
    requests.deallocate()
    requests = larger
    capacity = 2 * capacity + 16
  }
}
