import Atomistics
import Diagnostics

/// Which element each atom of a trajectory is: from the file's symbols, its types and the given map, or the given list.
struct TrajectorySpecies {
  private enum Source {
    /// The same in every frame.
    case constant([Element])
    /// All atoms; spelled out only for a frame that exists, as a damaged header may count any number of atoms.
    case uniform(Element)
    case perFrame(ClassicNetCDFFile.Variable, areAtomicNumbers: Bool)
  }

  private let file: ClassicNetCDFFile
  private let given: [Element]
  private let atomCount: Int
  private let typesAreAtomicNumbers: Bool
  private var source: Source = .constant([])

  init(file: ClassicNetCDFFile, given: [Element], atomCount: Int, typesAreAtomicNumbers: Bool) throws {
    self.file = file
    self.given = given
    self.atomCount = atomCount
    self.typesAreAtomicNumbers = typesAreAtomicNumbers
    source = try findSource()
  }

  func elements(frame: Int) throws -> [Element] {
    switch source {
    case .constant(let elements): elements
    case .uniform(let element): [Element](repeating: element, count: atomCount)
    case .perFrame(let variable, let areAtomicNumbers):
      try elements(variable, frame: frame, areAtomicNumbers: areAtomicNumbers)
    }
  }

  /// What the file says itself goes first: a list of species is often meant for the other files of a command or run.
  private func findSource() throws -> Source {
    if let symbols = try symbols() { return .constant(symbols) }
    let numberNames = typesAreAtomicNumbers ? ["atom_types", "type", "Z"] : ["Z"]
    if let source = try source(in: numberNames, areAtomicNumbers: true) { return source }
    if given.count == atomCount { return .constant(given) }
    if !given.isEmpty, let source = try source(in: ["atom_types", "type"], areAtomicNumbers: false) { return source }
    guard given.count == 1 else {
      throw Failure.input(
        "the trajectory does not say which elements its \(atomCount) atoms are", at: Place(file: file.path),
        remedy: "give species in the order of the file's atom types, or one for each atom (swmd analyze: --species-list or --topology)")
    }
    return .uniform(given[0])
  }

  /// The first of these variables that has one number for each atom.
  private func source(in names: [String], areAtomicNumbers: Bool) throws -> Source? {
    for name in names {
      guard let variable = file.variable(name), !variable.isText else { continue }
      if variable.shape == ["frame", "atom"] { return .perFrame(variable, areAtomicNumbers: areAtomicNumbers) }
      guard variable.shape == ["atom"] else { continue }
      return .constant(try elements(variable, frame: nil, areAtomicNumbers: areAtomicNumbers))
    }
    return nil
  }

  /// swmd's own variable element (atom, symbol).
  private func symbols() throws -> [Element]? {
    guard let variable = file.variable("element"), variable.isText, variable.dimensions.count == 2,
      variable.dimensions[0].name == "atom"
    else { return nil }
    let width = variable.dimensions[1].length
    let text = try file.characters(variable)
    return try (0..<atomCount).map { atom in
      let letters = text[(atom * width)..<((atom + 1) * width)].prefix { $0 != 0 && $0 != 32 }
      let symbol = String(decoding: letters, as: UTF8.self)
      guard let element = Element(symbol: symbol) else {
        throw Failure.input("atom \(atom + 1) has the unknown element \"\(symbol)\"", at: Place(file: file.path))
      }
      return element
    }
  }

  private func elements(
    _ variable: ClassicNetCDFFile.Variable, frame: Int?, areAtomicNumbers isNumber: Bool
  ) throws -> [Element] {
    let types = try frame.map { try file.numbers(variable, frame: $0) } ?? file.numbers(variable)
    return try types.enumerated().map { atom, value in
      let type = Int(exactly: value) ?? -1
      if isNumber, let element = Element(atomicNumber: type) { return element }
      if !isNumber, given.indices.contains(type - 1) { return given[type - 1] }
      throw Failure.input(
        "atom \(atom + 1) has type \(value), "
          + (isNumber ? "which is no atomic number" : "but \(given.count) species are given"),
        at: Place(file: file.path), remedy: "give a species for each of the file's atom types, in their order")
    }
  }
}
