/// Atom ids as the input file gives them: "1:100, 205".
public struct IdRanges: Equatable, Sendable, CustomStringConvertible {
  /// Both ends included; ascending, with gaps between them.
  public private(set) var ranges: [ClosedRange<Int64>] = []

  /// - Parameter ranges: in any order; they may overlap.
  public init(_ ranges: [ClosedRange<Int64>]) {
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = self.ranges.last, last.upperBound >= range.lowerBound - 1 {
        self.ranges[self.ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        self.ranges.append(range)
      }
    }
  }

  public func contains(_ id: Int64) -> Bool {
    var low = 0, high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < id { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(id)
  }

  public var description: String {
    let texts = ranges.map { range in
      range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound):\(range.upperBound)"
    }
    return texts.joined(separator: ", ")
  }
}
