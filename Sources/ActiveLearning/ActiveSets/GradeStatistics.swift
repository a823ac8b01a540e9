import Communication

/// Maximum, mean and histogram of grades.
public struct GradeStatistics: Equatable, Sendable {
  /// Upper bounds of the histogram's bins; what is above the last is in one more.
  public static let bounds = [0.2, 0.4, 0.6, 0.8, 1.0, 1.001, 2, 5, 10, 100]

  public private(set) var count = 0
  public private(set) var maximum = 0.0
  public private(set) var sum = 0.0
  /// One more than there are bounds; a grade equal to a bound is below it.
  public private(set) var histogram = [Int](repeating: 0, count: bounds.count + 1)

  public init() {}

  public var mean: Double { sum / Double(max(count, 1)) }

  public mutating func add(_ grades: [Double]) {
    for grade in grades {
      count += 1
      sum += grade
      maximum = max(maximum, grade)
      // A grade that is not a number counts as above every bound.
      histogram[Self.bounds.firstIndex { grade <= $0 } ?? Self.bounds.count] += 1
    }
  }

  func summed(over communicator: Communicator) -> GradeStatistics {
    var total = GradeStatistics()
    total.count = communicator.sum(count)
    total.maximum = communicator.max(maximum)
    total.sum = communicator.sum(sum)
    total.histogram = communicator.sum(histogram.map(Int64.init)).map { Int($0) }
    return total
  }
}
