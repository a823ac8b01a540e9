import Atomistics
import Diagnostics
import Numerics

/// What a LAMMPS data file says of its numbered types.
struct LAMMPSTypeNames {
  let species: [Element]?
  private var masses: [Int: Double] = [:]
  private var comments: [Int: Element] = [:]
  private var labels: [String: Int] = [:]
  private var elements: [Int: Element] = [:]

  init(species: [Element]?) { self.species = species }

  /// A line of `Masses`: type (or its label) and mass, and perhaps the element in a comment.
  mutating func takeMass(_ line: ByteSpan, comment: ByteSpan?, at place: Place) throws {
    var rest = line
    guard let type = rest.nextWord().flatMap(number), let mass = rest.nextWord().flatMap({ parseDouble($0) }),
      mass.isFinite, mass > 0
    else {
      throw Failure.input(
        "'\(line.trimmed.excerpt)' is not a type and a positive mass", at: place, remedy: "correct the line")
    }
    masses[type] = mass
    var words = comment
    if let word = words?.nextWord(), let first = word.first, isLetter(first) { comments[type] = parseElement(word) }
  }

  /// A line of `Atom Type Labels`: type and label.
  mutating func takeLabel(_ line: ByteSpan, at place: Place) throws {
    var rest = line
    guard let type = rest.nextWord().flatMap(parseInteger), let label = rest.nextWord() else {
      throw Failure.input(
        "'\(line.trimmed.excerpt)' is not a type and its label", at: place, remedy: "correct the line")
    }
    labels[label.string] = type
    if let first = label.first, isLetter(first), let element = parseElement(label) { elements[type] = element }
  }

  /// A type's number, which the file gives itself or through its label.
  func number(_ word: ByteSpan) -> Int? { parseInteger(word) ?? (labels.isEmpty ? nil : labels[word.string]) }

  func element(of type: Int, at place: Place) throws -> Element {
    if let species {
      return try Formats.element(ofType: type, firstType: 1, among: species, subject: "an atom", at: place)
    }
    if let element = elements[type] ?? comments[type] ?? masses[type].flatMap(Formats.element(ofMass:)) {
      return element
    }
    throw Failure.input(
      "the file does not tell which element type \(type) is" + (masses[type].map { " (mass \($0))" } ?? ""), at: place,
      remedy: "give the list of species, or write '\(type) mass # symbol' in the section Masses")
  }

  /// nil if all atoms have their elements' standard masses.
  func masses(of types: [Int], _ elements: [Element]) -> [Double]? {
    guard zip(types, elements).contains(where: { self.masses[$0] ?? $1.mass != $1.mass }) else { return nil }
    return zip(types, elements).map { self.masses[$0] ?? $1.mass }
  }
}

/// The lines of the section `Atoms`.
struct LAMMPSAtomsSection {
  private var style: LAMMPSAtomStyle?
  private var hasImages: Bool?
  private(set) var ids: [Int] = []
  private(set) var types: [Int] = []
  private(set) var positions: [Vector3] = []
  private(set) var charges: [Double] = []
  private(set) var molecules: [Int] = []
  private(set) var images: [SIMD3<Int32>] = []

  init(style: LAMMPSAtomStyle?) { self.style = style }

  mutating func reserve(_ count: Int) {
    ids.reserveCapacity(count)
    types.reserveCapacity(count)
    positions.reserveCapacity(count)
  }

  mutating func take(_ line: ByteSpan, types names: LAMMPSTypeNames, at place: Place) throws {
    let style = try style ?? guessStyle(of: line, at: place)
    self.style = style
    let number = ids.count + 1
    var rest = line
    func fail(_ what: String) -> Failure {
      .input(
        "atom line \(number): \(what) in '\(line.trimmed.excerpt)'", at: place,
        remedy: "the style '\(style.rawValue)' is: \(Self.columns(of: style))")
    }
    guard let id = rest.nextWord().flatMap(parseInteger) else { throw fail("no id") }
    if style.hasMolecule {
      guard let molecule = rest.nextWord().flatMap(parseInteger) else { throw fail("no molecule") }
      molecules.append(molecule)
    }
    guard let type = rest.nextWord().flatMap(names.number) else { throw fail("no type") }
    if style.hasCharge {
      guard let charge = rest.nextWord().flatMap({ parseDouble($0) }), charge.isFinite else { throw fail("no charge") }
      charges.append(charge)
    }
    guard let position = parseVector(&rest) else { throw fail("no three finite coordinates") }
    ids.append(id)
    types.append(type)
    positions.append(position)
    try takeImages(&rest) { fail($0) }
  }

  private mutating func takeImages(_ rest: inout ByteSpan, fail: (String) -> Failure) throws {
    guard let first = rest.nextWord() else {
      guard hasImages != true else { throw fail("no image flags, which earlier atoms have,") }
      hasImages = false
      return
    }
    guard hasImages != false else { throw fail("image flags, which earlier atoms lack,") }
    hasImages = true
    var image = SIMD3<Int32>()
    for (axis, word) in [first, rest.nextWord(), rest.nextWord()].enumerated() {
      guard let value = word.flatMap(parseInteger).flatMap(Int32.init(exactly:)) else {
        throw fail("no three image flags")
      }
      image[axis] = value
    }
    guard rest.nextWord() == nil else { throw fail("too many columns") }
    images.append(image)
  }

  private func guessStyle(of line: ByteSpan, at place: Place) throws -> LAMMPSAtomStyle {
    switch line.words.count {
    case 5, 8: return .atomic
    case 7, 10: return .full
    default:
      throw Failure.input(
        "the section Atoms has \(line.words.count) columns and does not name its style", at: place,
        remedy: "write the style behind the title, such as 'Atoms # charge'")
    }
  }

  private static func columns(of style: LAMMPSAtomStyle) -> String {
    "id\(style.hasMolecule ? " molecule" : "") type\(style.hasCharge ? " charge" : "") x y z [ix iy iz]"
  }
}
