import Atomistics
import Numerics

/// Frames that structure tests are made of.
enum Lattices {
  static func element(_ symbol: String) -> Element { Element(symbol: symbol)! }

  static func frame(
    _ vectors: Matrix3, _ periodic: Periodicity, _ atoms: [(symbol: String, position: Vector3)]
  ) -> Configuration {
    Configuration(
      cell: Cell(vectors: vectors, periodic: periodic), elements: atoms.map { element($0.symbol) },
      positions: atoms.map(\.position))
  }

  /// A cubic cell with a basis in units of its edge, repeated `count` times along each direction.
  static func cubic(_ edge: Double, _ basis: [(symbol: String, position: Vector3)], count: Int) throws -> Configuration {
    let unit = frame(
      Matrix3(diagonal: Vector3(repeating: edge)), .all, basis.map { ($0.symbol, $0.position * edge) })
    return try unit.replicated(SIMD3(repeating: count))
  }

  static func fcc(_ symbol: String) -> [(symbol: String, position: Vector3)] {
    [Vector3(0, 0, 0), Vector3(0, 0.5, 0.5), Vector3(0.5, 0, 0.5), Vector3(0.5, 0.5, 0)].map { (symbol, $0) }
  }

  static func bcc(_ symbol: String) -> [(symbol: String, position: Vector3)] {
    [(symbol, .zero), (symbol, Vector3(repeating: 0.5))]
  }

  static let antifluorite: [(symbol: String, position: Vector3)] =
    fcc("S") + (0..<8).map { n in
      ("Li", Vector3(n & 1 > 0 ? 0.75 : 0.25, n & 2 > 0 ? 0.75 : 0.25, n & 4 > 0 ? 0.75 : 0.25))
    }

  /// hcp of nearest distance 1 in its orthorhombic cell of four atoms.
  static func hcp(_ symbol: String, count: Int) throws -> Configuration {
    let (b, c) = (3.0.squareRoot(), (8.0 / 3).squareRoot())
    let unit = frame(
      Matrix3(diagonal: Vector3(1, b, c)), .all,
      [
        (symbol, .zero), (symbol, Vector3(0.5, 0.5 * b, 0)), (symbol, Vector3(0.5, b / 6, 0.5 * c)),
        (symbol, Vector3(0, b * 2 / 3, 0.5 * c)),
      ])
    return try unit.replicated(SIMD3(repeating: count))
  }

  /// Uniform points in the cell; the same for the same seed.
  static func gas(_ symbols: [String], _ vectors: Matrix3, _ periodic: Periodicity = .all, seed: UInt32) -> Configuration {
    let random = CounterRandom(.test, seed: seed)
    return frame(
      vectors, periodic,
      symbols.enumerated().map { n, symbol in
        let (a, b) = (random.uniforms(step: 0, id: UInt64(n)), random.uniforms(step: 1, id: UInt64(n)))
        return (symbol, Vector3(a.x, a.y, b.x) * vectors)
      })
  }

  /// Each atom moved by a Gaussian of this width.
  static func shaken(_ frame: Configuration, width: Double, seed: UInt32) -> Configuration {
    let random = CounterRandom(.test, seed: seed)
    var shaken = frame
    for n in 0..<frame.count {
      shaken.positions[n] += width * random.normals(step: 2, id: UInt64(n))
    }
    return shaken
  }
}
