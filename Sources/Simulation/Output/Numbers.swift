import Foundation

/// A number with `digits` decimals, for people; files get the shortest text that reads back to the same bits ("\(x)").
func decimal(_ value: Double, _ digits: Int) -> String {
  String(format: "%.\(digits)f", value)
}
