import Diagnostics

/// More than anybody's cycles; an input cannot exhaust the memory.
private let mostStages = 10_000

/// Stages as they are run, from stages as they are written: repetitions one after the other.
///
/// The k-th run of "heat" is named "heat (k)". Repetitions may hold others, but not overlap them.
/// - Throws: `Failure.input` at the key of `repeat` that is wrong.
func expandedStages(_ stages: [StageInput]) throws -> [StageInput] {
  var expanded: [StageInput] = []
  /// Where in `expanded` each stage runs for the first time.
  var starts: [Int] = []
  var earlier: [ClosedRange<Int>] = []
  for (index, stage) in stages.enumerated() {
    starts.append(expanded.count)
    expanded.append(stage)
    guard let repetition = stage.repetition else { continue }
    let first = try firstStage(of: repetition, at: index, among: stages)
    if let crossed = earlier.first(where: { $0.lowerBound < first && first <= $0.upperBound }) {
      let cycles = [crossed, first...index].map { cycle in
        "\(quoted(stages[cycle.lowerBound].name)) to \(quoted(stages[cycle.upperBound].name))"
      }
      throw Failure.input(
        "the repetitions of \(cycles[0]) and of \(cycles[1]) overlap", at: repetition.from.place,
        remedy: "one may hold the other, or they follow one another")
    }
    earlier.append(first...index)
    let cycle = expanded[starts[first]...]
    guard repetition.times.value <= mostStages,
      expanded.count + cycle.count * (repetition.times.value - 1) <= mostStages
    else {
      throw Failure.input(
        "the repetitions make more than \(mostStages) stages", at: repetition.times.place, remedy: "repeat less often")
    }
    for _ in 1..<repetition.times.value { expanded += cycle }
  }
  return try numbered(expanded)
}

/// The index of the stage that a repetition of the stage `index` begins with.
private func firstStage(of repetition: RepeatInput, at index: Int, among stages: [StageInput]) throws -> Int {
  let name = repetition.from.value, names = stages.map(\.name)
  if let first = names[...index].firstIndex(of: name) { return first }
  guard names.contains(name) else {
    throw Failure.input(
      "there is no stage \(quoted(name)) to repeat from", at: repetition.from.place,
      remedy: nearestName(to: name, among: names[...index]).map { "did you mean \(quoted($0))?" }
        ?? "the stages up to this one are: " + names[...index].joined(separator: ", "))
  }
  throw Failure.input(
    "the stage \(quoted(name)) comes only after the repetition that begins with it", at: repetition.from.place,
    remedy: "put 'repeat' into the last stage of the cycle")
}

private func numbered(_ stages: [StageInput]) throws -> [StageInput] {
  var runs: [String: Int] = [:]
  var taken: Set<String> = []
  return try stages.map { stage in
    var stage = stage
    let run = runs[stage.name, default: 0] + 1, place = stage.givenName?.place ?? stage.place
    runs[stage.name] = run
    let name = run == 1 ? stage.name : "\(stage.name) (\(run))"
    guard taken.insert(name).inserted else {
      throw Failure.input(
        "a stage and a repetition of another one are both named \(quoted(name))", at: place,
        remedy: "give the stage another name")
    }
    stage.originalName = stage.name
    stage.givenName = Located(name, at: place)
    return stage
  }
}
