import Numerics

/// What the hops of all atoms say.
///
/// Rate: hops over the observed time, Γ = n/(N T), which for independent hops is the most likely one also where stays began
/// before or ended after the trajectory; its error is from the scatter between atoms. Correlation factor:
///
///     f = Σ_atoms |Σ r|² / Σ_atoms Σ |r|²,   and from successive hops  f = (1 + ⟨cos θ⟩)/(1 − ⟨cos θ⟩)
///
/// K. Compaan and Y. Haven, Trans. Faraday Soc. 52, 786 (1956). D = Σ|Σ r|²/(6 N T).
public struct HopStatistics: Sendable {
  public let atomCount: Int
  /// ps.
  public let duration: Double
  public let hopCount: Int
  /// 1/ps, of an atom.
  public let rate: SampleEstimate
  /// 1/Γ, ps.
  public let residence: SampleEstimate?
  /// √⟨r²⟩ of a hop, Å.
  public let hopLength: Double?
  public let correlationFactor: SampleEstimate?
  /// From the angles between successive hops of an atom.
  public let angularCorrelationFactor: SampleEstimate?
  public let meanCosine: SampleEstimate?
  /// The part of hops that undo the hop before.
  public let returnFraction: Double?
  /// Å²/ps.
  public let diffusivity: SampleEstimate
  /// Distances of hops, nearest first.
  public let shells: [HopShell]
  /// The most frequent hop vectors.
  public let vectors: [HopVector]
  public let survival: SurvivalFunction
  /// Stays between two hops, ps.
  public let completedStays: [Double]
  /// [sites], mean number of atoms.
  public let occupancy: [Double]
  /// [sites]
  public let visitCounts: [Int]

  /// - Parameter visits: by atom and time; each atom has at least one.
  init(_ visits: [Visit], lattice: SiteLattice, atomCount: Int, frameCount: Int, spacing: Double) {
    self.atomCount = atomCount
    let duration = Double(frameCount - 1) * spacing
    self.duration = duration
    var walks: [Walk] = []
    for visit in visits {
      if walks.last?.visits.last?.atom != visit.atom { walks.append(Walk()) }
      walks[walks.count - 1].append(visit, lattice)
    }
    let hops = walks.flatMap(\.hops), squares = hops.map(\.lengthSquared)
    hopCount = hops.count
    let perAtom = SampleEstimate(mean: walks.map { Double($0.hops.count) })
    rate = SampleEstimate(value: perAtom.value / duration, error: perAtom.error.map { $0 / duration })
    let rate = rate
    residence =
      hops.isEmpty
      ? nil : SampleEstimate(value: 1 / rate.value, error: rate.error.map { $0 / (rate.value * rate.value) })
    hopLength = hops.isEmpty ? nil : (squares.reduce(0, +) / Double(hops.count)).squareRoot()
    let net = walks.map { $0.hops.reduce(.zero, +).lengthSquared }
    let walked = walks.map { $0.hops.reduce(0) { $0 + $1.lengthSquared } }
    correlationFactor = SampleEstimate(ratioOf: net, to: walked)
    let spread = SampleEstimate(mean: net)
    diffusivity = SampleEstimate(value: spread.value / (6 * duration), error: spread.error.map { $0 / (6 * duration) })
    let cosines = walks.flatMap(\.cosines)
    let mean = cosines.isEmpty ? nil : SampleEstimate(mean: cosines)
    meanCosine = mean
    angularCorrelationFactor = mean.flatMap { mean in
      guard mean.value < 1 else { return nil }
      let rest = 1 - mean.value
      return SampleEstimate(value: (1 + mean.value) / rest, error: mean.error.map { 2 * $0 / (rest * rest) })
    }
    let returns = walks.reduce(0) { $0 + $1.returnCount }
    returnFraction = cosines.isEmpty ? nil : Double(returns) / Double(cosines.count)
    shells = HopShell.shells(hops, time: Double(atomCount) * duration)
    vectors = HopVector.mostFrequent(hops)
    let stays = walks.flatMap { $0.visits.dropFirst() }
    survival = SurvivalFunction(
      stays.map { (frames: Int($0.end - $0.start), isComplete: Int($0.end) < frameCount) }, spacing: spacing)
    completedStays = stays.filter { Int($0.end) < frameCount }.map { Double($0.end - $0.start) * spacing }
    var occupancy = [Double](repeating: 0, count: lattice.sites.count),
      visitCounts = [Int](repeating: 0, count: occupancy.count)
    for visit in visits {
      occupancy[Int(visit.site)] += Double(visit.end - visit.start) / Double(frameCount)
      visitCounts[Int(visit.site)] += 1
    }
    (self.occupancy, self.visitCounts) = (occupancy, visitCounts)
  }

  /// One atom's.
  private struct Walk {
    var visits: [Visit] = []
    /// Å
    var hops: [Vector3] = []
    var cosines: [Double] = []
    var returnCount = 0

    mutating func append(_ visit: Visit, _ lattice: SiteLattice) {
      if let last = visits.last {
        let hop = lattice.vector(from: last.place, to: visit.place)
        if let before = hops.last {
          cosines.append(hop.dot(before) / (hop.lengthSquared * before.lengthSquared).squareRoot())
          if visits[visits.count - 2].place == visit.place { returnCount += 1 }
        }
        hops.append(hop)
      }
      visits.append(visit)
    }
  }
}

/// Hops of one distance.
public struct HopShell: Sendable {
  /// Å, the mean.
  public let distance: Double
  public let count: Int
  /// 1/ps, of an atom, with the error of independent hops.
  public let rate: SampleEstimate

  /// Distances that follow one another within 0.1 Å are one shell.
  static func shells(_ hops: [Vector3], time: Double) -> [HopShell] {
    var groups: [[Double]] = []
    for distance in hops.map(\.length).sorted() {
      if let last = groups.last?.last, distance - last < 0.1 {
        groups[groups.count - 1].append(distance)
      } else {
        groups.append([distance])
      }
    }
    return groups.map { group in
      let count = Double(group.count)
      return HopShell(
        distance: group.reduce(0, +) / count, count: group.count,
        rate: SampleEstimate(value: count / time, error: count.squareRoot() / time))
    }
  }
}

/// Hops along one vector.
public struct HopVector: Sendable {
  /// Å, the mean.
  public let vector: Vector3
  public let count: Int

  /// At most 48; vectors that agree within 0.25 Å in each component are one.
  static func mostFrequent(_ hops: [Vector3]) -> [HopVector] {
    var groups: [SIMD3<Int>: (sum: Vector3, count: Int)] = [:]
    for hop in hops {
      let key = SIMD3<Int>((4 * hop).rounded(.toNearestOrAwayFromZero))
      let group = groups[key] ?? (.zero, 0)
      groups[key] = (group.sum + hop, group.count + 1)
    }
    // The key decides between equals: the order is the same on each run.
    let ordered = groups.sorted { a, b in
      (-a.value.count, a.key.x, a.key.y, a.key.z) < (-b.value.count, b.key.x, b.key.y, b.key.z)
    }
    return ordered.prefix(48).map { HopVector(vector: $0.value.sum / Double($0.value.count), count: $0.value.count) }
  }
}
