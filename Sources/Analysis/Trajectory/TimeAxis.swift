import Diagnostics
import Formats
import Foundation

/// The times of the frames that count.
public struct TimeAxis: Sendable {
  /// [frames], ps; empty where the file does not say them.
  public let times: [Double]
  /// ps between frames; nil where the file does not say it, there is one frame, or the frames are not even.
  public let spacing: Double?
  /// Why there is no spacing.
  let reason: Failure?

  /// Even times from 0.
  public init(spacing: Double, count: Int) {
    times = (0..<count).map { Double($0) * spacing }
    (self.spacing, reason) = (spacing, nil)
  }

  init(_ times: [Double], frames: [Int], path: String) {
    self.times = times
    let place = Place(file: path)
    guard times.count > 1 else {
      (spacing, reason) = (nil, Self.singleFrame(at: place))
      return
    }
    let mean = (times[times.count - 1] - times[0]) / Double(times.count - 1)
    let usual = zip(times.dropFirst(), times).map { $0 - $1 }.sorted()[(times.count - 1) / 2]
    // Many files keep times in single precision.
    let uneven = times.indices.dropFirst().first { i in
      abs(times[i] - times[i - 1] - usual) > 0.01 * usual + 4e-7 * abs(times[i])
    }
    if let uneven {
      spacing = nil
      reason = .input(
        "the frames are not evenly spaced: \(times[uneven] - times[uneven - 1]) ps before frame \(frames[uneven]), "
          + "\(usual) ps usually", at: place,
        remedy: "leave out the uneven part by --skip, or write frames at even intervals")
    } else {
      (spacing, reason) = (Self.rounded(mean, within: 1.2e-7 * abs(times[times.count - 1]) / Double(times.count - 1)), nil)
    }
  }

  /// The number of fewest digits that is as near as times in single precision tell.
  private static func rounded(_ spacing: Double, within tolerance: Double) -> Double {
    for digits in 1...7 {
      let candidate = Double(String(format: "%.\(digits - 1)e", spacing)) ?? spacing
      if abs(candidate - spacing) <= tolerance { return candidate }
    }
    return spacing
  }

  /// No times at all.
  init(unknownIn path: String, frameCount: Int) {
    (times, spacing) = ([], nil)
    reason =
      frameCount < 2
      ? Self.singleFrame(at: Place(file: path))
      : .input(
        "the trajectory does not say the times of its frames", at: Place(file: path),
        remedy: "give the time between frames by --interval, in ps")
  }

  private static func singleFrame(at place: Place) -> Failure {
    .input("there is one frame, and this analysis needs several", at: place, remedy: "analyze a trajectory")
  }

  /// ps between frames.
  /// - Throws: `Failure.input` where frames have no even spacing in time.
  public func evenSpacing() throws -> Double {
    guard let spacing else { throw reason! }
    return spacing
  }
}

/// Which frames of a file count, and when they are.
struct FrameSelection {
  let frames: [Int]
  let time: TimeAxis

  init(of file: TrajectoryFile, _ options: TrajectoryOptions) throws {
    let place = Place(file: file.path)
    guard options.every >= 1 else { throw Failure.input("--every must be at least 1") }
    guard options.skip >= 0 else { throw Failure.input("--skip must be at least 0 ps") }
    guard options.interval ?? 1 > 0 else { throw Failure.input("--interval must be above 0 ps") }
    var times: [Double]?
    if let interval = options.interval {
      times = (0..<file.frameCount).map { Double($0) * interval }
    } else if file.times.allSatisfy({ $0 != nil }) {
      times = file.times.map { ($0 ?? 0) / 1000 }
    }
    guard times != nil || (options.skip == 0 && options.until == nil) else {
      throw Failure.input(
        "--skip and --until are in ps, but the trajectory does not say the times of its frames", at: place,
        remedy: "give the time between frames by --interval, in ps")
    }
    try Self.requireOrder(of: times?.map { ($0, "\($0) ps") } ?? [], at: place)
    // Times that the caller gave order nothing.
    if file.index.steps.allSatisfy({ $0 != nil }) {
      try Self.requireOrder(of: file.index.steps.map { (Double($0 ?? 0), "step \($0 ?? 0)") }, at: place)
    }
    // A frame at the very time counts, whatever the rounding of its time.
    let first = times?.first ?? 0, end = options.until ?? .infinity, tolerance = 1e-6
    let kept = (0..<file.frameCount).filter { frame in
      let time = (times?[frame] ?? 0) - first
      return time >= options.skip * (1 - tolerance) && time <= end * (1 + tolerance)
    }
    frames = stride(from: 0, to: kept.count, by: options.every).map { kept[$0] }
    guard !frames.isEmpty else {
      throw Failure.input(
        "no frame is left \(end.isFinite ? "from \(options.skip) to \(end)" : "after \(options.skip)") ps", at: place,
        remedy: "skip less of the \(file.frameCount) frames")
    }
    if let times {
      time = TimeAxis(frames.map { times[$0] }, frames: frames, path: file.path)
    } else {
      time = TimeAxis(unknownIn: file.path, frameCount: frames.count)
    }
  }

  private static func requireOrder(of frames: [(value: Double, text: String)], at place: Place) throws {
    guard let frame = frames.indices.dropFirst().first(where: { frames[$0].value <= frames[$0 - 1].value }) else { return }
    throw Failure.input(
      "the frames are out of order: frame \(frame) is at \(frames[frame].text), "
        + "the one before it at \(frames[frame - 1].text)", at: place, remedy: "sort the frames, or cut out what a restart wrote twice")
  }
}
