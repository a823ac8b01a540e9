import Diagnostics

/// The times between which a line is fitted, ps, both ends included.
public struct FitWindow: Equatable, Sendable {
  public let lower: Double
  public let upper: Double

  /// From "LO:HI" in ps.
  /// - Throws: `Failure.input` if it cannot be read, or is empty.
  public init(_ text: String) throws {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let lower = Double(parts[0]), let upper = Double(parts[1]), lower.isFinite, upper.isFinite else {
      throw Failure.input("'\(text)' is no window of times", remedy: "write it as LO:HI in ps, such as 5:50")
    }
    guard lower >= 0, upper > lower else {
      throw Failure.input("the window \(text) is empty", remedy: "write it as LO:HI in ps with 0 <= LO < HI")
    }
    (self.lower, self.upper) = (lower, upper)
  }

  public init(lower: Double, upper: Double) { (self.lower, self.upper) = (lower, upper) }

  /// The lags, in frames from 1 on, whose times lie in the window; at least three, for a line and its scatter.
  /// - Parameters:
  ///   - spacing: ps between frames.
  ///   - largest: the largest lag that there is.
  /// - Throws: `Failure.input` if the window has fewer, or reaches beyond the largest.
  public func lags(spacing: Double, largest: Int) throws -> ClosedRange<Int> {
    // A lag at the very end counts, whatever the rounding of its time.
    let rounding = 1e-6
    let first = max(1, (lower / spacing - rounding).rounded(.up)), last = (upper / spacing + rounding).rounded(.down)
    guard last <= Double(largest) else {
      throw Failure.input(
        "the fit window \(lower):\(upper) ps ends beyond the largest lag, \(Double(largest) * spacing) ps",
        remedy: "end the window earlier, or analyze a longer trajectory")
    }
    guard last - first >= 2 else {
      throw Failure.input(
        "the fit window \(lower):\(upper) ps has fewer than three lags; the frames are \(spacing) ps apart",
        remedy: "give a longer window")
    }
    return Int(first)...Int(last)
  }

  /// At most `count` lags of a range, evenly spaced with both ends: all where there are no more.
  public static func thinned(_ lags: ClosedRange<Int>, to count: Int) -> [Int] {
    guard lags.count > count, count > 1 else { return Array(lags) }
    let step = Double(lags.upperBound - lags.lowerBound) / Double(count - 1)
    return (0..<count).map { $0 == count - 1 ? lags.upperBound : Int(Double(lags.lowerBound) + Double($0) * step) }
  }
}
