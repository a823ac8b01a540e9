#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The halo exchange of one rank of a `ReferenceSystem`; the ranks are threads that meet at a `Rendezvous`.
final class ReferenceHalo: HaloExchange {
  /// What each rank brings to the current exchange. Written before the ranks meet, read after.
  final class Board: @unchecked Sendable {
    let rendezvous: Rendezvous
    let offers: UnsafeMutableBufferPointer<Offer>

    init(rankCount: Int) {
      rendezvous = Rendezvous(parties: rankCount)
      offers = .allocate(capacity: rankCount)
      offers.initialize(repeating: Offer(values: nil, width: 0, isForward: true))
    }

    deinit { offers.deallocate() }
  }

  struct Offer {
    var values: UnsafeMutablePointer<Double>?
    var width: Int
    var isForward: Bool
  }

  private let board: Board
  private let ranks: [ReferenceRank]
  private let rank: Int

  init(_ rank: Int, of ranks: [ReferenceRank], board: Board) {
    self.rank = rank
    self.ranks = ranks
    self.board = board
  }

  func forward(_ values: UnsafeMutablePointer<Double>, width: Int) {
    exchange(Offer(values: values, width: width, isForward: true)) { offers in
      let mine = ranks[rank]
      for (ghost, source) in mine.sources.enumerated() {
        guard let theirs = offers[source.rank].values else { continue }
        (values + (mine.members.count + ghost) * width).update(from: theirs + source.index * width, count: width)
      }
    }
  }

  func reverse(_ values: UnsafeMutablePointer<Double>, width: Int) {
    exchange(Offer(values: values, width: width, isForward: false)) { offers in
      for other in ranks {
        guard let theirs = offers[other.rank].values else { continue }
        for (ghost, source) in other.sources.enumerated() where source.rank == rank {
          let given = theirs + (other.members.count + ghost) * width
          for i in 0..<width { values[source.index * width + i] += given[i] }
        }
      }
    }
  }

  /// Meets the others, does `transfer`, and meets again so that nobody's values change under a reader.
  private func exchange(_ offer: Offer, _ transfer: (UnsafeMutableBufferPointer<Offer>) -> Void) {
    board.offers[rank] = offer
    guard board.rendezvous.meet() else { return }
    if board.offers.allSatisfy({ $0.width == offer.width && $0.isForward == offer.isForward }) {
      transfer(board.offers)
    } else {
      board.rendezvous.spoil()
    }
    _ = board.rendezvous.meet()
  }
}

/// A barrier for threads, any of which may leave early: then those that wait are let go and told.
final class Rendezvous: @unchecked Sendable {
  private var mutex = pthread_mutex_t()
  private var condition = pthread_cond_t()
  private let parties: Int
  private var waiting = 0, departed = 0, generation = 0
  private var spoiled = false

  init(parties: Int) {
    self.parties = parties
    pthread_mutex_init(&mutex, nil)
    pthread_cond_init(&condition, nil)
  }

  deinit {
    pthread_cond_destroy(&condition)
    pthread_mutex_destroy(&mutex)
  }

  /// Whether some party met the others more often than others did, or for another exchange.
  var isSpoiled: Bool { locked { spoiled } }

  func spoil() { locked { spoiled = true } }

  /// Waits for all parties; false if one has left.
  func meet() -> Bool {
    locked {
      let mine = generation
      waiting += 1
      if waiting == parties {
        waiting = 0
        generation += 1
        pthread_cond_broadcast(&condition)
        return true
      }
      while generation == mine && departed == 0 { pthread_cond_wait(&condition, &mutex) }
      if generation == mine { spoiled = true }
      return generation != mine
    }
  }

  /// This party is done.
  func leave() {
    locked {
      departed += 1
      pthread_cond_broadcast(&condition)
    }
  }

  private func locked<T>(_ body: () -> T) -> T {
    pthread_mutex_lock(&mutex)
    defer { pthread_mutex_unlock(&mutex) }
    return body()
  }
}
