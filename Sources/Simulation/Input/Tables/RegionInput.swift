import Diagnostics
import Numerics

/// `region = { ... }`: a box along the Cartesian axes, or a sphere. Å.
public struct RegionInput: Equatable, Sendable {
  /// nil: unbounded along that axis.
  public var x: ClosedRange<Double>?
  public var y: ClosedRange<Double>?
  public var z: ClosedRange<Double>?
  /// Given if and only if the region is a sphere.
  public var center: Vector3?
  public var radius: Double?

  /// Whether a position (Å) is in the region, its surface included.
  public func contains(_ position: Vector3) -> Bool {
    if let center, let radius { return (position - center).lengthSquared <= radius * radius }
    return [x, y, z].enumerated().allSatisfy { axis, range in range?.contains(position[axis]) ?? true }
  }
}

extension RegionInput: InputTable {
  static let schema = Schema<RegionInput>(
    sentence: "A box (x, y, z: those that are given) or a sphere (center, radius) in Cartesian coordinates.",
    fields: [
      Field(optional: "x", \.x, .interval(.length), "From low to high; left out, unbounded."),
      Field(optional: "y", \.y, .interval(.length), "From low to high; left out, unbounded."),
      Field(optional: "z", \.z, .interval(.length), "From low to high; left out, unbounded."),
      Field(optional: "center", \.center, .vector(.length), "Center of a sphere."),
      Field(optional: "radius", \.radius, .quantity(.length).above(0), "Radius of a sphere."),
    ],
    finish: { region, node in
      let box = ["x", "y", "z"].compactMap { node[$0] }, sphere = ["center", "radius"].compactMap { node[$0] }
      if let first = sphere.first, !box.isEmpty {
        throw Failure.input(
          "'\(node.name)' is both a box and a sphere", at: first.keyPlace,
          remedy: "give x, y, z or center and radius; two groups and 'not' make other shapes")
      }
      guard box.isEmpty, sphere.count != 2 else { return }
      throw Failure.input(
        "'\(node.name)' lacks " + (sphere.isEmpty ? "a box or a sphere" : region.center == nil ? "'center'" : "'radius'"),
        at: node.place, remedy: "give x, y, z or center and radius")
    })
}
