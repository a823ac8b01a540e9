import Atomistics
import Diagnostics
import Numerics

/// Turns the columns and key-value pairs of an extended XYZ frame into a `Configuration`.
struct ExtendedXYZAssembly {
  var columns: [ExtendedXYZColumn]
  var header: ExtendedXYZHeader
  let frame: Int
  let place: Place

  mutating func configuration(in cell: Cell) throws -> Configuration {
    let elements = try takeElements()
    guard let positions = takeVectors("pos") else {
      throw Failure.input(
        "frame \(frame) has no column of positions", at: place, remedy: "name it pos:R:3 in Properties")
    }
    var result = Configuration(cell: cell, elements: elements, positions: positions)
    result.masses = takeScalars("masses", "mass")
    if let masses = result.masses, let bad = masses.firstIndex(where: { $0 <= 0 }) {
      throw Failure.input(
        "frame \(frame), atom \(bad + 1) has the mass \(masses[bad])", at: place, remedy: "give a positive mass in amu")
    }
    result.velocities = try takeVelocities(masses: result.masses ?? elements.map(\.mass))
    result.forces = takeVectors("forces", "force")
    result.energies = takeScalars("energies")
    result.charges = takeScalars("initial_charges", "charges", "charge")
    result.ids = try takeIDs()
    result.images = takeImages()
    result.energy = header.take("energy") { $0.finiteNumber }
    result.virial = takeVirial(volume: cell.volume)
    (result.step, result.time) = (header.takeStep(), header.takeTime())
    result.columns = columns.map(\.asAtomColumn)
    result.properties = header.pairs.map { ($0.key, PropertyValue(extendedXYZ: $0.text)) }
    return result
  }

  private mutating func take<Value>(_ names: [String], _ convert: (ExtendedXYZColumn) -> Value?) -> Value? {
    for name in names {
      guard let index = columns.firstIndex(where: { $0.name == name }), let value = convert(columns[index]) else {
        continue
      }
      columns.remove(at: index)
      return value
    }
    return nil
  }

  private mutating func takeVectors(_ names: String...) -> [Vector3]? { take(names) { $0.vectors } }

  private mutating func takeScalars(_ names: String...) -> [Double]? { take(names) { $0.scalars } }

  private mutating func takeElements() throws -> [Element] {
    if let elements = take(["species"], { $0.kind == .element ? $0.elements : nil }) { return elements }
    let numbers = take(["Z", "numbers"]) { $0.kind == .integer && $0.width == 1 ? $0.integers : nil }
    guard let numbers else {
      throw Failure.input(
        "frame \(frame) names no elements", at: place, remedy: "add the column species:S:1 to Properties")
    }
    return try numbers.enumerated().map { atom, number in
      guard let element = Element(atomicNumber: number) else {
        throw Failure.input(
          "frame \(frame), atom \(atom + 1): \(number) is not an atomic number", at: place,
          remedy: "give a number from 1 to 118")
      }
      return element
    }
  }

  private mutating func takeVelocities(masses: [Double]) throws -> [Vector3]? {
    if let velocities = takeVectors("velocities", "velocity", "velo", "vel") {
      let scale = try velocityScale()
      return scale == 1 ? velocities : velocities.map { scale * $0 }
    }
    // ASE's unit of velocity is sqrt(eV/amu).
    let scale = Units.accelerationPerForce.squareRoot()
    return takeVectors("momenta").map { momenta in zip(momenta, masses).map { scale / $1 * $0 } }
  }

  /// Å/fs per unit of the velocity column.
  private mutating func velocityScale() throws -> Double {
    guard let unit = header.take("velocity_units") else { return 1 }
    switch unit.lowercased() {
    case "angstrom/fs", "a/fs", "ang/fs", "å/fs": return 1
    case "angstrom/ps", "a/ps", "ang/ps", "å/ps": return 1e-3
    case "nm/ps", "km/s": return 1e-2
    case "m/s": return 1e-5
    default:
      throw Failure.input(
        "velocity_units is '\(unit.prefix(40))'", at: place, remedy: "use angstrom/fs, angstrom/ps, nm/ps or m/s")
    }
  }

  private mutating func takeIDs() throws -> [Int64]? {
    let integers = take(["id", "ids"]) { $0.kind == .integer && $0.width == 1 ? $0.integers : nil }
    guard let integers else { return nil }
    try requireDistinct(integers, subject: "frame \(frame)", at: place)
    return integers.map(Int64.init)
  }

  private mutating func takeImages() -> [SIMD3<Int32>]? {
    take(["images"]) { column in
      guard column.kind == .integer, column.width == 3,
        column.integers.allSatisfy({ Int32(exactly: $0) != nil })
      else { return nil }
      return stride(from: 0, to: column.integers.count, by: 3).map { i in
        SIMD3(truncatingIfNeeded: SIMD3(column.integers[i], column.integers[i + 1], column.integers[i + 2]))
      }
    }
  }

  /// ASE flattens 3 × 3 arrays by columns; `virial` is exact where `stress` went through a division, so it goes first.
  private mutating func takeVirial(volume: Double) -> Matrix3? {
    let virial = header.take("virial") { $0.tensor }
    guard volume > 0 else { return virial }
    let stress = header.take("stress") { $0.tensor }
    return virial ?? stress.map { -volume * $0 }
  }
}

extension ExtendedXYZHeader {
  mutating func takeStep() -> Int? { take("step") { if case .integer(let step) = $0 { step } else { nil } } }

  /// fs.
  mutating func takeTime() -> Double? { take("time") { $0.finiteNumber } }
}

/// Throws if two ids are equal.
func requireDistinct(_ ids: [Int], subject: String, at place: Place) throws {
  // The usual case, ascending, needs no sorting.
  if zip(ids, ids.dropFirst()).allSatisfy({ $0 < $1 }) { return }
  let sorted = ids.sorted()
  if let (twice, _) = zip(sorted, sorted.dropFirst()).first(where: { $0 == $1 }) {
    throw Failure.input(
      "\(subject) has two atoms with the id \(twice)", at: place, remedy: "give every atom its own id")
  }
}

extension PropertyValue {
  /// All numbers of a scalar or an array, row-major; nil if it is not numeric.
  var numbers: [Double]? {
    switch self {
    case .real(let value): [value]
    case .integer(let value): [Double(value)]
    case .reals(let values, _): values
    case .integers(let values, _): values.map(Double.init)
    default: nil
    }
  }

  var finiteNumber: Double? {
    guard let numbers, numbers.count == 1, numbers[0].isFinite else { return nil }
    switch self {
    case .real, .integer: return numbers[0]
    default: return nil
    }
  }

  /// A 3 × 3 tensor: nested rows, nine numbers by columns, or Voigt's six (xx yy zz yz xz xy).
  fileprivate var tensor: Matrix3? {
    guard let n = numbers, n.allSatisfy(\.isFinite) else { return nil }
    switch self {
    case .reals(_, shape: [3, 3]), .integers(_, shape: [3, 3]): return Matrix3(elements: n)
    default: break
    }
    if n.count == 9 { return Matrix3(elements: n).transpose }
    guard n.count == 6 else { return nil }
    return Matrix3(elements: [n[0], n[5], n[4], n[5], n[1], n[3], n[4], n[3], n[2]])
  }
}
