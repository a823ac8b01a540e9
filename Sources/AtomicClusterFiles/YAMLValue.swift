import Diagnostics

/// A node with its name, read as the type that is asked for or refused with its place.
package struct YAMLValue: Sendable {
  let document: YAMLDocument
  let node: YAMLNode
  /// What messages call it.
  let name: String

  func failure(_ message: String, remedy: String? = "correct it or copy the file again") -> Failure {
    .input(message, at: document.place(node.start), remedy: remedy)
  }

  // MARK: Mappings

  /// Key and value in the file's order.
  package func pairs() throws -> [(key: YAMLValue, value: YAMLValue)] {
    switch node.content {
    case .mapping(let pairs):
      return pairs.map { pair in
        let key = YAMLValue(document: document, node: pair.key, name: "a key of \(name)")
        let label = document.text(pair.key) ?? "the entry"
        return (key, YAMLValue(document: document, node: pair.value, name: "`\(label.prefix(40))`"))
      }
    case .empty: return []
    default: throw failure("\(name) must be a mapping of keys to values")
    }
  }

  /// nil where the key is missing (or this is no mapping).
  package func optional(_ key: String) -> YAMLValue? {
    guard case .mapping(let pairs) = node.content else { return nil }
    return pairs.first { document.text($0.key) == key }.map {
      YAMLValue(document: document, node: $0.value, name: "`\(key)`")
    }
  }

  package func value(_ key: String) throws -> YAMLValue {
    guard let value = optional(key) else {
      throw failure("\(name) lacks the key `\(key)`", remedy: "compare with a file written by pacemaker")
    }
    return value
  }

  // MARK: Sequences

  package func items() throws -> [YAMLValue] {
    switch node.content {
    case .sequence(let items):
      return items.map { YAMLValue(document: document, node: $0, name: "an item of \(name)") }
    case .empty: return []
    default: throw failure("\(name) must be a list")
    }
  }

  /// The nodes of a list; a scalar counts as a list of one.
  private func nodes() throws -> [YAMLNode] {
    switch node.content {
    case .sequence(let items): return items
    case .mapping: throw failure("\(name) must be a list of numbers")
    case .empty: return []
    default: return [node]
    }
  }

  package func reals(count: Int? = nil) throws -> [Double] {
    let nodes = try nodes()
    try require(count, found: nodes.count)
    return try nodes.map { try real($0) }
  }

  package func integers(count: Int? = nil, in range: ClosedRange<Int>) throws -> [Int] {
    let nodes = try nodes()
    try require(count, found: nodes.count)
    return try nodes.map { try integer($0, in: range) }
  }

  private func require(_ count: Int?, found: Int) throws {
    if let count, count != found { throw failure("\(name) has \(found) numbers where \(count) belong") }
  }

  /// Numbers in nested lists of this shape, flat in row-major order.
  package func reals(shape: [Int]) throws -> [Double] {
    guard let first = shape.first else { return [try real()] }
    guard shape.count > 1 else { return try reals(count: first) }
    let rows = try items()
    guard rows.count == first else { throw failure("\(name) has \(rows.count) parts where \(first) belong") }
    return try rows.flatMap { try $0.reals(shape: Array(shape.dropFirst())) }
  }

  var isNested: Bool {
    guard case .sequence(let items) = node.content, case .sequence = items.first?.content else { return false }
    return true
  }

  // MARK: Scalars

  package func string() throws -> String {
    guard let text = document.text(node) else { throw failure("\(name) must be a single word") }
    return text
  }

  package func real() throws -> Double { try real(node) }

  /// A whole number; written as 3.0 it counts too.
  package func integer(in range: ClosedRange<Int>) throws -> Int { try integer(node, in: range) }

  private func real(_ node: YAMLNode) throws -> Double {
    guard let text = document.text(node), let value = Double(text), value.isFinite else {
      throw refusal(node, "a finite number")
    }
    return value
  }

  private func integer(_ node: YAMLNode, in range: ClosedRange<Int>) throws -> Int {
    guard let text = document.text(node), let value = Int(text) ?? Double(text).flatMap(Int.init(exactly:)) else {
      throw refusal(node, "a whole number")
    }
    guard range.contains(value) else {
      throw refusal(node, "between \(range.lowerBound) and \(range.upperBound)")
    }
    return value
  }

  private func refusal(_ node: YAMLNode, _ kind: String) -> Failure {
    let text = document.text(node).map { "\"\($0.prefix(60))\"" } ?? "a collection"
    return .input(
      "\(name) is \(text), not \(kind)", at: document.place(node.start), remedy: "correct it or copy the file again")
  }

  package func boolean() throws -> Bool {
    switch try string().lowercased() {
    case "true", "yes", "on", "1": return true
    case "false", "no", "off", "0": return false
    default: throw refusal(node, "true or false")
    }
  }
}
