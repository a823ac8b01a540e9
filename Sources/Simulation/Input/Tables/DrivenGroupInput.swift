import Diagnostics
import Numerics

/// One table of `move`: a group that moves at a given velocity, whatever forces it feels.
public struct MoveInput: Equatable, Sendable {
  public var group = Located("", at: Place(file: ""))
  /// Å/fs along x, y, z; nil: the atoms are free along that axis.
  public var velocity: [Double?] = []
}

/// One table of `force`: a force that acts on each atom of a group besides the potentials'.
public struct ForceInput: Equatable, Sendable {
  public var group = Located("", at: Place(file: ""))
  /// eV/Å.
  public var force = Vector3.zero
}

extension MoveInput: InputTable {
  static let schema = Schema<MoveInput>(
    sentence: "A group that moves at a given velocity.",
    fields: [
      Field(required: "group", \.group, .located(.string), "The group."),
      Field(
        required: "velocity", \.velocity, .array(of: .orFree(.quantity(.velocity)), count: 3),
        "Along x, y and z; a component that is \"free\" follows the forces."),
    ],
    finish: { move, node in
      guard move.velocity.contains(where: { $0 != nil }) else {
        throw Failure.input(
          "'\(node.name).velocity' leaves every component free", at: node["velocity"]?.place,
          remedy: "give a velocity along one axis at least, or delete the table")
      }
    })
}

extension ForceInput: InputTable {
  static let schema = Schema<ForceInput>(
    sentence: "A force on each atom of a group, besides those of the potentials.",
    fields: [
      Field(required: "group", \.group, .located(.string), "The group."),
      Field(required: "force", \.force, .vector(.force), "Along x, y and z, on each atom."),
    ])
}
