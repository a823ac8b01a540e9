import Foundation
import Simulation
import Testing

@Suite struct StageExpansionTests {
  /// Stages of the given names, of which some go back.
  private func input(_ stages: [(name: String, repeat: (from: String, times: Int)?)]) throws -> SimulationInput {
    let text = stages.map { stage in
      "[[stage]]\nname = \"\(stage.name)\"\nkind = \"minimize\"\n"
        + (stage.repeat.map { "repeat = { from = \"\($0.from)\", times = \($0.times) }\n" } ?? "")
    }.joined()
    return try SimulationInput.parse(SampleInput.system + SampleInput.potential + text, path: "in.toml")
  }

  @Test func aCycleIsRunAgain() throws {
    let input = try input([("relax", nil), ("heat", nil), ("cool", ("heat", 3)), ("end", nil)])
    #expect(input.stages.map(\.name)
      == ["relax", "heat", "cool", "heat (2)", "cool (2)", "heat (3)", "cool (3)", "end"])
    #expect(input.stages.map(\.place.line) == [5, 8, 11, 8, 11, 8, 11, 15])
  }

  @Test func cyclesMayHoldCyclesAndFollowOneAnother() throws {
    let nested = try input([("a", nil), ("b", ("b", 2)), ("c", ("a", 2))])
    #expect(nested.stages.map(\.name) == ["a", "b", "b (2)", "c", "a (2)", "b (3)", "b (4)", "c (2)"])
    let sameStart = try input([("a", nil), ("b", ("a", 2)), ("c", ("a", 2))])
    #expect(sameStart.stages.map(\.name)
      == ["a", "b", "a (2)", "b (2)", "c", "a (3)", "b (3)", "a (4)", "b (4)", "c (2)"])
    let following = try input([("a", ("a", 2)), ("b", ("b", 2))])
    #expect(following.stages.map(\.name) == ["a", "a (2)", "b", "b (2)"])
  }

  @Test func stagesWithoutNamesAreRepeatedByTheirNumber() throws {
    let text = "[[stage]]\nkind = \"minimize\"\nrepeat = { from = \"stage-1\", times = 2 }\n[[stage]]\nkind = \"minimize\"\n"
    let input = try SimulationInput.parse(SampleInput.system + SampleInput.potential + text, path: "in.toml")
    #expect(input.stages.map(\.name) == ["stage-1", "stage-1 (2)", "stage-2"])
  }

  @Test func theDescriptionIsTheInputAsItIsWritten() throws {
    let input = try input([("relax", nil), ("heat", nil), ("cool", ("heat", 3))])
    let described = input.describe()
    #expect(described.components(separatedBy: "[[stage]]").count == 4)
    #expect(described.contains("repeat           = { from = \"heat\", times = 3 }"))
    let again = try SimulationInput.parse(described, path: "in.toml")
    #expect(again.describe() == described)
    #expect(again.stages.map(\.name) == input.stages.map(\.name))
  }
}
