import Diagnostics

/// One `[[compute]]`: quantities of a group of atoms, of all atoms, or of slabs, written as they change.
public struct ComputeInput: Equatable, Sendable {
  public enum Quantity: String, CaseIterable, Sendable {
    case atoms, temperature
    case kineticEnergy = "kinetic_energy"
    case potentialEnergy = "potential_energy"
    case pressure, stress
    case stressVolume = "stress_volume"
    case density
    case numberDensity = "number_density"
    case position, velocity
  }

  /// Unique; the file is `name`.csv in the output directory.
  public var name = Located("", at: Place(file: ""))
  /// Steps.
  public var every = 100
  /// nil: all atoms.
  public var group: Located<String>?
  /// nil: one row a step for all atoms of the group.
  public var slabs: Located<SlabsInput>?
  public var quantities: [Quantity] = []
  /// Each row of a slab is the mean over so many samples, the last ones.
  public var average = 1
  /// nil: three for each atom of a group, three fewer for all atoms.
  public var degreesOfFreedom: Int?

  /// Within the output directory.
  public var file: String { "\(name.value).csv" }
}

/// `slabs = { ... }`.
public struct SlabsInput: Equatable, Sendable {
  public enum Axis: String, CaseIterable, Sendable {
    case a, b, c

    /// 0, 1, 2.
    public var index: Int { self == .a ? 0 : self == .b ? 1 : 2 }
  }

  public var axis = Axis.c
  /// Å, to the nearest whole number of slabs at the run's start; nil: `count` is given.
  public var width: Double?
  public var count: Int?
  /// Whether each slab's motion as a whole is left out of temperature, kinetic energy and stress.
  public var removesFlow = false

  static let mostSlabs = 100_000
}

extension ComputeInput.Quantity: InputChoice {
  static let unavailable = ["charge", "heat_flux", "energy", "total_energy", "volume", "msd", "rdf"]
}

extension SlabsInput.Axis: InputChoice {
  static let unavailable = ["x", "y", "z"]
}

extension ComputeInput: InputTable {
  static let schema = Schema<ComputeInput>(
    sentence: "Quantities of all atoms, of a group or of slabs, as a time series in the output directory.",
    fields: [
      Field(required: "name", \.name, .located(.string), "What its file is called, without the .csv."),
      Field("every", \.every, .integer.atLeast(1), "Steps between samples."),
      Field(optional: "group", \.group, .located(.string), "Which atoms; left out, all."),
      Field(optional: "slabs", \.slabs, .located(.table), "A row for each slab of the cell instead of one for all."),
      Field(
        required: "quantities", \.quantities,
        .array(of: .choice, named: "array of atoms, temperature, kinetic_energy, potential_energy, position, velocity, ..."),
        "The columns, in their order; also pressure, stress, stress_volume, density and number_density."),
      Field("average", \.average, .integer.atLeast(1), "Over how many samples, the last ones, each row is a mean.")
        .only(for: "slabs") { $0.slabs != nil },
      Field(
        optional: "degrees_of_freedom", \.degreesOfFreedom, .integer.atLeast(1),
        "For the temperature; left out, 3 for each atom of a group, and 3 N - 3 for all atoms."
      ).only(for: "a compute without slabs") { $0.slabs == nil },
    ],
    finish: { compute, node in
      try requireFileName(compute.name)
      guard compute.name.value != "thermo" else {
        throw Failure.input("thermo.csv is the log's own file", at: compute.name.place, remedy: "choose another name")
      }
      for (index, quantity) in compute.quantities.enumerated()
      where compute.quantities[..<index].contains(quantity) {
        throw Failure.input(
          "'\(node.name).quantities' names \(quoted(quantity.rawValue)) twice", at: node["quantities"]?.place)
      }
      if compute.slabs != nil, compute.quantities.contains(.position) {
        throw Failure.input(
          "slabs have no \"position\" to measure: it is in every row", at: node["quantities"]?.place, remedy: "delete it")
      }
    })
}

extension SlabsInput: InputTable {
  static let schema = Schema<SlabsInput>(
    sentence: "Equal slabs between the planes of the cell.",
    fields: [
      Field(required: "axis", \.axis, .choice, "Across which lattice vector's direction."),
      Field(
        optional: "width", \.width, .quantity(.length).above(0),
        "Their thickness at the run's start, to the nearest whole number of slabs; instead of count."),
      Field(optional: "count", \.count, .integer.atLeast(1), "How many; instead of width."),
      Field(
        "remove_flow", \.removesFlow, .boolean,
        "Whether each slab's motion as a whole is left out of temperature, kinetic energy and stress."),
    ],
    alternatives: [.exactlyOne("width", "count")],
    finish: { slabs, node in
      guard slabs.count ?? 1 <= mostSlabs else {
        throw Failure.input("'\(node.name).count' is more than \(mostSlabs)", at: node["count"]?.place)
      }
    })
}

extension SimulationInput {
  /// Throws unless the names of `[[compute]]` tables are unique and their groups are there.
  func checkComputes() throws {
    var seen: Set<String> = []
    for compute in computes {
      if let group = compute.group { _ = try groupBit(named: group) }
      guard seen.insert(compute.name.value).inserted else {
        throw Failure.input(
          "two computes are named \(quoted(compute.name.value))", at: compute.name.place,
          remedy: "give each its own name: it names their files")
      }
    }
  }
}
