import Atomistics
import Diagnostics

/// One `[[group]]`: a named set of atoms. What is given is intersected; who belongs to it is decided at the run's start.
public struct GroupInput: Equatable, Sendable {
  /// More do not fit into the bits of `AtomStore.groups`.
  public static let most = 32

  public var name = Located("", at: Place(file: ""))
  public var species: Located<[Element]>?
  public var ids: Located<IdRanges>?
  public var region: Located<RegionInput>?
  /// Groups defined before this one.
  public var excluded: Located<[String]>?
}

extension GroupInput: InputTable {
  static let schema = Schema<GroupInput>(
    sentence: "A named set of atoms, decided at the run's start: those that meet all of what is given.",
    fields: [
      Field(required: "name", \.name, .located(.string), "What stages call it."),
      Field(optional: "species", \.species, .located(.array(of: .element)), "Atoms of these elements."),
      Field(optional: "ids", \.ids, .located(.idRanges), "Atoms with these ids; both ends of a range belong to it."),
      Field(optional: "region", \.region, .located(.table), "Atoms in a part of space, wrapped into the cell."),
      Field(
        optional: "not", \.excluded, .located(.array(of: .string)),
        "Atoms that are in none of these groups, which are defined before this one."),
    ],
    finish: { group, node in
      guard group.species != nil || group.ids != nil || group.region != nil || group.excluded != nil else {
        throw Failure.input(
          "the group \(quoted(group.name.value)) has no criterion", at: node.place,
          remedy: "give species, ids, region or not")
      }
    })
}
