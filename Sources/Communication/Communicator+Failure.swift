import Diagnostics

extension Communicator {
  /// Runs `body` on every rank; if it throws anywhere, every rank throws the failure of the lowest such rank.
  ///
  /// Without this, one rank's error would leave the others waiting for it. `body` must not communicate after the point
  /// where it may throw on some ranks only.
  public func together<T>(_ body: () throws -> T) throws -> T {
    let result = Result { try body() }
    var mine: Failure?
    if case .failure(let error) = result { mine = error as? Failure ?? .runtime("\(error)") }
    try agree(on: mine)
    return try result.get()
  }

  /// Runs `body` on root alone and tells the others how it ended; they get root's failure or nil.
  @discardableResult
  public func onRoot<T>(_ body: () throws -> T) throws -> T? {
    try together { isRoot ? try body() : nil }
  }

  /// Throws on every rank if any rank has a failure.
  public func agree(on mine: Failure?) throws {
    guard any(mine != nil) else { return }
    let texts = allGather(mine.map { encode($0) } ?? [])
    guard let first = texts.first(where: { !$0.isEmpty }) else { return }
    throw decode(first)
  }
}

/// Failure as bytes: kind, line, column, then the three texts, each ended by a zero.
private func encode(_ failure: Failure) -> [UInt8] {
  let numbers = [Int(failure.kind.rawValue), failure.place?.line ?? 0, failure.place?.column ?? 0]
  let fields = numbers.map(String.init) + [failure.message, failure.place?.file ?? "", failure.remedy ?? ""]
  return Array(fields.joined(separator: "\0").utf8)
}

private func decode(_ bytes: [UInt8]) -> Failure {
  let fields = String(decoding: bytes, as: UTF8.self).split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
  func number(_ i: Int) -> Int? { Int(fields[i]).flatMap { $0 == 0 ? nil : $0 } }
  return Failure(
    Failure.Kind(rawValue: Int32(fields[0]) ?? 1) ?? .runtime, fields[3],
    at: fields[4].isEmpty ? nil : Place(file: fields[4], line: number(1), column: number(2)),
    remedy: fields[5].isEmpty ? nil : fields[5])
}
