import Simulation
import Testing

/// What is wrong in groups, one message each.
@Suite struct GroupErrorTests {
  typealias Case = InputErrorTests.Case

  private static let head = SampleInput.system + SampleInput.potential
  /// A group on lines 8 and after.
  private static func group(_ lines: String) -> String {
    head + "[[stage]]\nkind = \"minimize\"\n[[group]]\n" + lines + "\n"
  }

  static let cases: [Case] = [
    Case(group("species = [\"Li\"]"), "in.toml:7:1: 'group' lacks the key 'name'; add it, see 'swmd help input'"),
    Case(group("name = \"a\""), "in.toml:7:1: the group \"a\" has no criterion; give species, ids, region or not"),
    Case(
      group("name = \"a\"\nspecies = [\"Li\"]\n[[group]]\nname = \"a\"\nspecies = [\"S\"]"),
      "in.toml:11:8: two groups are named \"a\"; give each group its own name"),
    Case(
      group("name = \"a\"\nnot = [\"b\"]\n[[group]]\nname = \"b\"\nspecies = [\"S\"]"),
      "in.toml:9:7: the group \"a\" excludes \"b\", which is not defined before it; move the [[group]] \"b\" before it"),
    Case(
      group("name = \"a\"\nnot = [\"a\"]"),
      "in.toml:9:7: the group \"a\" excludes itself; delete it from 'not'"),
    Case(
      group("name = \"slab\"\nids = 1\n[[group]]\nname = \"b\"\nnot = [\"slav\"]"),
      "in.toml:12:7: there is no group \"slav\"; did you mean \"slab\"?"),
    Case(
      head + SampleInput.stage + (1...33).map { "[[group]]\nname = \"g\($0)\"\nids = \($0)\n" }.joined(),
      "in.toml:106:8: there are more than 32 groups; 32 is the most"),
    Case(
      group("name = \"a\"\nids = \"1-5\""),
      "in.toml:9:7: 'group.ids': '1-5' is neither an id nor a range of ids; write ids as in \"1:100, 205\""),
    Case(
      group("name = \"a\"\nids = \"1, 9:5\""),
      "in.toml:9:7: 'group.ids': the range '9:5' runs backwards; write \"5:9\""),
    Case(
      group("name = \"a\"\nids = [1]"),
      "in.toml:9:7: 'group.ids' must be ids such as \"1:100, 205\", but an array stands here"),
    Case(
      group("name = \"a\"\nregion = { z = [5, 1] }"),
      "in.toml:9:16: 'group.region.z' runs backwards: [\"5 Å\", \"1 Å\"]; give the lower end first"),
    Case(
      group("name = \"a\"\nregion = {}"),
      "in.toml:9:10: 'group.region' lacks a box or a sphere; give x, y, z or center and radius"),
    Case(
      group("name = \"a\"\nregion = { center = [0, 0, 0] }"),
      "in.toml:9:10: 'group.region' lacks 'radius'; give x, y, z or center and radius"),
    Case(
      group("name = \"a\"\nregion = { x = [0, 1], radius = 3 }"),
      "in.toml:9:24: 'group.region' is both a box and a sphere; give x, y, z or center and radius; two groups and 'not' "
        + "make other shapes"),
  ]

  @Test(arguments: cases)
  func oneErrorNamesThePlaceAndTheRemedy(_ example: Case) throws { try example.check() }
}
