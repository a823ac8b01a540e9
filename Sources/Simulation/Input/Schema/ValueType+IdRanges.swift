import Diagnostics
import Foundation

extension ValueType where Value == IdRanges {
  static let idRanges = ValueType(
    "ids such as \"1:100, 205\"",
    decode: { node in
      if case .integer(let id) = node.value, id >= 0 { return IdRanges([Int64(id)...Int64(id)]) }
      guard case .string(let text) = node.value else {
        throw mismatch(node, expected: "ids such as \"1:100, 205\"")
      }
      return IdRanges(try text.split(separator: ",", omittingEmptySubsequences: false).map { piece in
        try range(piece.trimmingCharacters(in: .whitespaces), of: node)
      })
    },
    literal: { quoted($0.description) })

  /// "205" or "1:100", both ends included.
  private static func range(_ text: String, of node: InputNode) throws -> ClosedRange<Int64> {
    let ends = text.split(separator: ":", omittingEmptySubsequences: false).map {
      Int64($0.trimmingCharacters(in: .whitespaces))
    }
    guard ends.count <= 2, let low = ends.first ?? nil, let high = ends.last ?? nil, low >= 0 else {
      throw Failure.input(
        "'\(node.name)': '\(text)' is neither an id nor a range of ids", at: node.place,
        remedy: "write ids as in \"1:100, 205\"")
    }
    guard low <= high else {
      throw Failure.input(
        "'\(node.name)': the range '\(text)' runs backwards", at: node.place, remedy: "write \"\(high):\(low)\"")
    }
    return low...high
  }
}
