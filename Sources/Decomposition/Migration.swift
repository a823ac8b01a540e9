import Communication

/// Sends atoms to their owners.
struct Migration {
  let communicator: Communicator
  private let messages: MessageBatch
  private let outgoing = Storage<AtomRecord>()
  private let incoming = Storage<AtomRecord>()

  init(_ communicator: Communicator) {
    self.communicator = communicator
    messages = MessageBatch(communicator)
  }

  var bytes: Int { outgoing.bytes + incoming.bytes }

  /// Sends record k, of `count`, to rank `destination(k)`, and hands over what arrived, by source rank. Collective.
  func exchange(
    count: Int, destination: (Int) -> Int, record: (Int) -> AtomRecord
  ) -> UnsafeBufferPointer<AtomRecord> {
    var counts = [Int](repeating: 0, count: communicator.size)
    for k in 0..<count { counts[destination(k)] += 1 }
    var next: [Int] = []
    var total = 0
    for count in counts {
      next.append(total)
      total += count
    }
    outgoing.reserve(total)
    let starts = next
    for k in 0..<count {
      let rank = destination(k)
      outgoing.pointer[next[rank]] = record(k)
      next[rank] += 1
    }
    let arriving = communicator.allToAll(counts)
    incoming.reserve(arriving.reduce(0, +))
    let size = MemoryLayout<AtomRecord>.stride
    var place = 0
    for rank in 0..<communicator.size {
      if rank == communicator.rank {
        (incoming.pointer + place).update(from: outgoing.pointer + starts[rank], count: counts[rank])
      } else {
        messages.receive(incoming.pointer + place, byteCount: arriving[rank] * size, from: rank)
      }
      place += arriving[rank]
    }
    for rank in 0..<communicator.size where rank != communicator.rank {
      messages.send(outgoing.pointer + starts[rank], byteCount: counts[rank] * size, to: rank)
    }
    messages.wait()
    return UnsafeBufferPointer(start: incoming.pointer, count: place)
  }
}
