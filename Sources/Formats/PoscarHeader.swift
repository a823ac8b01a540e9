import Atomistics
import Diagnostics
import Glibc
import Numerics

/// What stands above the atoms in VASP's POSCAR, and once or before each frame in its XDATCAR: a title, the cell with its
/// scaling, and how many atoms there are of each element.
struct PoscarHeader {
  let title: String
  let scale: Scale
  /// Å, scaled.
  let vectors: Matrix3
  private let runs: [(element: Element, count: Int)]

  /// nil at the end of the file.
  init?(_ source: ByteReader, species: [Element]?) throws {
    guard let title = try source.nextLine()?.trimmed.string else { return nil }
    self.title = title
    let factors = try Self.readScalingFactors(source)
    let given = Matrix3(
      rows: try Self.readVector("a", source), try Self.readVector("b", source), try Self.readVector("c", source))
    let scale = try Self.scale(factors, of: given, at: source.place)
    self.scale = scale
    vectors = Matrix3(rows: scale.apply(given[0]), scale.apply(given[1]), scale.apply(given[2]))
    runs = try Self.readElements(source, species)
  }

  var atomCount: Int { runs.reduce(0) { $0 + $1.count } }

  /// [atoms]; to be asked once that many atoms were found, as a damaged header may count any number.
  var elements: [Element] { runs.flatMap { Array(repeating: $0.element, count: $0.count) } }

  /// Three factors act on x, y and z; a negative one is the volume that the cell shall have.
  enum Scale {
    case none
    case components(Vector3)

    func apply(_ v: Vector3) -> Vector3 {
      switch self {
      case .none: v
      case .components(let factors): factors * v
      }
    }
  }

  private static func scale(_ factors: [Double], of cell: Matrix3, at place: Place) throws -> Scale {
    let remedy = "give one positive factor, three, or minus the volume"
    if factors.count == 3 {
      guard factors.allSatisfy({ $0 > 0 }) else {
        throw Failure.input("three scaling factors must be positive", at: place, remedy: remedy)
      }
      return .components(Vector3(factors[0], factors[1], factors[2]))
    }
    guard factors[0] < 0 else { return factors[0] == 1 ? .none : .components(Vector3(repeating: factors[0])) }
    let volume = abs(cell.determinant)
    guard volume > 0, volume.isFinite else {
      throw Failure.input(
        "a flat cell cannot be scaled to a volume", at: place, remedy: "give three independent cell vectors")
    }
    return .components(Vector3(repeating: cbrt(-factors[0] / volume)))
  }

  private static func readScalingFactors(_ source: ByteReader) throws -> [Double] {
    let line = try source.poscarLine("the scaling factor")
    var factors: [Double] = []
    for word in line.words.prefix(3) {
      guard let factor = parseDouble(word), factor.isFinite else { break }
      factors.append(factor)
    }
    guard factors.count == 1 || factors.count == 3, !factors.contains(0) else {
      throw Failure.input(
        "the scaling factor is '\(line.trimmed.excerpt)'", at: source.place,
        remedy: "give one number (usually 1.0) or three")
    }
    return factors
  }

  private static func readVector(_ name: String, _ source: ByteReader) throws -> Vector3 {
    let line = try source.poscarLine("cell vector \(name)")
    var rest = line
    guard let vector = parseVector(&rest) else {
      throw Failure.input(
        "cell vector \(name) is '\(line.trimmed.excerpt)', not three finite numbers", at: source.place,
        remedy: "correct it")
    }
    return vector
  }

  /// The elements and how many atoms of each follow.
  private static func readElements(
    _ source: ByteReader, _ species: [Element]?
  ) throws -> [(element: Element, count: Int)] {
    var names: [Element]?
    var line = try source.poscarLine("the number of atoms of each element")
    if let first = line.trimmed.first, isLetter(first) {
      names = try line.words.map { word in
        // VASP 6 writes the pseudopotential behind the symbol: Li_sv/8b6e7a.
        let symbol = word.split(at: 0x2F).0.split(at: 0x5F).0
        guard let element = parseElement(symbol) else {
          throw unknownElement(symbol.excerpt, in: "the line of elements", at: source.place)
        }
        return element
      }
      line = try source.poscarLine("the number of atoms of each element")
    }
    var counts: [Int] = []
    for word in line.words {
      guard let count = parseInteger(word), count >= 0 else { break }
      counts.append(count)
    }
    guard let order = names ?? species else {
      throw Failure.input(
        "the file (VASP 4's format) does not name its elements", at: source.place,
        remedy: "insert a line with their symbols above this one, or give the list of species")
    }
    guard counts.count == order.count, !counts.isEmpty else {
      throw Failure.input(
        "there are \(order.count) elements but \(counts.count) numbers of atoms", at: source.place,
        remedy: "give one number for each element")
    }
    var total = 0
    for count in counts {
      let (sum, overflow) = total.addingReportingOverflow(count)
      guard !overflow else {
        throw Failure.input("the numbers of atoms are too large", at: source.place, remedy: "correct them")
      }
      total = sum
    }
    return zip(order, counts).map { ($0, $1) }
  }
}

extension ByteReader {
  /// The next line of a file that must go on.
  func poscarLine(_ subject: String) throws -> ByteSpan {
    guard let line = try nextLine() else {
      throw Failure.input("the file ends where \(subject) should be", at: place, remedy: "complete the file")
    }
    return line
  }
}
