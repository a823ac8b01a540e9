/// Steps per second over the last stretch of a run, so that the time left follows the present speed.
public struct MovingRate: Sendable {
  /// The stretch, seconds.
  public let window: Double
  private var marks: [(time: Double, step: Int)] = []

  public init(window: Double = 30) { self.window = window }

  /// - Parameter time: of a clock that never goes back, seconds.
  public mutating func record(step: Int, at time: Double) {
    marks.append((time, step))
    // The last mark before the window stays: the rate always spans at least the window, once there is that much.
    while marks.count > 2, marks[1].time <= time - window { marks.removeFirst() }
  }

  /// nil until two different times were recorded.
  public var stepsPerSecond: Double? {
    guard let first = marks.first, let last = marks.last, last.time > first.time else { return nil }
    return Double(last.step - first.step) / (last.time - first.time)
  }
}
