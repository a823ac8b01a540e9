import Diagnostics

extension SimulationInput {
  /// The bit of `AtomStore.groups` that stands for a group.
  /// - Throws: `Failure.input` at the name's place if there is no such group.
  public func groupBit(named name: Located<String>) throws -> UInt32 {
    let names = groups.map(\.name.value)
    if let index = names.firstIndex(of: name.value) { return 1 << UInt32(index) }
    let all =
      names.isEmpty
      ? "define it: [[group]] name = \(quoted(name.value))" : "the groups are: " + names.joined(separator: ", ")
    throw Failure.input(
      "there is no group \(quoted(name.value))", at: name.place,
      remedy: nearestName(to: name.value, among: names).map { "did you mean \(quoted($0))?" } ?? all)
  }

  /// Throws unless groups have names of their own, exclude only groups before them, and are there where stages name them.
  func checkGroups() throws {
    var seen: Set<String> = []
    for group in groups {
      for name in group.excluded?.value ?? [] where !seen.contains(name) {
        let place = group.excluded?.place ?? group.name.place
        guard name != group.name.value else {
          throw Failure.input("the group \(quoted(name)) excludes itself", at: place, remedy: "delete it from 'not'")
        }
        _ = try groupBit(named: Located(name, at: place))
        throw Failure.input(
          "the group \(quoted(group.name.value)) excludes \(quoted(name)), which is not defined before it", at: place,
          remedy: "move the [[group]] \(quoted(name)) before it")
      }
      guard seen.insert(group.name.value).inserted else {
        throw Failure.input(
          "two groups are named \(quoted(group.name.value))", at: group.name.place,
          remedy: "give each group its own name")
      }
      guard seen.count <= GroupInput.most else {
        throw Failure.input(
          "there are more than \(GroupInput.most) groups", at: group.name.place, remedy: "\(GroupInput.most) is the most")
      }
    }
    for name in givenStages.flatMap(\.groupNames) { _ = try groupBit(named: name) }
  }
}

extension StageInput {
  /// Every mention of a group.
  fileprivate var groupNames: [Located<String>] {
    switch kind {
    case .minimize: []
    case .dynamics(let stage):
      stage.thermostats.compactMap(\.group) + stage.frozen + stage.moves.map(\.group) + stage.forces.map(\.group)
        + stage.walls.compactMap(\.group)
    }
  }
}
