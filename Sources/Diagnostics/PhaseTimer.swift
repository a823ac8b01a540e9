/// Where a run's wall time goes. Rooms below `Simulation` mark what they do; only whoever supplies `now` knows a clock.
public final class PhaseTimer {
  public enum Phase: Int, CaseIterable, Sendable {
    case other, kernel, neighborList, exchange, integration, output
  }

  private let now: () -> Double
  private var seconds = [Double](repeating: 0, count: Phase.allCases.count)
  private var current = Phase.other
  private var since: Double

  /// - Parameter now: seconds of a monotonic clock; without one nothing is measured.
  public init(now: @escaping () -> Double = { 0 }) {
    self.now = now
    since = now()
  }

  /// Counts the time that `body` takes to `phase` instead of to the phase around it.
  @inlinable
  public func measure<T>(_ phase: Phase, _ body: () throws -> T) rethrows -> T {
    let outer = enter(phase)
    defer { enter(outer) }
    return try body()
  }

  /// Switches to `phase`; returns the phase that was current.
  @discardableResult
  public func enter(_ phase: Phase) -> Phase {
    let time = now()
    seconds[current.rawValue] += time - since
    since = time
    defer { current = phase }
    return current
  }

  /// Seconds spent in `phase` so far.
  public func seconds(in phase: Phase) -> Double {
    enter(current)
    return seconds[phase.rawValue]
  }

  public func reset() {
    enter(current)
    for i in seconds.indices { seconds[i] = 0 }
  }
}
