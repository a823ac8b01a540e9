import Communication
import Diagnostics
import Formats

/// What a checkpoint keeps of an `[[analysis]]`.
struct AnalysisRecord {
  var name = ""
  /// `AnalysisPlan.parameters`.
  var parameters = ""
  /// `AnalysisPlan.blockLength`.
  var blockLength = 1
  /// Of the frames so far, fs.
  var times: [Double] = []
  /// Frames that all analyses together took, which tells whose turn it is.
  var dealt = 0
  /// `RunningAnalysis.state` of each rank.
  var states: [[Double]] = []
}

extension AnalysisRecord {
  /// As sections of a checkpoint.
  func encode(into file: inout CheckpointFile) {
    file["analysis \(name): parameters"] = .text(parameters)
    file["analysis \(name): counts"] = .integers(([blockLength, dealt] + states.map(\.count)).map(Int64.init))
    file["analysis \(name): times"] = .reals(times)
    file["analysis \(name): states"] = .reals(states.flatMap { $0 })
  }

  init(named name: String, in file: CheckpointFile) throws {
    let counts = try file.integers("analysis \(name): counts").map(Int.init)
    let states = try file.reals("analysis \(name): states")
    guard counts.count > 2, counts[0] > 0, counts.allSatisfy({ $0 >= 0 }),
      counts.dropFirst(2).reduce(0, +) == states.count
    else {
      throw Failure.input(
        "the checkpoint is inconsistent: the analysis \(quoted(name)) is damaged", at: file.path.map { Place(file: $0) },
        remedy: "restart from another checkpoint")
    }
    self.name = name
    parameters = try file.text("analysis \(name): parameters")
    (blockLength, dealt) = (counts[0], counts[1])
    times = try file.reals("analysis \(name): times")
    var start = 0
    for count in counts.dropFirst(2) {
      self.states.append(Array(states[start..<start + count]))
      start += count
    }
  }
}

extension Communicator {
  /// Root's record on every rank; nil where it has none. Collective.
  func share(_ record: AnalysisRecord?) -> AnalysisRecord? {
    let counts = broadcast(
      record.map { [$0.blockLength, $0.dealt, $0.times.count, $0.states.count] + $0.states.map(\.count) } ?? [])
    let text = broadcast(Array((record.map { "\($0.name)\n\($0.parameters)" } ?? "").utf8))
    let numbers = broadcast(record.map { $0.times + $0.states.flatMap { $0 } } ?? [])
    guard !counts.isEmpty else { return nil }
    let words = String(decoding: text, as: UTF8.self).split(separator: "\n", maxSplits: 1).map(String.init)
    var shared = AnalysisRecord(
      name: words[0], parameters: words.count > 1 ? words[1] : "", blockLength: counts[0],
      times: Array(numbers.prefix(counts[2])), dealt: counts[1])
    var start = counts[2]
    for count in counts.dropFirst(4) {
      shared.states.append(Array(numbers[start..<start + count]))
      start += count
    }
    return shared
  }
}
