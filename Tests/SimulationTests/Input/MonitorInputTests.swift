import Diagnostics
import Simulation
import Testing

@Suite struct MonitorInputTests {
  @Test func everyMonitorArrives() throws {
    let monitor = try SimulationInput.parse(SampleInput.complete, path: "in.toml").monitor
    let all = try #require(monitor.extrapolation.first), extrapolation = try #require(monitor.extrapolation.last)
    #expect(monitor.extrapolation.count == 2 && all.name == nil && all.select == 3 && all.breaking == 10)
    #expect(all.historyFile == "extrapolation.csv" && all.selectionFile == "selected.cfg" && all.format == .mlip)
    #expect(extrapolation.name?.value == "metal" && extrapolation.historyFile == "extrapolation-metal.csv")
    #expect(extrapolation.every == 5 && extrapolation.pause == 20 && extrapolation.rise == 2)
    #expect(extrapolation.select == 1.5 && extrapolation.breaking == 8)
    #expect(extrapolation.selectionFile == "todo.extxyz" && extrapolation.format == .extendedXYZ)
    #expect(extrapolation.group?.value == "lithium" && extrapolation.species?.value.map(\.symbol) == ["Li"])
    #expect(monitor.temperature?.every == 20)
    #expect(monitor.temperature?.bounds == .init(above: 1000, below: 10, breakAbove: 2000, breakBelow: 1))
    #expect(monitor.pressure?.bounds == .init(below: -10_000, breakAbove: 100_000))
    #expect(monitor.drift?.bounds == .init(breakAbove: 0.01))
    #expect(monitor.distance?.bounds == .init(below: 1.5, breakBelow: 1))
    #expect(monitor.force?.bounds == .init(above: 50))
    #expect(monitor.loneAtoms?.bounds == .init(above: 0, breakAbove: 2))
    #expect(monitor.finite.every == 1)
  }

  @Test func withoutMonitorsOnlyNumbersAreWatched() throws {
    let monitor = try SimulationInput.parse(SampleInput.minimal, path: "in.toml").monitor
    #expect(monitor.extrapolation.isEmpty && monitor.temperature == nil && monitor.finite.every == 10)
  }

  static let mistakes: [InputErrorTests.Case] = [
    .init(
      "[monitor.extrapolation]\nselect = 10\nbreak = 2\n",
      "in.toml:10:10: 'monitor.extrapolation': select (10.0) must be below break (2.0); what stops a run must be more than what "
        + "selects a configuration"),
    .init(
      "[monitor.extrapolation]\nselect = 20\n",
      "in.toml:10:10: 'monitor.extrapolation': select (20.0) must be below break (10.0); what stops a run must be more than what "
        + "selects a configuration"),
    .init(
      "[monitor.extrapolation]\noutput = \"selected.xyz\"\n",
      "in.toml:10:10: 'monitor.extrapolation.output': the ending of 'selected.xyz' is no format for configurations to label; "
        + "end it in .cfg or .extxyz"),
    .init(
      "[monitor.extrapolation]\noutput = \"breaking.extxyz\"\n",
      "in.toml:10:10: 'breaking.extxyz' is the name of another file of this run; choose another name"),
    .init(
      "[monitor.extrapolation]\n[[compute]]\nname = \"extrapolation\"\nquantities = [\"atoms\"]\n",
      "in.toml:11:8: extrapolation.csv is the file of a monitor of extrapolation; choose another name"),
    .init(
      "[[monitor.extrapolation]]\n[[monitor.extrapolation]]\nselect = 3\n",
      "in.toml:10:1: two monitors of extrapolation have no name; give each its own name: it names their files"),
    .init(
      "[[monitor.extrapolation]]\nname = \"a\"\n[[monitor.extrapolation]]\nname = \"a\"\n",
      "in.toml:12:8: two monitors of extrapolation are named \"a\"; give each its own name: it names their files"),
    .init(
      "[monitor.extrapolation]\nname = \"a/b\"\n",
      "in.toml:10:8: \"a/b\" cannot be the name of a file here; use letters, digits, - and _"),
    .init(
      "[[monitor.extrapolation]]\nname = \"a\"\n[[monitor.extrapolation]]\noutput = \"selected-a.cfg\"\n",
      "in.toml:12:10: 'selected-a.cfg' is the name of another file of this run; choose another name"),
    .init(
      "[monitor.extrapolation]\ngroup = \"tip\"\n",
      "in.toml:10:9: there is no group \"tip\"; define it: [[group]] name = \"tip\""),
    .init(
      "[monitor.temperature]\nevery = 3\n",
      "in.toml:9:1: 'monitor.temperature' watches for nothing; give above, below or break"),
    .init(
      "[monitor.distance]\nabove = 3\n",
      "in.toml:10:1: unknown key 'above' in 'monitor.distance'; its keys are: every, below, break"),
    .init(
      "[monitor.distance]\nbelow = 1\nbreak = 2\n",
      "in.toml:10:9: 'monitor.distance': below (1.0) must be more than break (2.0); warn before the run stops"),
    .init(
      "[monitor.force]\nabove = 10\nbreak = 10\n",
      "in.toml:10:9: 'monitor.force': above (10.0) must be less than break (10.0); warn before the run stops"),
    .init(
      "[monitor.temperature]\nbreak = [3000, 10]\n",
      "in.toml:10:9: 'monitor.temperature.break' runs backwards: [\"3000 K\", \"10 K\"]; give the lower end first"),
    .init("[monitor.tempreture]\nbreak = 1\n", "in.toml:9:10: unknown key 'tempreture' in 'monitor'; did you mean 'temperature'?"),
  ]

  @Test(arguments: mistakes)
  func mistake(_ entry: InputErrorTests.Case) throws {
    try InputErrorTests.Case(SampleInput.minimal + entry.text, entry.message).check()
  }
}
