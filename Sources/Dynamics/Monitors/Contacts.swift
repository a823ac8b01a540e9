import Communication

/// How close atoms are to their neighbors, the same on every rank.
public struct Contacts: Equatable, Sendable {
  /// Å; of the closest pair, nil where no two atoms are within the cutoff.
  public var shortest: Double?
  /// The closest pair, in order of ids; an atom may be its own image's neighbor.
  public var pair: (Int64, Int64)
  /// Atoms without a neighbor within the cutoff.
  public var loneCount: Int
  /// One of them: the lowest id.
  public var loneAtom: Int64?

  public static func == (a: Contacts, b: Contacts) -> Bool {
    a.shortest == b.shortest && a.pair == b.pair && a.loneCount == b.loneCount && a.loneAtom == b.loneAtom
  }

  /// From the neighbor list and the present positions. Collective: one exchange.
  public init(of system: SystemState) {
    let parts = system.domain.communicator.allGather(Part(of: system))
    let closest = parts.min { ($0.square, $0.first, $0.second) < ($1.square, $1.first, $1.second) }
    shortest = closest.flatMap { $0.square.isFinite ? $0.square.squareRoot() : nil }
    pair = closest.map { ($0.first, $0.second) } ?? (0, 0)
    loneCount = parts.reduce(0) { $0 + Int($1.loneCount) }
    loneAtom = loneCount > 0 ? parts.map(\.loneAtom).min() : nil
  }
}

/// One rank's share.
private struct Part: BitwiseCopyable {
  var square = Double.infinity
  var first: Int64 = 0
  var second: Int64 = 0
  var loneCount: Int64 = 0
  var loneAtom = Int64.max

  init(of system: SystemState) {
    let atoms = system.domain.atoms, list = system.domain.neighbors
    let positions = atoms.position, limit = list.cutoff * list.cutoff
    for i in 0..<list.centerCount {
      var nearest = Double.infinity, neighbor = 0
      let center = positions[i]
      for k in list.offsets[i]..<list.offsets[i &+ 1] {
        let j = Int(list.neighbors[k]), d = positions[j] - center
        let square = (d * d).sum()
        if square < nearest { (nearest, neighbor) = (square, j) }
      }
      if !(nearest < limit) {
        loneCount += 1
        loneAtom = min(loneAtom, atoms.id[i])
      } else {
        let low = min(atoms.id[i], atoms.id[neighbor]), high = max(atoms.id[i], atoms.id[neighbor])
        if (nearest, low, high) < (square, first, second) { (square, first, second) = (nearest, low, high) }
      }
    }
  }
}
