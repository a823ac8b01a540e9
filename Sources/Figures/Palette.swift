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

  /// From nearly white for 0 over blue-green to dark blue for 1, with lightness falling evenly.
  static func sequential(_ value: Double) -> String {
    let t = 2 * min(max(value, 0), 1), stops = [(247.0, 251.0, 240.0), (78.0, 164.0, 184.0), (8.0, 38.0, 94.0)]
    let (from, to) = t < 1 ? (stops[0], stops[1]) : (stops[1], stops[2]), part = t < 1 ? t : t - 1
    func mixed(_ a: Double, _ b: Double) -> Int { Int((a + part * (b - a)).rounded()) }
    return String(format: "#%02x%02x%02x", mixed(from.0, to.0), mixed(from.1, to.1), mixed(from.2, to.2))
  }
}
