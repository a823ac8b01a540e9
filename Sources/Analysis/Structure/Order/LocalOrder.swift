// Crystal or matrix, atom by atom: common neighbor analysis of a sublattice, the guests around each of its atoms, and
// clusters of neighboring crystalline atoms. Antifluorite (Li2S): S on an fcc lattice, each with 8 Li at √3/4 a = 0.612 d,
// where d = a/√2 is the S–S distance; the next Li are at 1.17 d, so 0.85 d tells them apart at any density.
import Atomistics
import Diagnostics
import Numerics

/// What to look for.
public struct OrderOptions: Sendable {
  /// The sublattice; nil: all atoms.
  public var host: Element?
  /// Around each host; nil: any surroundings.
  public var guest: Element?
  /// How many guests a crystalline host has; by default 8 ± 1, as Li hop.
  public var guestCounts = 7...9
  /// The host's lattice; nil: any but other.
  public var lattice: LocalStructure?

  public init() {}
}

/// The order around each host of one frame.
public struct LocalOrder: Sendable {
  /// Indices of the hosts in the frame.
  public let hosts: [Int32]
  /// [hosts].
  public let structures: [LocalStructure]
  /// [hosts], averaged over each host's first shell of 12.
  public let q4: [Double]
  public let q6: [Double]
  /// [hosts], guests within 0.85 of the mean distance of the 12 nearest hosts; nil without guests.
  public let guestCounts: [Int]?
  /// [hosts], number of the cluster from 1 on, the largest first; 0: not crystalline.
  public let clusters: [Int]
  /// Hosts of each cluster, descending.
  public let clusterSizes: [Int]

  static let guestReach = 0.85

  /// - Parameters:
  ///   - hosts: indices of the atoms of the lattice.
  ///   - guests: of those around them; nil: any surroundings.
  public init(_ frame: Configuration, hosts: [Int32], guests: [Int32]? = nil, _ options: OrderOptions = OrderOptions()) {
    var nearest = NearestNeighbors(count: CommonNeighborAnalysis.neighborCount)
    nearest.find(hosts, of: frame, within: nil)
    self.hosts = hosts
    let structures = hosts.indices.map { CommonNeighborAnalysis.structure(nearest, $0) }
    self.structures = structures
    func order(_ degree: Int) -> [Double] {
      BondOrder.parameters(nearest, degree: degree, atomCount: hosts.count, neighborCount: 12, isAveraged: true)
    }
    (q4, q6) = (order(4), order(6))
    let counts = guests.map { Self.count($0, around: hosts, nearest, frame) }
    guestCounts = counts
    let isCrystalline = hosts.indices.map { host -> Bool in
      let fits = options.lattice.map { structures[host] == $0 } ?? (structures[host] != .other)
      return fits && (counts.map { options.guestCounts.contains($0[host]) } ?? true)
    }
    (clusters, clusterSizes) = Self.clusters(of: isCrystalline, structures, nearest)
  }

  /// Guests around each host, within a distance of its own.
  private static func count(
    _ guests: [Int32], around hosts: [Int32], _ nearest: NearestNeighbors, _ frame: Configuration
  ) -> [Int] {
    let limits = hosts.indices.map { host -> Double in
      let shell = nearest.range(host).prefix(12).filter { nearest.neighbors[$0] >= 0 }
      return guestReach * shell.reduce(0) { $0 + nearest.vectors[$1].w.squareRoot() } / Double(max(shell.count, 1))
    }
    guard let reach = limits.max(), reach > 0 else { return hosts.map { _ in 0 } }
    // Places without neighbors must not make the search wide for all.
    let radius = min(reach, 2 * limits.reduce(0, +) / Double(limits.count))
    let lattice = BinLattice(frame, radius: radius), centers = AtomGrid(), neighbors = AtomGrid(), table = NeighborTable()
    centers.fill(hosts, of: frame, in: lattice)
    neighbors.fill(guests, of: frame, in: lattice)
    table.fill(lattice, centers: centers, neighbors: neighbors, radius: radius, isLike: false)
    var places = [Int: Int](minimumCapacity: hosts.count)
    for (place, atom) in hosts.enumerated() { places[Int(atom)] = place }
    var counts = [Int](repeating: 0, count: hosts.count)
    for row in 0..<centers.count {
      guard let host = places[Int(centers.atoms[row])] else { continue }
      let limit = limits[host] * limits[host]
      counts[host] = table.row(row).count { table.vectors[$0].w < limit }
    }
    return counts
  }

  /// Joins crystalline hosts that are among each other's neighbors in the lattice: 12, or 14 in bcc.
  private static func clusters(
    of isCrystalline: [Bool], _ structures: [LocalStructure], _ nearest: NearestNeighbors
  ) -> (numbers: [Int], sizes: [Int]) {
    var parents = Array(isCrystalline.indices)
    func root(_ atom: Int) -> Int {
      var atom = atom
      while parents[atom] != atom {
        parents[atom] = parents[parents[atom]]
        atom = parents[atom]
      }
      return atom
    }
    for atom in isCrystalline.indices where isCrystalline[atom] {
      for entry in nearest.range(atom).prefix(structures[atom] == .bcc ? 14 : 12) {
        let other = Int(nearest.neighbors[entry])
        if other >= 0, isCrystalline[other] { parents[root(other)] = root(atom) }
      }
    }
    var members: [Int: [Int]] = [:]
    for atom in isCrystalline.indices where isCrystalline[atom] { members[root(atom), default: []].append(atom) }
    // The largest first; of equal ones that with the first atom.
    let sorted = members.values.sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
    var numbers = [Int](repeating: 0, count: isCrystalline.count)
    for (number, cluster) in sorted.enumerated() {
      for atom in cluster { numbers[atom] = number + 1 }
    }
    return (numbers, sorted.map(\.count))
  }
}
