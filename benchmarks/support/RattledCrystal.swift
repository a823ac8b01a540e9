import Atomistics
import Numerics

/// Lattices of kernel benchmarks, by the places of their atoms in a cubic cell.
public enum CubicLattice: String {
  case simple = "sc", faceCentered = "fcc", diamond

  var sites: [Vector3] {
    let faces = [Vector3(0, 0, 0), Vector3(0, 0.5, 0.5), Vector3(0.5, 0, 0.5), Vector3(0.5, 0.5, 0)]
    switch self {
    case .simple: return [.zero]
    case .faceCentered: return faces
    case .diamond: return faces + faces.map { $0 + Vector3(repeating: 0.25) }
    }
  }
}

extension Configuration {
  /// A crystal of `cells`³ cubic cells with an edge of `constant` Å, every coordinate displaced by 0.05 Å (standard
  /// deviation), atoms of the given elements in turn.
  public static func rattledCrystal(
    _ lattice: CubicLattice, constant: Double, cells: Int, elements: [Element]
  ) -> Configuration {
    let random = CounterRandom(.test, seed: 1), edge = constant * Double(cells)
    var positions: [Vector3] = []
    for index in 0..<cells * cells * cells {
      let cell = Vector3(Double(index / (cells * cells)), Double(index / cells % cells), Double(index % cells))
      for site in lattice.sites {
        let rattle = 0.05 * random.normals(step: 0, id: UInt64(positions.count))
        positions.append(constant * (cell + site) + rattle)
      }
    }
    return Configuration(
      cell: Cell(vectors: Matrix3(diagonal: Vector3(repeating: edge)), periodic: .all),
      elements: positions.indices.map { elements[$0 % elements.count] }, positions: positions)
  }
}
