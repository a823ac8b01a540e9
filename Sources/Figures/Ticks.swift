import Foundation

/// Where an axis is labeled: round numbers at even distances, or powers of ten.
package struct Ticks: Equatable {
  package let values: [Double]
  package let labels: [String]

  /// Multiples of 1, 2 or 5 times a power of ten within `range`, about `count` of them.
  package init(linear range: ClosedRange<Double>, count: Int) {
    let step = Self.step(range, count: count)
    let first = Int((range.lowerBound / step - 1e-9).rounded(.up))
    let last = Int((range.upperBound / step + 1e-9).rounded(.down))
    values = first <= last ? (first...last).map { Double($0) * step } : []
    let magnitude = max(abs(range.lowerBound), abs(range.upperBound))
    if magnitude >= 1e6 || step < 1e-5 {
      let digits = max(0, Int(floor(log10(magnitude) + 1e-9)) - Int(floor(log10(step) + 1e-9)))
      labels = values.map { Self.minus(String(format: "%.\(digits)e", $0)) }
    } else {
      let digits = max(0, -Int(floor(log10(step) + 1e-9)))
      labels = values.map { Self.minus(String(format: "%.\(digits)f", $0 == 0 ? 0 : $0)) }
    }
  }

  /// Powers of ten within `range`, at most about `count`; round numbers where the range has less than two of them.
  package init(logarithmic range: ClosedRange<Double>, count: Int) {
    let first = Int((log10(range.lowerBound) - 1e-9).rounded(.up))
    let last = Int((log10(range.upperBound) + 1e-9).rounded(.down))
    guard last > first else {
      self.init(linear: range, count: count)
      return
    }
    let exponents = Array(stride(from: first, through: last, by: max(1, (last - first) / count + 1)))
    self.init(values: exponents.map { pow(10, Double($0)) }, labels: exponents.map { "10" + Self.superscript($0) })
  }

  private init(values: [Double], labels: [String]) { (self.values, self.labels) = (values, labels) }

  private static func step(_ range: ClosedRange<Double>, count: Int) -> Double {
    let raw = (range.upperBound - range.lowerBound) / Double(max(count, 1))
    let power = pow(10, floor(log10(raw)))
    let fraction = raw / power
    return (fraction <= 1 ? 1 : fraction <= 2 ? 2 : fraction <= 5 ? 5 : 10) * power
  }

  /// A true minus sign is as wide as a digit.
  private static func minus(_ text: String) -> String { text.replacingOccurrences(of: "-", with: "−") }

  private static func superscript(_ exponent: Int) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return (exponent < 0 ? "⁻" : "") + String("\(abs(exponent))".compactMap { $0.wholeNumberValue.map { digits[$0] } })
  }
}
