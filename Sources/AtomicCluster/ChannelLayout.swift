import AtomicClusterFiles

/// The one-particle functions A_{μnlm} that the products around one element use, and their order as rows of packs.
///
/// A group belongs to one neighbor species, or to all of them in GRACE/FS, where A has no species index. Within a group the
/// order is that in which the harmonics are generated: m = 0 … L, then l = m … L, then n; one row for m = 0 (real), two for
/// m > 0 (real and imaginary part). A_{nl−m} = (−1)^m conj(A_nlm) is never stored.
struct ChannelLayout {
  struct Group {
    /// [l]: the values of n in use, 1-based, ascending.
    var n: [[Int]]
    var firstRow: Int
    /// The highest l in use; −1 for none.
    var degree: Int { n.count - 1 }
    /// Number of radial functions.
    var radialCount: Int { n.reduce(0) { $0 + $1.count } }
    var rowCount: Int { n.enumerated().reduce(0) { $0 + $1.element.count * (2 * $1.offset + 1) } }

    /// (n, l) of the radial functions in their order: by l, then n.
    var radialFunctions: [(n: Int, l: Int)] { n.enumerated().flatMap { l, all in all.map { ($0, l) } } }

    /// Index among the radial functions of the first with this l.
    func firstRadial(l: Int) -> Int { n[..<l].reduce(0) { $0 + $1.count } }
  }

  /// A real number, or two rows of a complex one.
  struct Rows {
    var real: Int
    var imaginary: Int?
  }

  let groups: [Group]
  let rowCount: Int

  init(groupCount: Int, channels: Set<Channel>) {
    var groups: [Group] = [], row = 0
    for index in 0..<groupCount {
      let mine = channels.filter { $0.group == index }
      let degree = mine.map(\.l).max() ?? -1
      let n = (0..<degree + 1).map { l in mine.filter { $0.l == l }.map(\.n).sorted() }
      groups.append(Group(n: n, firstRow: row))
      row += groups[index].rowCount
    }
    self.groups = groups
    rowCount = row
  }

  struct Channel: Hashable {
    var group, n, l: Int
  }

  /// Where A_nlm of a group stands, m >= 0; the channel is one of those in use.
  func rows(_ channel: Channel, m: Int) -> Rows {
    let group = groups[channel.group]
    var row = group.firstRow
    for order in 0...m {
      let width = order == 0 ? 1 : 2
      for l in order..<(order == m ? channel.l : group.degree + 1) { row += width * group.n[l].count }
    }
    let place = group.n[channel.l].firstIndex(of: channel.n) ?? 0
    return m == 0 ? Rows(real: row + place) : Rows(real: row + 2 * place, imaginary: row + 2 * place + 1)
  }
}
