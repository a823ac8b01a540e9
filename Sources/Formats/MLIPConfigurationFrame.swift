import Atomistics
import Diagnostics
import Numerics

/// One configuration of MLIP's format while it is read, text or binary alike.
struct MLIPConfigurationFrame {
  var count: Int?
  var rows: [Vector3] = []
  var types: [Int]?
  var positions: [Vector3] = []
  var areDirect = false
  var forces: [Vector3]?
  var energies: [Double]?
  var charges: [Double]?
  var energy: Double?
  var virial: Matrix3?
  /// `Virial:` was given, which MLIP divides by the volume.
  var isVirialDensity = false
  var columns: [AtomColumn] = []
  private(set) var features: [(key: String, value: String)] = []

  /// Repeated keys append with a line break, as in MLIP.
  mutating func addFeature(_ key: String, _ value: String) {
    if let index = features.firstIndex(where: { $0.key == key }) {
      features[index].value += "\n" + value
    } else {
      features.append((key, value))
    }
  }

  /// Throws if types cannot be named or direct coordinates have no cell.
  func configuration(species: [Element]?, frame: Int, at place: Place) throws -> Configuration {
    let cell = try cell(frame: frame, at: place)
    let own = features.first { $0.key == "species" }?.value.split { " ,".contains($0) }.map(String.init)
    let elements = try elements(species ?? own.map { try Self.elements(named: $0, frame, place) }, frame, place)
    let cartesian = areDirect ? positions.map { $0 * cell.vectors } : positions
    guard cartesian.allSatisfy({ $0.x.isFinite && $0.y.isFinite && $0.z.isFinite }) else {
      throw Failure.input("configuration \(frame) has a coordinate that is not finite", at: place, remedy: "correct it")
    }
    var result = Configuration(cell: cell, elements: elements, positions: cartesian)
    result.forces = forces
    result.energies = energies
    result.charges = charges
    result.energy = energy
    result.virial = virial.map { isVirialDensity && cell.volume > 0 ? 1 / cell.volume * $0 : $0 }
    result.columns = columns
    result.properties = features.filter { $0.key != "species" }.map { ($0.key, PropertyValue(feature: $0.value)) }
    return result
  }

  /// A direction is periodic if its row is there and not zero.
  private func cell(frame: Int, at place: Place) throws -> Cell {
    let all = rows + [Vector3](repeating: .zero, count: max(0, 3 - rows.count))
    let vectors = Matrix3(rows: all[0], all[1], all[2])
    guard vectors.elements.allSatisfy(\.isFinite) else {
      throw Failure.input(
        "configuration \(frame) has a cell that is not finite", at: place, remedy: "correct Supercell")
    }
    guard !areDirect || vectors.determinant != 0 else {
      throw Failure.input(
        "configuration \(frame) has direct coordinates but not three independent cell vectors", at: place,
        remedy: "complete Supercell or give cartes_x cartes_y cartes_z")
    }
    let flags = all.map { $0 != .zero }
    return Cell(vectors: vectors, periodic: Periodicity(flags[0], flags[1], flags[2]))
  }

  private func elements(_ species: [Element]?, _ frame: Int, _ place: Place) throws -> [Element] {
    let types = types ?? [Int](repeating: 0, count: positions.count)
    guard let species else {
      if types.isEmpty { return [] }
      throw Failure.input(
        "configuration \(frame) gives types by number, and the file does not name their elements", at: place,
        remedy: "give the list of species, in the order of the types from 0")
    }
    return try types.enumerated().map { atom, type in
      let subject = "configuration \(frame), atom \(atom + 1)"
      return try element(ofType: type, firstType: 0, among: species, subject: subject, at: place)
    }
  }

  private static func elements(named names: [String], _ frame: Int, _ place: Place) throws -> [Element] {
    try names.map { name in
      guard let element = Element(symbol: name) else {
        throw unknownElement(name, in: "configuration \(frame), Feature species", at: place)
      }
      return element
    }
  }
}

extension PropertyValue {
  /// A number if writing it gives back the same text; otherwise the text.
  init(feature text: String) {
    if let integer = Int(text), String(integer) == text {
      self = .integer(integer)
    } else if let real = Double(text), real.description == text {
      self = .real(real)
    } else {
      self = .string(text)
    }
  }

  /// As the value of a feature.
  var featureText: String {
    switch self {
    case .real(let value): value.description
    case .integer(let value): String(value)
    case .logical(let value): value ? "true" : "false"
    case .string(let text): text
    case .reals(let values, _): values.map(\.description).joined(separator: " ")
    case .integers(let values, _): values.map(String.init).joined(separator: " ")
    case .logicals(let values, _): values.map(\.description).joined(separator: " ")
    case .strings(let values): values.joined(separator: " ")
    }
  }
}
