import Communication

/// Sends atoms to their owners: their records, then whatever else belongs to the same atoms.
final class Migration {
  let communicator: Communicator
  private let messages: MessageBatch
  private let outgoing = Storage<AtomRecord>()
  private let incoming = Storage<AtomRecord>()
  private let outgoingRows = Storage<Double>()
  private let incomingRows = Storage<Double>()

  /// Of the last exchange of records: the place of each among the outgoing ones, and how many go to and come from each
  /// rank.
  private var places: [Int] = []
  private var departing: [Int]
  private var arriving: [Int]

  init(_ communicator: Communicator) {
    self.communicator = communicator
    messages = MessageBatch(communicator)
    departing = Array(repeating: 0, count: communicator.size)
    arriving = departing
  }

  var bytes: Int { outgoing.bytes + incoming.bytes + outgoingRows.bytes + incomingRows.bytes }

  /// Sends record k, of `count`, to rank `destination(k)`, and hands over what arrived, by source rank. Collective.
  func exchange(
    count: Int, destination: (Int) -> Int, record: (Int) -> AtomRecord
  ) -> UnsafeBufferPointer<AtomRecord> {
    plan(count, destination)
    outgoing.reserve(count)
    for k in 0..<count { outgoing.pointer[places[k]] = record(k) }
    let total = arriving.reduce(0, +)
    incoming.reserve(total)
    transfer(outgoing.pointer, incoming.pointer, width: 1)
    return UnsafeBufferPointer(start: incoming.pointer, count: total)
  }

  /// Sends `width` values of each record of the last exchange after it, written by `fill(k, row)`, and hands over the
  /// rows of those that arrived: [arrived][width]. Collective.
  func exchange(width: Int, fill: (Int, UnsafeMutablePointer<Double>) -> Void) -> UnsafePointer<Double> {
    outgoingRows.reserve(places.count * width)
    for (k, place) in places.enumerated() { fill(k, outgoingRows.pointer + place * width) }
    incomingRows.reserve(arriving.reduce(0, +) * width)
    transfer(outgoingRows.pointer, incomingRows.pointer, width: width)
    return UnsafePointer(incomingRows.pointer)
  }

  /// Counts who goes where, learns how many come from where, and gives each record its place, by destination.
  private func plan(_ count: Int, _ destination: (Int) -> Int) {
    let targets = (0..<count).map { destination($0) }
    departing = [Int](repeating: 0, count: communicator.size)
    for rank in targets { departing[rank] += 1 }
    var next: [Int] = []
    var total = 0
    for count in departing {
      next.append(total)
      total += count
    }
    places = targets.map { rank in
      next[rank] += 1
      return next[rank] - 1
    }
    arriving = communicator.allToAll(departing)
  }

  private func transfer<T: BitwiseCopyable>(
    _ outgoing: UnsafePointer<T>, _ incoming: UnsafeMutablePointer<T>, width: Int
  ) {
    let size = MemoryLayout<T>.stride * width
    var from = 0
    var to = 0
    for rank in 0..<communicator.size {
      if rank == communicator.rank {
        (incoming + to * width).update(from: outgoing + from * width, count: departing[rank] * width)
      } else {
        messages.receive(incoming + to * width, byteCount: arriving[rank] * size, from: rank)
        messages.send(outgoing + from * width, byteCount: departing[rank] * size, to: rank)
      }
      from += departing[rank]
      to += arriving[rank]
    }
    messages.wait()
  }
}
