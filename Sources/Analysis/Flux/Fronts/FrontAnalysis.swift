import Atomistics
import Communication
import Diagnostics

/// Follows fronts through profiles over time, and fits growth laws to their positions and distances.
public struct FrontAnalysis: Sendable {
  public var fronts: [FrontDefinition]
  /// 0 to 2.
  public var axis = 2
  /// nil: about 1 Å each.
  public var binCount: Int?
  /// Å, of the Gaussian that smooths the profiles.
  public var smoothing = 1.5
  /// Frames that are averaged; nil: so many that there are about 50 blocks.
  public var block: Int?
  /// ps; nil: fitted.
  public var start: Double?
  public var reference = ReferenceFrame.raw
  public var memory = 1 << 30

  public init(_ fronts: [FrontDefinition]) { self.fronts = fronts }

  /// Collective.
  /// - Throws: `Failure.input`: no times, no such front, several where one is wanted.
  public func run(_ trajectory: Trajectory, progress: (Double) -> Void = { _ in }) throws -> FrontReport {
    let world = trajectory.communicator
    let (cell, bins, length) = try world.together { try setup(trajectory) }
    let shifts = try trajectory.motion(of: reference, along: axis, memory: memory, progress: progress)
    let profiles = FrontProfiles(
      fronts.map(\.quantity), elements: trajectory.elements, axis: axis, binCount: bins,
      blocks: FrameBlocks(frameCount: trajectory.frameCount, length: length), shifts: shifts)
    try trajectory.run([profiles], progress: progress)
    let times = (0..<profiles.blocks.count).map { block -> Double in
      let frames = profiles.blocks.frames(of: block)
      return 0.5 * (trajectory.time.times[frames.lowerBound] + trajectory.time.times[frames.upperBound - 1])
    }
    let followed = try fronts.enumerated().map { n, front in
      let history = (0..<times.count).map { block in
        profiles.profile(n, block: block, width: smoothing, isPeriodic: cell.periodic[axis])
      }
      let positions = try follow(front, history, profiles, isPeriodic: cell.periodic[axis])
      return FollowedFront(definition: front, times: times, positions: positions, profiles: history, start: start)
    }
    return FrontReport(self, trajectory, followed, height: profiles.height(of: 0), blockLength: length)
  }

  private func setup(_ trajectory: Trajectory) throws -> (cell: Cell, bins: Int, block: Int) {
    _ = try trajectory.time.evenSpacing()
    for front in fronts {
      for element in front.quantity.elements { _ = try trajectory.atoms(of: element) }
    }
    let cell = try trajectory.frame(0).cell
    let bins = binCount ?? max(8, Int(cell.heights[axis].rounded()))
    let length = block ?? max(1, trajectory.frameCount / 50)
    guard (4...1_000_000).contains(bins), (1...trajectory.frameCount).contains(length), smoothing >= 0 else {
      throw Failure.input("--bins must be at least 4, --block from 1 to the number of frames, --smooth at least 0")
    }
    return (cell, bins, length)
  }

  /// [blocks], Å, continuous through the cell's border; nil in blocks where the quantity passes the threshold nowhere.
  private func follow(
    _ front: FrontDefinition, _ history: [[Double?]], _ profiles: FrontProfiles, isPeriodic: Bool
  ) throws -> [Double?] {
    var last = front.start
    return try history.indices.map { block in
      let height = profiles.height(of: block)
      let found = Self.crossings(of: front.threshold, history[block], isPeriodic: isPeriodic).map { $0 * height }
      if last == nil, found.count > 1 {
        throw Failure.input(
          "the \(front.quantity.name) passes \(front.threshold) at "
            + found.map { decimals($0) }.joined(separator: ", ") + " Å in the first block of frames",
          remedy: "say which front is meant by @Z behind the threshold")
      }
      let images = found.map { place in
        guard let last, isPeriodic else { return place }
        return place + height * ((last - place) / height).rounded()
      }
      guard let nearest = images.min(by: { abs($0 - (last ?? $0)) < abs($1 - (last ?? $1)) }) else {
        guard block > 0 else {
          throw Failure.input(
            "the \(front.quantity.name) passes \(front.threshold) nowhere in the first block of frames",
            remedy: "choose a threshold between the values on both sides")
        }
        return nil
      }
      last = nearest
      return nearest
    }
  }

  /// Where a profile passes a value, by linear interpolation between the middles of bins: in parts of the cell, ascending.
  static func crossings(of threshold: Double, _ profile: [Double?], isPeriodic: Bool) -> [Double] {
    let count = profile.count
    return (0..<(isPeriodic ? count : count - 1)).compactMap { bin in
      guard let low = profile[bin], let high = profile[(bin + 1) % count], (low < threshold) != (high < threshold) else {
        return nil
      }
      let place = (Double(bin) + 0.5 + (threshold - low) / (high - low)) / Double(count)
      return place < 1 ? place : place - 1
    }.sorted()
  }
}

/// A front's history.
public struct FollowedFront: Sendable {
  public let definition: FrontDefinition
  /// [blocks], ps.
  public let times: [Double]
  /// [blocks], Å.
  public let positions: [Double?]
  /// [blocks][bins]
  public let profiles: [[Double?]]
  public let laws: [GrowthLaw]

  init(definition: FrontDefinition, times: [Double], positions: [Double?], profiles: [[Double?]], start: Double?) {
    (self.definition, self.times, self.positions, self.profiles) = (definition, times, positions, profiles)
    laws = GrowthLaw.fits(times, positions, start: start)
  }
}

extension GrowthLaw {
  /// To those points that are there.
  static func fits(_ times: [Double], _ positions: [Double?], start: Double?) -> [GrowthLaw] {
    let known = times.indices.filter { positions[$0] != nil }
    return fits(times: known.map { times[$0] }, positions: known.compactMap { positions[$0] }, start: start)
  }
}
