import Foundation

/// Colors that people with color blindness tell apart, and that still differ in gray.
enum Palette {
  /// M. Okabe and K. Ito, Color Universal Design (2008), without yellow, which is too light for lines; darkest first.
  private static let colors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#333333"]

  static func color(_ index: Int) -> String { colors[index % colors.count] }

  /// Blue for -1 over white for 0 to red for +1, with lightness falling evenly to both sides.
  static func diverging(_ value: Double) -> String {
    let t = min(abs(value), 1)
    let end = value < 0 ? (33.0, 102.0, 172.0) : (178.0, 24.0, 43.0)
    func mixed(_ channel: Double) -> Int { Int((247 + t * (channel - 247)).rounded()) }
    return String(format: "#%02x%02x%02x", mixed(end.0), mixed(end.1), mixed(end.2))
  }
}
